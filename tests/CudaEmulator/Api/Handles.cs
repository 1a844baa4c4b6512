namespace CudaEmulator.Api;

/// <summary>What the driver gives out handles for. None is given twice, so that one is found which is used after its end.</summary>
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

    /// <summary>Ends all that is left of a kind and meets a condition.</summary>
    public void RemoveAll<T>(Predicate<T> wanted) where T : class
    {
        lock (changing)
            foreach (nint handle in things.Where(t => t.Value is T thing && wanted(thing)).Select(t => t.Key).ToList()) things.Remove(handle);
    }
}
