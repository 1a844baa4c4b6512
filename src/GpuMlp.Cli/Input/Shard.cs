using System.Globalization;
using GpuMlp.Cli.Shell;

namespace GpuMlp.Cli.Input;

/// <summary>A part of a list of networks, which are next to each other in it; all parts have as many, give or take one.</summary>
/// <param name="Number">Which part, from 0.</param>
/// <param name="Count">How many parts there are.</param>
sealed record Shard(int Number, int Count)
{
    /// <summary>The most parts.</summary>
    public const int Most = 100_000;

    const string Auto = "auto", SlurmId = "SLURM_ARRAY_TASK_ID", SlurmCount = "SLURM_ARRAY_TASK_COUNT", SlurmMin = "SLURM_ARRAY_TASK_MIN",
        SlurmMax = "SLURM_ARRAY_TASK_MAX", Kubernetes = "JOB_COMPLETION_INDEX";

    /// <summary>The name of its file, of a sweep.</summary>
    public string FileName => string.Create(CultureInfo.InvariantCulture, $"shard-{Number}-of-{Count}.rows");

    /// <summary>Its first network.</summary>
    public int First(int networks) => (int)((long)networks * Number / Count);

    /// <summary>The network after its last one.</summary>
    public int End(int networks) => (int)((long)networks * (Number + 1) / Count);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}/{Count}");

    /// <summary>Reads how many parts there are in K/N or auto/N.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static int ReadCount(string text) =>
        text.Split('/') is [_, string last] && Whole(last, out int count) && count is >= 1 and <= Most ? count
        : throw UsageException.For("shard", text, $"allowed are K/N, as 0/8, auto, and auto/N; N is 1 to {Most}");

    /// <summary>Reads --shard.</summary>
    /// <exception cref="UsageException">It is none, or the environment says nothing or two things.</exception>
    public static Shard Read(string text)
    {
        if (text == Auto) return OfArray();
        int count = ReadCount(text);
        string part = text.Split('/')[0];
        if (part == Auto) return OfEnvironment(text, count);
        if (!Whole(part, out int number) || number >= count)
            throw UsageException.For("shard", text, $"part K of {count} is a whole number from 0 to {count - 1}");
        return new Shard(number, count);
    }

    /// <summary>A line about a scheduler's variables that a run without --shard leaves unused; null if there are none.</summary>
    public static string? Unused()
    {
        string[] there = [.. new[] { SlurmId, Kubernetes }.Where(name => Value(name) is not null).Select(name => $"{name}={Value(name)}")];
        return there.Length == 0 ? null
            : $"{string.Join(" and ", there)}: this task trains all networks; with --shard auto/N it trains its part of them";
    }

    static Shard OfArray()
    {
        if (Value(SlurmId) is null && Value(Kubernetes) is string index)
            throw UsageException.For("shard", Auto, $"{Kubernetes}={index} does not say how many parts there are: --shard auto/N does");
        int number = NumberOf(Auto, SlurmId), count = NumberOf(Auto, SlurmCount);
        int least = NumberOf(Auto, SlurmMin), most = NumberOf(Auto, SlurmMax);
        if (most - least + 1 != count || number < least || number > most)
        {
            string said = $"{SlurmId}={number}, {SlurmMin}={least}, {SlurmMax}={most}, {SlurmCount}={count}";
            throw UsageException.For("shard", Auto, $"{said} is no whole array of tasks; --shard auto/N takes {SlurmId} as K");
        }
        Agree(Auto, number - least);
        return new Shard(number - least, count);
    }

    static Shard OfEnvironment(string text, int count)
    {
        string name = Value(SlurmId) is not null || Value(Kubernetes) is null ? SlurmId : Kubernetes;
        int number = NumberOf(text, name);
        Agree(text, number);
        if (number < count) return new Shard(number, count);
        throw UsageException.For("shard", text, $"{name}={number}, and the parts are 0 to {count - 1} (for Slurm: --array=0-{count - 1})");
    }

    static void Agree(string text, int number)
    {
        if (Value(SlurmId) is not string slurm || Value(Kubernetes) is not string kubernetes) return;
        if (NumberOf(text, Kubernetes) == number) return;
        string both = $"{SlurmId}={slurm} and {Kubernetes}={kubernetes}";
        throw UsageException.For("shard", text, $"{both} say two things; unset one, or give K/N");
    }

    static int NumberOf(string text, string name)
    {
        string neither = name == SlurmId ? $", nor is {Kubernetes}: no array of tasks runs this" : "";
        string value = Value(name)
            ?? throw UsageException.For("shard", text, $"{name} is not set{neither}; K/N says which part this is");
        return Whole(value, out int number) ? number : throw UsageException.For("shard", text, $"{name}={value} is no whole number");
    }

    static string? Value(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    static bool Whole(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
