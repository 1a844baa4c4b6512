using GpuMlp.Cli.Output;
using GpuMlp.Training;

namespace GpuMlp.Cli.Sweep;

/// <summary>What became of a network, without its parameters.</summary>
/// <param name="Steps">Steps made, without those after a divergence.</param>
/// <param name="FinalLoss">Its last step's loss.</param>
/// <param name="MeanLoss">The mean of its last 1,000 losses.</param>
/// <param name="DivergedStep">The step that diverged; null if none did.</param>
/// <param name="Accuracy">On the rows that it was trained on; null if it diverged, made no step, or learns numbers.</param>
/// <param name="Validation">How well it does on the validation rows; null if there are none, or it diverged or made no step.</param>
readonly record struct SweepResult(
    int Steps, float FinalLoss, float MeanLoss, int? DivergedStep, double? Accuracy, RowScore? Validation)
{
    /// <summary>The result of a network that made no step.</summary>
    public static SweepResult None { get; } = new(0, float.NaN, float.NaN, null, null, null);

    /// <summary>Whether it has parameters that are finite.</summary>
    public bool IsTrained => DivergedStep is null && Steps > 0;

    public static SweepResult Of(PopulationResult result, RowScore? validation) =>
        new(result.Steps, result.FinalLoss, result.MeanLossLast1000, result.DivergedStep, result.Accuracy, validation);

    /// <summary>Writes it in 45 bytes.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write(Steps);
        writer.Write(FinalLoss);
        writer.Write(MeanLoss);
        writer.Write(DivergedStep ?? -1);
        Write(writer, Accuracy);
        Write(writer, Validation?.Loss);
        Write(writer, Validation?.Accuracy);
        writer.Write((byte)((Accuracy is null ? 0 : 1) | (Validation is null ? 0 : 2) | (Validation?.Accuracy is null ? 0 : 4)));
    }

    public static SweepResult Read(BinaryReader reader)
    {
        int steps = reader.ReadInt32();
        float final = reader.ReadSingle(), mean = reader.ReadSingle();
        int diverged = reader.ReadInt32();
        double accuracy = reader.ReadDouble(), loss = reader.ReadDouble(), held = reader.ReadDouble();
        byte known = reader.ReadByte();
        RowScore? validation = (known & 2) == 0 ? null : new RowScore(loss, (known & 4) == 0 ? null : held);
        return new SweepResult(steps, final, mean, diverged < 0 ? null : diverged, (known & 1) == 0 ? null : accuracy, validation);
    }

    static void Write(BinaryWriter writer, double? value) => writer.Write(value ?? 0);
}
