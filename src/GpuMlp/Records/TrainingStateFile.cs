using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using GpuMlp.Formats;
using GpuMlp.Training;

namespace GpuMlp.Records;

/// <summary>
/// The state of a training as safetensors: <c>parameters</c>, <c>optimizer</c>, <c>best</c>, <c>validation.steps</c> and
/// <c>validation.losses</c> (the bits of float64), where there are such, and in the metadata the steps, the
/// network in words and the XXH128 of all of it.
/// </summary>
public static class TrainingStateFile
{
    internal const string Mark = "gpumlp-state", Version = "1", Steps = "steps", Network = "network", Hash = "state.xxh128";
    const string Parameters = "parameters", Optimizer = "optimizer", Best = "best", LookSteps = "validation.steps",
        LookLosses = "validation.losses";

    static readonly string[] order = [Parameters, Optimizer, Best, LookSteps, LookLosses];

    /// <summary>Writes a state atomically; <see cref="Trainer.Continue"/> goes on from what <see cref="Read"/> returns.</summary>
    /// <exception cref="ArgumentException">A part of the state is null.</exception>
    /// <exception cref="IOException">It cannot be written; a file that was there stays.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; a file that was there stays.</exception>
    public static void Write(string path, TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(state);
        if (state is not { Parameters: not null, Optimizer: not null, Validation: not null })
            throw new ArgumentException("a part of the state is null", nameof(state));
        Encode(state, new() { [Mark] = Version }).Write(path);
    }

    /// <summary>Reads what <see cref="Write"/> wrote, or the state in a run's checkpoint.</summary>
    /// <exception cref="InvalidDataException">It is damaged, of a newer version, or something else.</exception>
    public static TrainingState Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        SafetensorsFile file = SafetensorsFile.Read(path);
        if (!file.Metadata.ContainsKey(StoredCheckpoint.Mark)) RequireVersion(file, path, Mark, Version, "state of a training");
        return Decode(file, path);
    }

    /// <summary>Refuses a file that is not of a kind and version.</summary>
    internal static void RequireVersion(SafetensorsFile file, string path, string mark, string expected, string what)
    {
        if (file.Metadata.GetValueOrDefault(mark) is not string version)
            throw new InvalidDataException($"{path}: is no {what}: " + (ModelMetadata.IsThere(file.Metadata)
                ? "it is a model, which has weights alone; a run writes checkpoints with --checkpoint-every, or when it is stopped"
                : $"its metadata has no '{mark}'"));
        if (version != expected)
            throw new InvalidDataException($"{path}: is a {what} of version {Quoted.Quote(version)}; this program reads {expected}");
    }

    /// <summary>The file of a state; the metadata gets the state's entries.</summary>
    internal static SafetensorsFile Encode(TrainingState state, Dictionary<string, string> metadata)
    {
        var tensors = new List<SafeTensor> { Floats(Parameters, state.Parameters) };
        if (state.Optimizer.Length > 0) tensors.Add(Floats(Optimizer, state.Optimizer));
        if (state.Best is not null) tensors.Add(Floats(Best, state.Best));
        if (state.Validation.Count > 0)
        {
            tensors.Add(Integers(LookSteps, [.. state.Validation.Select(look => (long)look.Steps)]));
            tensors.Add(Integers(LookLosses, [.. state.Validation.Select(look => BitConverter.DoubleToInt64Bits(look.Loss))]));
        }
        metadata[Steps] = state.Steps.ToString(CultureInfo.InvariantCulture);
        if (state.Network is not null) metadata[Network] = state.Network;
        metadata[Hash] = HashOf(tensors, state.Steps);
        return new SafetensorsFile(tensors, metadata);
    }

    /// <summary>The state that a file holds.</summary>
    internal static TrainingState Decode(SafetensorsFile file, string path)
    {
        int steps = Count(file, path, Steps);
        if (file.Tensors.FirstOrDefault(tensor => !order.Contains(tensor.Name)) is SafeTensor other)
            throw new InvalidDataException($"{path}: tensor {Quoted.Quote(other.Name)} is none of {string.Join(", ", order)}");
        float[] parameters = FloatsOf(file, path, Parameters)
            ?? throw new InvalidDataException($"{path}: there is no tensor '{Parameters}'");
        long[] looks = IntegersOf(file, path, LookSteps), bits = IntegersOf(file, path, LookLosses);
        if (bits.Length != looks.Length || looks.Any(look => look < 0 || look > steps))
            throw new InvalidDataException($"{path}: '{LookSteps}' and '{LookLosses}' do not go together");
        string hash = HashOf([.. order.Select(file.Find).OfType<SafeTensor>()], steps);
        if (Text(file, path, Hash) is var written && written != hash)
            throw new InvalidDataException($"{path}: is damaged: its numbers' hash is {hash}, the metadata says {Quoted.Quote(written)}");
        return new TrainingState(steps, parameters, FloatsOf(file, path, Optimizer) ?? [])
        {
            Network = file.Metadata.GetValueOrDefault(Network),
            Validation = [.. looks.Zip(bits, (look, loss) => new ValidationLoss((int)look, BitConverter.Int64BitsToDouble(loss)))],
            Best = FloatsOf(file, path, Best),
        };
    }

    /// <summary>A string of the metadata.</summary>
    internal static string Text(SafetensorsFile file, string path, string key) => file.Metadata.GetValueOrDefault(key)
        ?? throw new InvalidDataException($"{path}: its metadata has no '{key}'");

    /// <summary>A string of the metadata that is a count.</summary>
    internal static int Count(SafetensorsFile file, string path, string key) =>
        int.TryParse(Text(file, path, key), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count
            : throw new InvalidDataException($"{path}: its metadata's '{key}' is {Quoted.Quote(Text(file, path, key))}, a count is needed");

    static SafeTensor Floats(string name, float[] values) => SafeTensor.Float32(name, [values.Length], values);

    static SafeTensor Integers(string name, long[] values) => SafeTensor.Int64(name, [values.Length], values);

    static float[]? FloatsOf(SafetensorsFile file, string path, string name) => file.Find(name) is not SafeTensor tensor ? null
        : tensor.Dtype == "F32" ? tensor.Floats
        : throw new InvalidDataException($"{path}: tensor '{name}' is {Quoted.Cut(tensor.Dtype)}, F32 is needed");

    static long[] IntegersOf(SafetensorsFile file, string path, string name) => file.Find(name) is not SafeTensor tensor ? []
        : tensor.Dtype == "I64" ? tensor.Integers
        : throw new InvalidDataException($"{path}: tensor '{name}' is {Quoted.Cut(tensor.Dtype)}, I64 is needed");

    // of the names and numbers, in the order that the writer has them in
    static string HashOf(List<SafeTensor> tensors, int steps)
    {
        var hash = new XxHash128();
        hash.Append(MemoryMarshal.AsBytes<int>([steps]));
        foreach (SafeTensor tensor in tensors)
        {
            hash.Append(MemoryMarshal.AsBytes<char>(tensor.Name.ToCharArray()));
            hash.Append(tensor.Dtype == "F32" ? MemoryMarshal.AsBytes<float>(tensor.Floats) : MemoryMarshal.AsBytes<long>(tensor.Integers));
        }
        return System.Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
