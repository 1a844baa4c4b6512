namespace CudaEmulator.Api;

/// <summary>The handles that the driver gives out. None is given twice, so that a use after the end of its object is found.</summary>
sealed class Handles
{
    readonly Lock changing = new();
    readonly Dictionary<nint, object> things = [];
    nint last = 0x1000;

    public nint Add(object thing)
    {
        lock (changing)
        {
            things.Add(last += 0x10, thing);
            return last;
        }
    }

    public bool TryGet<T>(nint handle, out T thing) where T : class
    {
        lock (changing)
        {
            thing = (things.GetValueOrDefault(handle) as T)!;
            return thing is not null;
        }
    }

    public bool Remove<T>(nint handle) where T : class
    {
        lock (changing) return things.GetValueOrDefault(handle) is T && things.Remove(handle);
    }

    /// <summary>Removes all objects of a type that meet a condition.</summary>
    public void RemoveAll<T>(Predicate<T> wanted) where T : class
    {
        lock (changing)
        {
            List<nint> ended = [.. things.Where(t => t.Value is T thing && wanted(thing)).Select(t => t.Key)];
            foreach (nint handle in ended) things.Remove(handle);
        }
    }
}
