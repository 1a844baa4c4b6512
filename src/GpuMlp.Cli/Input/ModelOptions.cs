using System.CommandLine;
using GpuMlp.Cli.Shell;
using GpuMlp.Formats;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Records;

namespace GpuMlp.Cli.Input;

/// <summary>The options of every verb that reads a model: what a file that another program wrote does not say.</summary>
static class ModelOptions
{
    static readonly Option<string> Activation = new("--activation"), Loss = new("--loss");
    static readonly Option<bool> AllowNonfinite = new("--allow-nonfinite");

    static ModelOptions()
    {
        Activation.CompletionSources.Add([.. Activations.Names.All]);
        Loss.CompletionSources.Add([.. Losses.Loss.Names.All]);
    }

    /// <summary>Their rows in a verb's help.</summary>
    public static IReadOnlyList<(string, string)> Rows { get; } =
    [
        ("--activation NAME", $"of a model whose file does not say it: {string.Join(", ", Activations.Names.All)} [the file's]"),
        ("--loss NAME", $"of a model whose file does not say it: {string.Join(", ", Losses.Loss.Names.All)} [the file's]"),
        ("--allow-nonfinite", "take weights that are not finite"),
    ];

    /// <summary>Gives them to a verb.</summary>
    public static void AddTo(Command verb)
    {
        foreach (Option option in (Option[])[Activation, Loss, AllowNonfinite]) verb.Options.Add(option);
    }

    /// <summary>What the command line says.</summary>
    /// <exception cref="UsageException">A name is none of the table's.</exception>
    public static ModelHints Read(ParseResult result) => new()
    {
        Activation = result.GetValue(Activation) is string activation ? Parse("activation", activation, Activations.Names) : null,
        Loss = result.GetValue(Loss) is string loss ? Parse("loss", loss, Losses.Loss.Names) : null,
        AllowNonfinite = result.GetValue(AllowNonfinite),
    };

    static T Parse<T>(string option, string text, Names<T> names) where T : notnull
    {
        try { return names.Parse(text); }
        catch (FormatException e) { throw UsageException.For(option, text, e.Message, e); }
    }
}
