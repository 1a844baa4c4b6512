namespace GpuMlp.Formats;

/// <summary>An array as an .npy file holds it: its shape and its elements in C order.</summary>
public sealed class NpyArray
{
    readonly string name;
    readonly Array values;

    internal NpyArray(string name, int[] shape, Array values) => (this.name, Shape, this.values) = (name, shape, values);

    /// <summary>The dimensions; empty for a single number.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The type of the elements: float, double, int, long or byte.</summary>
    public Type ElementType => values.GetType().GetElementType()!;

    /// <summary>The elements, unconverted.</summary>
    /// <exception cref="InvalidDataException">The file holds another element type.</exception>
    public T[] Values<T>() where T : unmanaged =>
        ElementType == typeof(T) ? (T[])values
        : throw new InvalidDataException($"{name}: elements are {ElementType.Name}; {typeof(T).Name} is needed.");
}
