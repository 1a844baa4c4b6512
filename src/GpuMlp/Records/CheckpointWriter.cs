using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text.Json;
using GpuMlp.Formats;
using GpuMlp.Training;

namespace GpuMlp.Records;

/// <summary>Writes the checkpoints of one run into a folder, each in the place of the one before.</summary>
/// <remarks>A checkpoint costs what its state costs, however long the run is: losses and snapshots are appended.</remarks>
public sealed class CheckpointWriter : IDisposable
{
    readonly string folder, path, record;
    readonly StoredCheckpoint? earlier;
    readonly Appended losses, snapshots;
    bool begun;

    /// <summary>Prepares to write; nothing is written before the first checkpoint.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="version">The program's version.</param>
    /// <param name="config">The settings of the run.</param>
    /// <param name="data">The data of the run, with its path relative to the folder.</param>
    /// <param name="earlier">The checkpoint that the run goes on from; null where it began at step 0.</param>
    public CheckpointWriter(string folder, string version, TrainConfig config, RunData data, StoredCheckpoint? earlier = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(version);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(data);
        (this.folder, this.earlier) = (folder, earlier);
        path = Path.Combine(folder, StoredCheckpoint.FileName);
        record = JsonSerializer.Serialize(
            new CheckpointRecord(RunRecord.CurrentSchema, version, config, data), RunJson.Default.CheckpointRecord);
        losses = new Appended(Path.Combine(folder, StoredCheckpoint.LossesName));
        snapshots = new Appended(Path.Combine(folder, StoredCheckpoint.SnapshotsName));
    }

    /// <summary>
    /// Writes a checkpoint: when this returns it is on the disk, and before that the one before it is. Of a first one that fails nothing
    /// stays.
    /// </summary>
    /// <exception cref="IOException">It cannot be written; the one before stays.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; the one before stays.</exception>
    public void Save(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        try
        {
            Append(checkpoint);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (begun && !File.Exists(AtomicFile.Resolve(path)))
            {
                losses.Delete();
                snapshots.Delete();
            }
            throw;
        }
    }

    void Append(Checkpoint checkpoint)
    {
        if (!begun) Begin();
        TrainingState state = checkpoint.State;
        losses.Append(checkpoint.Losses.Span[(losses.Count - checkpoint.FirstStep)..]);
        int arena = state.Parameters.Length, written = arena == 0 ? 0 : snapshots.Count / arena - (earlier?.Snapshots.Count ?? 0);
        foreach (Snapshot snapshot in checkpoint.Snapshots.Skip(written)) snapshots.Append(snapshot.Parameters);
        losses.Flush();
        snapshots.Flush();
        TrainingStateFile.Encode(state, Metadata()).Write(path);
        AtomicFile.FlushFolder(folder);
    }

    Dictionary<string, string> Metadata() => new()
    {
        [StoredCheckpoint.Mark] = StoredCheckpoint.Version,
        [StoredCheckpoint.RecordKey] = record,
        [StoredCheckpoint.LossesName] = losses.Count.ToString(CultureInfo.InvariantCulture),
        [StoredCheckpoint.LossesName + StoredCheckpoint.HashSuffix] = losses.Hash,
        [StoredCheckpoint.SnapshotsName] = snapshots.Count.ToString(CultureInfo.InvariantCulture),
        [StoredCheckpoint.SnapshotsName + StoredCheckpoint.HashSuffix] = snapshots.Hash,
    };

    // a checkpoint that is not this run's is deleted before the files that it needs are cut
    void Begin()
    {
        begun = true;
        float[] made = earlier?.Losses ?? [], taken = [.. (earlier?.Snapshots ?? []).SelectMany(parameters => parameters)];
        if (earlier is null || !losses.Has(made) || !snapshots.Has(taken)) File.Delete(AtomicFile.Resolve(path));
        losses.Begin(made);
        snapshots.Begin(taken);
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        losses.Dispose();
        snapshots.Dispose();
    }

    // a file of floats that grows, and the hash of what is in it
    sealed class Appended(string file) : IDisposable
    {
        readonly XxHash128 hash = new();
        FileStream? stream;
        bool flushed;

        internal int Count { get; private set; }

        internal string Hash => System.Convert.ToHexStringLower(hash.GetCurrentHash());

        /// <summary>Whether the file begins with these values.</summary>
        internal bool Has(float[] values)
        {
            if (values.Length == 0) return true;
            if (!File.Exists(file)) return false;
            using FileStream found = File.OpenRead(file);
            if (found.Length < sizeof(float) * (long)values.Length) return false;
            float[] read = RawBytes.Read<float>(found, values.Length);
            return MemoryMarshal.AsBytes<float>(read).SequenceEqual(MemoryMarshal.AsBytes<float>(values));
        }

        /// <summary>Opens the file and leaves these values in it.</summary>
        internal void Begin(float[] values)
        {
            bool there = Has(values);
            stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
            if (there)
            {
                stream.SetLength(sizeof(float) * (long)values.Length);
                stream.Position = stream.Length;
                hash.Append(MemoryMarshal.AsBytes<float>(values));
                Count = values.Length;
                return;
            }
            stream.SetLength(0);
            Append(values);
        }

        internal void Append(ReadOnlySpan<float> values)
        {
            RawBytes.Write(stream!, values);
            hash.Append(MemoryMarshal.AsBytes(values));
            Count += values.Length;
            flushed = false;
        }

        internal void Flush()
        {
            if (!flushed) stream!.Flush(flushToDisk: true);
            flushed = true;
        }

        /// <summary>Closes the file and deletes it.</summary>
        internal void Delete()
        {
            Dispose();
            try { File.Delete(file); }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
        }

        public void Dispose()
        {
            // closing flushes, which fails again on a full disk: the first error is the one to report
            try { stream?.Dispose(); }
            catch (IOException) { }
        }
    }
}

/// <summary>What a checkpoint's metadata says of its run: the part of run.json that a replay reads.</summary>
sealed record CheckpointRecord(int SchemaVersion, string Version, TrainConfig Config, RunData Data);
