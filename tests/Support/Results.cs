using GpuMlp.Devices;
using GpuMlp.Training;

namespace GpuMlp.Tests.Support;

/// <summary>
/// Holds what a device computed to what the processor did: equal where the device says that it has the same bits, else close.
/// </summary>
static class Results
{
    // how far a device that is only close may be off after some ten steps, in units of a value or of 1 if that is larger
    const float Tolerance = 1e-4f;

    internal static void Check(ComputeDevice device, float[] expected, float[] actual, string where = "")
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int k = 0; k < expected.Length; k++)
        {
            bool near = Math.Abs(expected[k] - actual[k]) <= Tolerance * Math.Max(1, Math.Abs(expected[k]));
            if (expected[k].Equals(actual[k]) || (near && !device.SameBits)) continue;
            Assert.Fail($"{where}{(where.Length > 0 ? ": " : "")}value {k} is {actual[k]}, expected {expected[k]} on {device}");
        }
    }

    /// <summary>Holds losses and snapshots of a run to those of another.</summary>
    internal static void Check(ComputeDevice device, TrainingResult expected, TrainingResult actual)
    {
        Assert.Equal(expected.StopReason, actual.StopReason);
        Check(device, All(expected), All(actual));
    }

    static float[] All(TrainingResult result) => [.. result.Losses, .. result.Snapshots.SelectMany(snapshot => snapshot.Parameters)];
}
