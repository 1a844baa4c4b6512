using GpuMlp.Formats;
using GpuMlp.Numerics;
using GpuMlp.Settings;

namespace GpuMlp.Optimizers;

/// <summary>How the learning rate changes from step to step, as a factor on it.</summary>
public abstract record Schedule
{
    /// <summary>The factor 1 at every step.</summary>
    public static Schedule Constant { get; } = new Unchanged();

    /// <summary>The schedules that span a run of any length, by name.</summary>
    public static Names<ScheduleOfRun> Names { get; } = new([.. new ScheduleOfRun[]
    {
        new("constant", _ => Constant),
        new("step", steps => Step(Math.Max(1, (steps + 2) / 3))),
        new("cosine", steps => Cosine(Math.Max(1, steps))),
    }.Select(row => (row.Name, row))]);

    /// <summary>The factor at a step; steps count from 0.</summary>
    public abstract float Factor(int step);

    /// <summary>This schedule after a warm-up: in its first <paramref name="warmUp"/> steps the factor is (step + 1) / warmUp.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="warmUp"/> is negative.</exception>
    public Schedule After(int warmUp)
    {
        Ranges.Warmup.Require(warmUp);
        return warmUp == 0 ? this : new WarmUp(warmUp, this);
    }

    /// <summary>Multiplies the rate by <paramref name="factor"/> after every <paramref name="every"/> steps: PyTorch's StepLR.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="every"/> is below 1, or <paramref name="factor"/> is not positive and finite.
    /// </exception>
    public static Schedule Step(int every, float factor = 0.1f)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        if (!(factor > 0 && float.IsFinite(factor)))
            throw new ArgumentOutOfRangeException(nameof(factor), factor, "a factor is positive and finite");
        return new Stairs(every, factor);
    }

    /// <summary>
    /// Falls along half a cosine, (1 + cos(π·step/steps)) / 2, to 0 at step <paramref name="steps"/>, and stays there: PyTorch's
    /// CosineAnnealingLR.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="steps"/> is below 1.</exception>
    public static Schedule Cosine(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return new HalfWave(steps);
    }

    sealed record Unchanged : Schedule
    {
        public override float Factor(int step) => 1f;
    }

    sealed record Stairs(int Every, float By) : Schedule
    {
        public override float Factor(int step) => (float)Float64.Power(By, step / Every);
    }

    sealed record HalfWave(int Steps) : Schedule
    {
        public override float Factor(int step) => step >= Steps ? 0f : (float)((1 + Float64.SinCos(Math.PI * step / Steps).Cos) / 2);
    }

    sealed record WarmUp(int Steps, Schedule Then) : Schedule
    {
        public override float Factor(int step) => step < Steps ? (step + 1f) / Steps : Then.Factor(step - Steps);
    }
}

/// <summary>A schedule that spans a run of any length.</summary>
/// <param name="Name">Its name in options and files.</param>
/// <param name="Over">Makes the schedule for a run of that many steps.</param>
public sealed record ScheduleOfRun(string Name, Func<int, Schedule> Over);
