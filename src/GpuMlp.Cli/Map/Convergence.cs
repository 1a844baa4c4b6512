namespace GpuMlp.Cli.Map;

/// <summary>
/// How fast trainings converged or diverged, from their losses alone: the measure of "The boundary of neural network trainability is
/// fractal" (Sohl-Dickstein 2024, arxiv.org/abs/2402.06184).
/// </summary>
/// <remarks>
/// Each loss is divided by the first one; from the first loss that is no finite number on, and beyond 1,000,000, the quotient counts as
/// 1,000,000. A training converged if the last 20 quotients are below 1 on average. Its value is then minus the sum of all quotients; that
/// of a training that diverged is the sum of their reciprocals. Both are far from 0 where it took long. All sums are float64 in the order
/// of the steps: the value does not depend on how the steps were cut into launches.
/// </remarks>
/// <param name="networks">How many trainings.</param>
/// <param name="steps">Steps of each.</param>
sealed class Convergence(int networks, int steps)
{
    /// <summary>What a value means, for records.</summary>
    public const string Meaning = "below 0: converged, minus the sum of loss / first loss over the steps; "
        + "above 0: diverged, the sum of first loss / loss; float32, row 0 at the bottom";

    const double Most = 1e6;
    const int Last = 20;

    readonly Sums[] all = new Sums[networks];

    struct Sums
    {
        public double First, Sum, Reciprocals, Tail;
        public int Made;
        public bool Ended;
    }

    /// <summary>Takes in the losses of a network's next steps.</summary>
    public void Add(int network, ReadOnlySpan<float> losses)
    {
        ref Sums of = ref all[network];
        foreach (float loss in losses)
        {
            if (of.Made == 0) of.First = loss;
            double quotient = of.Ended ? Most : Quotient(loss, of.First);
            of.Ended |= !float.IsFinite(loss);
            of.Sum += quotient;
            of.Reciprocals += 1 / quotient;
            if (of.Made >= steps - Last) of.Tail += quotient;
            of.Made++;
        }
    }

    // a first loss of 0 is a network that has nothing to learn: staying there is converging
    static double Quotient(float loss, double first)
    {
        if (!float.IsFinite(loss) || !double.IsFinite(first)) return Most;
        if (first == 0) return loss == 0 ? 0 : Most;
        double quotient = loss / first;
        return quotient < Most ? quotient : Most;
    }

    /// <summary>The value of a network that has made all its steps: negative if it converged, positive if it diverged.</summary>
    public float Value(int network)
    {
        Sums of = all[network];
        return (float)(of.Tail < Math.Min(Last, steps) ? -of.Sum : of.Reciprocals);
    }
}
