using GpuMlp.Formats;
using GpuMlp.Numerics;

namespace GpuMlp.Optimizers;

/// <summary>How a learning rate changes from step to step: what it is multiplied by.</summary>
public abstract record Schedule
{
    /// <summary>Always the same.</summary>
    public static Schedule Constant { get; } = new Unchanged();

    /// <summary>The schedules that span a run of any length, by name.</summary>
    public static Names<ScheduleOfRun> Names { get; } = new([.. new ScheduleOfRun[]
    {
        new("constant", _ => Constant),
        new("step", steps => Step(Math.Max(1, (steps + 2) / 3))),
        new("cosine", steps => Cosine(Math.Max(1, steps))),
    }.Select(row => (row.Name, row))]);

    /// <summary>What the learning rate of step 0, 1, … is multiplied by.</summary>
    public abstract float Factor(int step);

    /// <summary>This schedule after a warm-up of that many steps: (step + 1) / steps of the learning rate at first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative number of steps.</exception>
    public Schedule After(int warmUp)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(warmUp);
        return warmUp == 0 ? this : new WarmUp(warmUp, this);
    }

    /// <summary>Times <paramref name="factor"/> after every <paramref name="every"/> steps: PyTorch's StepLR.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one step, or a factor that is not positive and finite.</exception>
    public static Schedule Step(int every, float factor = 0.1f)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        if (!(factor > 0 && float.IsFinite(factor))) throw new ArgumentOutOfRangeException(nameof(factor), factor, "a factor is positive and finite");
        return new Stairs(every, factor);
    }

    /// <summary>Down to 0 at step <paramref name="steps"/> along half a cosine, (1 + cos(π·step/steps)) / 2: PyTorch's CosineAnnealingLR; 0 from there on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one step.</exception>
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

/// <summary>A schedule without its length.</summary>
/// <param name="Name">Its name in options and files.</param>
/// <param name="Over">The schedule over so many steps.</param>
public sealed record ScheduleOfRun(string Name, Func<int, Schedule> Over);
