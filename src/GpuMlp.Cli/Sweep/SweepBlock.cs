using System.Text;
using GpuMlp.Records;

namespace GpuMlp.Cli.Sweep;

/// <summary>Networks of a sweep that were trained together, one after the other in its list.</summary>
/// <param name="First">The first one's row, from 0.</param>
/// <param name="Results">What became of each.</param>
/// <param name="Parameters">The parameters, by row, of those that an output may need: the mosaic's, and the best of these networks.</param>
/// <param name="Device">The device that trained them.</param>
/// <param name="Times">How long it took.</param>
sealed record SweepBlock(
    int First, IReadOnlyList<SweepResult> Results, IReadOnlyDictionary<int, float[]> Parameters, RunDevice Device, SweepTimes Times)
{
    /// <summary>The row after the last one.</summary>
    public int End => First + Results.Count;

    /// <summary>The block as a file holds it.</summary>
    public byte[] ToBytes()
    {
        var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(First);
            writer.Write(Results.Count);
            writer.Write(Device.Kind);
            writer.Write(Device.Name);
            writer.Write(Device.SameBits);
            writer.Write(Device.WhyNotSameBits ?? "");
            foreach (TimeSpan time in (TimeSpan[])[Times.Load, Times.Train, Times.Evaluate]) writer.Write(time.Ticks);
            foreach (SweepResult result in Results) result.Write(writer);
            writer.Write(Parameters.Count);
            foreach ((int row, float[] values) in Parameters.OrderBy(kept => kept.Key))
            {
                writer.Write(row);
                writer.Write(values.Length);
                foreach (float value in values) writer.Write(value);
            }
        }
        return bytes.ToArray();
    }

    /// <summary>A block that a file holds; its checksum was right.</summary>
    public static SweepBlock Of(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        int first = reader.ReadInt32();
        var results = new SweepResult[reader.ReadInt32()];
        string kind = reader.ReadString(), name = reader.ReadString();
        bool same = reader.ReadBoolean();
        string why = reader.ReadString();
        TimeSpan Time() => TimeSpan.FromTicks(reader.ReadInt64());
        var times = new SweepTimes(Time(), Time(), Time());
        for (int k = 0; k < results.Length; k++) results[k] = SweepResult.Read(reader);
        var parameters = new Dictionary<int, float[]>();
        for (int left = reader.ReadInt32(); left > 0; left--)
        {
            int row = reader.ReadInt32();
            var values = new float[reader.ReadInt32()];
            for (int k = 0; k < values.Length; k++) values[k] = reader.ReadSingle();
            parameters.Add(row, values);
        }
        return new SweepBlock(first, results, parameters, new RunDevice(kind, name, same, why.Length == 0 ? null : why), times);
    }
}

/// <summary>How long the parts of training networks took.</summary>
readonly record struct SweepTimes(TimeSpan Load, TimeSpan Train, TimeSpan Evaluate)
{
    public static SweepTimes operator +(SweepTimes a, SweepTimes b) => new(a.Load + b.Load, a.Train + b.Train, a.Evaluate + b.Evaluate);
}
