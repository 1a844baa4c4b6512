using GpuMlp.Cli.Input;
using GpuMlp.Randomness;
using GpuMlp.Records;

namespace GpuMlp.Cli.Options;

/// <summary>What the sample of modules (Samples/ModulesTutorial.cs) decides by itself, and the rows that its steps train on.</summary>
static class ModulesSample
{
    // the options that the sample fixes
    static readonly string[] fixedOptions =
    [
        "net", "activation", "init", "init-scale", "loss", "optimizer", "momentum", "weight-decay", "l1", "schedule", "warmup", "clip",
        "batch", "engine", "standardize", "validation", "test", "folds",
        "class-weight", "checkpoint-every", "views", "format",
    ];

    /// <summary>
    /// An option that the sample fixes, and its other value in a config; null if the sample can train the config.
    /// </summary>
    public static (string Option, string? Value)? WhyNot(TrainConfig config)
    {
        TrainConfig defaults = TrainData.Resolve(new TrainConfig());
        foreach (TrainOption option in TrainOptions.All.Where(option => fixedOptions.Contains(option.Name)))
            if (option.Text(config) != option.Text(defaults)) return (option.Name, option.Text(config));
        return null;
    }

    /// <summary>The same rows as without modules; the notebook's stream goes on after the weights and never draws row 0.</summary>
    public static Func<int> Picks(TrainConfig config, int rows, RandomStream weights)
    {
        if (config.Rng == RandomSource.Numpy) return () => weights.Next(1, rows);
        var stream = new PhiloxStream(config.Seed, StreamPurpose.Sampling);
        return () => stream.Next(0, rows);
    }
}
