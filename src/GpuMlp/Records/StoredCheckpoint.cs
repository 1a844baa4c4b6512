using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using GpuMlp.Formats;
using GpuMlp.Training;

namespace GpuMlp.Records;

/// <summary>A checkpoint of a run as it lies in a folder, in three files.</summary>
/// <remarks>
/// checkpoint.safetensors is a <see cref="TrainingStateFile"/> that says in its metadata what the run is. Losses and the parameters of
/// snapshots grow with a run, so they are only ever appended to files of their own, as float32 in little-endian order; the checkpoint says
/// how much of each is its own, and the XXH128 of that. What lies behind it was written after the checkpoint and is of no account.
/// </remarks>
/// <param name="Replay">The settings and the data of the run.</param>
/// <param name="State">Where the run was.</param>
/// <param name="Losses">The loss of each step so far.</param>
/// <param name="Snapshots">
/// The parameters after steps 0, N, 2N, … of the config's <see cref="TrainConfig.SnapshotEvery"/>, where taken.
/// </param>
public sealed record StoredCheckpoint(Replay Replay, TrainingState State, float[] Losses, IReadOnlyList<float[]> Snapshots)
{
    /// <summary>The files' names.</summary>
    public const string FileName = "checkpoint.safetensors", LossesName = "checkpoint.losses", SnapshotsName = "checkpoint.snapshots";

    internal const string Mark = "gpumlp-checkpoint", Version = "1", RecordKey = "record", HashSuffix = ".xxh128";

    /// <summary>Reads a checkpoint.</summary>
    /// <param name="path">checkpoint.safetensors, or the folder that it lies in.</param>
    /// <exception cref="InvalidDataException">
    /// There is none; it is damaged, of a newer version, or something else; or the files beside it are not those that it needs.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">A file takes more memory than there is.</exception>
    public static StoredCheckpoint Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Directory.Exists(path))
        {
            path = Path.Combine(path, FileName);
            if (!File.Exists(path))
                throw new InvalidDataException($"{path}: there is none; a run of layers has one once stopped, or with --checkpoint-every");
        }
        if (!File.Exists(path)) throw new InvalidDataException($"{path}: there is no such file");
        string folder = Path.GetDirectoryName(path) ?? "";
        return Decode(TensorFile.Read(path), path, name =>
        {
            string beside = Path.Combine(folder, name);
            return (beside, File.Exists(beside) ? File.OpenRead(beside) : null);
        });
    }

    /// <summary>The checkpoint that a file and those beside it hold.</summary>
    internal static StoredCheckpoint Decode(SafetensorsFile file, string path, Func<string, (string Path, Stream? Stream)> open)
    {
        TrainingStateFile.RequireVersion(file, path, Mark, Version, "checkpoint");
        string record = TrainingStateFile.Text(file, path, RecordKey);
        Replay replay = RunRecord.ReadReplay(Encoding.UTF8.GetBytes(record), $"{path}: {RecordKey}");
        TrainingState state = TrainingStateFile.Decode(file, path);
        int steps = state.Steps, length = Math.Max(1, state.Parameters.Length);
        float[] losses = Beside(file, path, LossesName, open);
        if (losses.Length != steps) throw new InvalidDataException($"{path}: is after {steps} steps and has {losses.Length} losses");
        float[] arenas = Beside(file, path, SnapshotsName, open);
        if (arenas.Length % length != 0)
            throw new InvalidDataException($"{path}: its snapshots are not of {state.Parameters.Length} parameters each");
        int every = replay.Config.SnapshotEvery, most = every == 0 || steps == 0 ? 0 : (steps - 1) / every + 1;
        if (arenas.Length > (long)most * length)
            throw new InvalidDataException($"{path}: is after {steps} steps and has more snapshots than one every {every}");
        return new StoredCheckpoint(replay, state, losses, [.. arenas.Chunk(length)]);
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

    // the floats of a file beside the checkpoint that are the checkpoint's own
    static float[] Beside(SafetensorsFile file, string path, string name, Func<string, (string Path, Stream? Stream)> open)
    {
        int count = TrainingStateFile.Count(file, path, name);
        string hash = TrainingStateFile.Text(file, path, name + HashSuffix);
        if (count == 0) return [];
        (string beside, Stream? found) = open(name);
        using Stream stream = found ?? throw new InvalidDataException($"{beside}: is missing, and {path} needs it");
        if (stream.Length < sizeof(float) * (long)count)
            throw new InvalidDataException($"{beside}: has {stream.Length} bytes, {path} needs {sizeof(float) * (long)count}");
        float[] values = RawBytes.Read<float>(stream, count);
        return System.Convert.ToHexStringLower(XxHash128.Hash(MemoryMarshal.AsBytes<float>(values))) == hash ? values
            : throw new InvalidDataException($"{beside}: its first {count} numbers are not those that {path} was written with");
    }
}
