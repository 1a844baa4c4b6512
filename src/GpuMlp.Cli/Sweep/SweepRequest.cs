using System.Globalization;
using System.Text.Json.Serialization;
using GpuMlp.Cli.Options;
using GpuMlp.Cli.Output;
using GpuMlp.Cli.Shell;
using GpuMlp.Records;

namespace GpuMlp.Cli.Sweep;

/// <summary>What a sweep was asked for, as texts: the same texts make the same networks and the same outputs.</summary>
/// <param name="Options">The options with their values: lists, and those that all networks share.</param>
/// <param name="DataSeeds">Whether each seed has data of its own; else all have the first seed's.</param>
/// <param name="Random">How often values are drawn, and the seed, as N or N:SEED; null where none are.</param>
/// <param name="Top">How many models are kept.</param>
/// <param name="Block">How many networks are trained and kept together; null for a number that suits their work.</param>
/// <param name="Halving">How settings are halved, as F or F:RUNGS; null where they are not.</param>
sealed record SweepRequest(
    IReadOnlyList<SweepOption> Options, bool DataSeeds = false, string? Random = null, int Top = 1, int? Block = null,
    string? Halving = null)
{
    const int MostBlock = 1_000_000;

    /// <summary>How often values are drawn, and by which seed; once where nothing is drawn.</summary>
    [JsonIgnore]
    public (int Count, ulong Seed) Draws { get; } = ReadDraws(Random);

    /// <summary>Reads --top.</summary>
    public static int ReadTop(string text) => Whole("top", text, RunFiles.MostBest);

    /// <summary>Reads --block.</summary>
    public static int ReadBlock(string text) => Whole("block", text, MostBlock);

    /// <summary>The settings that all networks share.</summary>
    public TrainConfig Common()
    {
        TrainConfig common = new();
        foreach (SweepOption option in Options.Where(option => !SweepCommand.IsList(option.Name)))
            common = TrainOptions.Find(option.Name).Parse(option.Text)(common);
        return common;
    }

    /// <summary>The options that have lists.</summary>
    public IReadOnlyList<SweepList> Lists() => [.. Options.Where(option => SweepCommand.IsList(option.Name))
        .Select(option => new SweepList(SweepCommand.ListName(option.Name), TrainOptions.Find(option.Name), option.Text))];

    /// <summary>The options as a command line takes them.</summary>
    public IEnumerable<string> Arguments()
    {
        foreach (SweepOption option in Options)
        {
            yield return $"--{SweepCommand.ListName(option.Name)}";
            if (TrainOptions.Find(option.Name).Takes is not null) yield return option.Text;
        }
        if (DataSeeds) yield return "--data-seeds";
        (string Name, string? Text)[] rest =
        [
            ("--random", Random), ("--top", Top == 1 ? null : $"{Top}"), ("--block", Block is int block ? $"{block}" : null),
            ("--halving", Halving),
        ];
        foreach ((string name, string? text) in rest)
        {
            if (text is null) continue;
            yield return name;
            yield return text;
        }
    }

    static (int, ulong) ReadDraws(string? text)
    {
        if (text is null) return (1, 0);
        string[] parts = text.Split(':');
        ulong seed = 0;
        if (parts.Length > 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count == 0
            || (parts.Length == 2 && !ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out seed)))
            throw UsageException.For("random", text, "a number of draws from 1, or N:SEED");
        return (count, seed);
    }

    /// <summary>Reads an option that is a whole number.</summary>
    public static int Whole(string name, string text, int most) =>
        Read(text, 1, most)
        ?? throw UsageException.For(name, text, string.Create(CultureInfo.InvariantCulture, $"a whole number from 1 to {most:N0}"));

    /// <summary>Reads a whole number; null where the text is none in that range.</summary>
    public static int? Read(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number : null;
}

/// <summary>An option of a sweep and its value.</summary>
sealed record SweepOption(string Name, string Text);
