using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace GpuMlp.Bench;

/// <summary>How all benchmarks run: inside this process, a fixed number of iterations, medians and rates as columns.</summary>
sealed class BenchConfig : ManualConfig
{
    // BenchmarkDotNet's own limit for a case in this process is five minutes
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);

    /// <summary>Whether the run only checks that everything works: each row then makes a few steps.</summary>
    internal static bool IsDry { get; private set; }

    BenchConfig(Job job)
    {
        AddJob(job.WithToolchain(new InProcessEmitToolchain(Limit, logOutput: true)));
        AddLogger(ConsoleLogger.Default);
        AddExporter(MarkdownExporter.GitHub);
        AddColumn(TargetMethodColumn.Method, StatisticColumn.Median, StatisticColumn.Min, StatisticColumn.Max, new RateColumn());
        AddColumnProvider(DefaultColumnProviders.Params);
        SummaryStyle = SummaryStyle.Default.WithMaxParameterColumnWidth(100).WithTimeUnit(TimeUnit.Millisecond);
        Options = ConfigOptions.JoinSummary | ConfigOptions.DisableLogFile;
    }

    /// <summary>
    /// The config that --job NAME asks for (Dry: one iteration; Short: few; Default: ten), and the other arguments.
    /// </summary>
    /// <remarks>BenchmarkDotNet's own --job would add a second job, outside this process.</remarks>
    /// <exception cref="ArgumentException">There is no such job.</exception>
    internal static (BenchConfig Config, string[] Others) From(string[] arguments)
    {
        int at = Array.FindIndex(arguments, a => a is "--job" or "-j");
        string name = at >= 0 && at + 1 < arguments.Length ? arguments[at + 1].ToLowerInvariant() : "default";
        IsDry = name == "dry";
        Job job = name switch
        {
            "dry" => Job.Dry,
            "short" => Job.ShortRun,
            "default" => Job.Default.WithWarmupCount(3).WithIterationCount(10),
            _ => throw new ArgumentException($"--job {arguments[at + 1]}: allowed are Dry, Short and Default"),
        };
        return (new BenchConfig(job), at < 0 ? arguments : [.. arguments[..at], .. arguments[Math.Min(at + 2, arguments.Length)..]]);
    }
}
