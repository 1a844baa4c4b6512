using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using GpuMlp.Formats;
using GpuMlp.Training;

namespace GpuMlp.Records;

/// <summary>A checkpoint of a run as it lies in a folder, in three files.</summary>
/// <remarks>
/// checkpoint.safetensors holds the state, and in its metadata what the run is. Losses and the parameters of snapshots grow with a run, so
/// they are only ever appended to files of their own, as float32 in little-endian order; the checkpoint says how much of each is its own,
/// and the XXH128 of that. What lies behind it was written after the checkpoint and is of no account.
/// </remarks>
/// <param name="Replay">The settings and the data of the run.</param>
/// <param name="State">Where the run was.</param>
/// <param name="Losses">The loss of each step so far.</param>
/// <param name="Snapshots">
/// The parameters after steps 0, N, 2N, … with the config's <see cref="TrainConfig.SnapshotEvery"/> as N; none where no picture needs them.
/// </param>
public sealed record StoredCheckpoint(Replay Replay, TrainingState State, float[] Losses, IReadOnlyList<float[]> Snapshots)
{
    /// <summary>The files' names.</summary>
    public const string FileName = "checkpoint.safetensors", LossesName = "checkpoint.losses", SnapshotsName = "checkpoint.snapshots";

    internal const string Mark = "gpumlp-checkpoint", Version = "1", StepsKey = "steps", RecordKey = "record";
    internal const string Parameters = "parameters", OptimizerState = "optimizer", Best = "best", LookSteps = "validation.steps",
        LookLosses = "validation.losses";

    /// <summary>Reads a checkpoint.</summary>
    /// <param name="path">checkpoint.safetensors, or the folder that it lies in.</param>
    /// <exception cref="InvalidDataException">
    /// There is none; it is damaged, of a newer version, or something else; or the files beside it are not those that it needs.
    /// </exception>
    public static StoredCheckpoint Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Directory.Exists(path))
        {
            path = Path.Combine(path, FileName);
            if (!File.Exists(path)) throw new InvalidDataException($"{path}: there is none; the run was begun without --checkpoint-every");
        }
        if (!File.Exists(path)) throw new InvalidDataException($"{path}: there is no such file");
        using Stream stream = InputFile.OpenSeekable(path, BytesAByte);
        return Read(stream, path);
    }

    // the file itself, its tensors, and the state made of them
    const int BytesAByte = 3;

    internal static StoredCheckpoint Read(Stream stream, string path)
    {
        SafetensorsFile file = SafetensorsFile.Read(stream, path);
        if (file.Metadata.GetValueOrDefault(Mark) is not string version)
            throw new InvalidDataException($"{path}: is no checkpoint: its metadata has no '{Mark}'");
        if (version != Version)
            throw new InvalidDataException($"{path}: is a checkpoint of version {Quoted.Quote(version)}; this program reads {Version}");
        Replay replay = RunRecord.ReadReplay(Encoding.UTF8.GetBytes(Text(file, path, RecordKey)), $"{path}: {RecordKey}");
        int steps = Count(file, path, StepsKey);
        float[] parameters = Floats(file, path, Parameters) ?? throw new InvalidDataException($"{path}: there is no tensor '{Parameters}'");
        long[] looks = Tensor(file, path, LookSteps, tensor => tensor.Integers) ?? [];
        long[] bits = Tensor(file, path, LookLosses, tensor => tensor.Integers) ?? [];
        if (bits.Length != looks.Length || looks.Any(look => look is < 0 or > int.MaxValue))
            throw new InvalidDataException($"{path}: '{LookSteps}' and '{LookLosses}' do not go together");
        var state = new TrainingState(steps, parameters, Floats(file, path, OptimizerState) ?? [])
        {
            Validation = [.. looks.Zip(bits, (look, loss) => new ValidationLoss((int)look, BitConverter.Int64BitsToDouble(loss)))],
            Best = Floats(file, path, Best),
        };
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        float[] run = Beside(file, path, folder, LossesName);
        if (run.Length != steps) throw new InvalidDataException($"{path}: is after {steps} steps and has {run.Length} losses");
        float[] arenas = Beside(file, path, folder, SnapshotsName);
        if (arenas.Length % Math.Max(1, parameters.Length) != 0)
            throw new InvalidDataException($"{path}: its snapshots are not of {parameters.Length} parameters each");
        int every = replay.Config.SnapshotEvery, most = every == 0 || steps == 0 ? 0 : (steps - 1) / every + 1;
        if (arenas.Length > (long)most * parameters.Length)
            throw new InvalidDataException($"{path}: is after {steps} steps and has more snapshots than one every {every}");
        return new StoredCheckpoint(replay, state, run, [.. arenas.Chunk(Math.Max(1, parameters.Length))]);
    }

    /// <summary>Whether a file is a checkpoint of any version; false if it is not there or cannot be read.</summary>
    public static bool IsAt(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            if (!File.Exists(path)) return false;
            using FileStream stream = File.OpenRead(path);
            return SafetensorsHeader.Read(stream, path).Metadata.ContainsKey(Mark);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    static float[]? Floats(SafetensorsFile file, string path, string name) => Tensor(file, path, name, tensor => tensor.Floats);

    static T? Tensor<T>(SafetensorsFile file, string path, string name, Func<SafeTensor, T> values) where T : class
    {
        try
        {
            return file.Find(name) is SafeTensor tensor ? values(tensor) : null;
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    static string Text(SafetensorsFile file, string path, string key) => file.Metadata.GetValueOrDefault(key)
        ?? throw new InvalidDataException($"{path}: its metadata has no '{key}'");

    static int Count(SafetensorsFile file, string path, string key) =>
        int.TryParse(Text(file, path, key), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count
            : throw new InvalidDataException($"{path}: its metadata's '{key}' is {Quoted.Quote(Text(file, path, key))}, a count is needed");

    // the floats of a file beside the checkpoint that are the checkpoint's own
    static float[] Beside(SafetensorsFile file, string path, string folder, string name)
    {
        int count = Count(file, path, name);
        string beside = Path.Combine(folder, name), hash = Text(file, path, $"{name}.xxh128");
        if (count == 0) return [];
        if (!File.Exists(beside)) throw new InvalidDataException($"{beside}: is missing, and {path} needs it");
        using FileStream stream = File.OpenRead(beside);
        if (stream.Length < sizeof(float) * (long)count)
            throw new InvalidDataException($"{beside}: has {stream.Length} bytes, {path} needs {sizeof(float) * (long)count}");
        float[] values = RawBytes.Read<float>(stream, count);
        return System.Convert.ToHexStringLower(XxHash128.Hash(MemoryMarshal.AsBytes<float>(values))) == hash ? values
            : throw new InvalidDataException($"{beside}: its first {count} numbers are not those that {path} was written with");
    }
}
