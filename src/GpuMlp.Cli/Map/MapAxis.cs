using System.Globalization;
using GpuMlp.Cli.Options;
using GpuMlp.Cli.Shell;
using GpuMlp.Plotting;
using GpuMlp.Records;
using GpuMlp.Settings;
using GpuMlp.Training;
using static System.FormattableString;

namespace GpuMlp.Cli.Map;

/// <summary>An axis of a map: a setting of the recipe that changes from pixel to pixel.</summary>
sealed record MapAxis
{
    const string Form = "NAME:log:FROM..TO or NAME:lin:FROM..TO is needed, as in lr:log:1e-3..10";

    const string Seed = "seed";

    static readonly (string Name, Func<Recipe, double, Recipe> Set)[] settings =
    [
        ("lr", (recipe, value) => recipe with { Optimizer = recipe.Optimizer with { LearningRate = (float)value } }),
        ("init-scale", (recipe, value) => recipe with { InitScale = (float)value }),
        ("momentum", (recipe, value) => recipe with { Optimizer = recipe.Optimizer with { Momentum = (float)value } }),
        ("weight-decay", (recipe, value) => recipe with { Optimizer = recipe.Optimizer with { WeightDecay = (float)value } }),
        ("l1", (recipe, value) => recipe with { Optimizer = recipe.Optimizer with { L1 = (float)value } }),
        (Seed, (recipe, value) => recipe with { Seed = (ulong)value }),
    ];

    readonly Func<Recipe, double, Recipe> set;

    MapAxis(string option, string name, NumberAxis numbers, Func<Recipe, double, Recipe> set) =>
        (Option, Name, Numbers, this.set) = (option, name, numbers, set);

    /// <summary>The settings that an axis can go through.</summary>
    public static string Names { get; } = string.Join(", ", settings.Select(setting => setting.Name));

    /// <summary>"x" or "y".</summary>
    public string Option { get; }

    /// <summary>The setting's name, as train calls it.</summary>
    public string Name { get; }

    /// <summary>Its values.</summary>
    public NumberAxis Numbers { get; private init; }

    /// <summary>The axis as a picture shows it.</summary>
    public MapScale Scale => new(Name, Numbers);

    bool IsWhole => Name == Seed;

    /// <summary>The value of pixel k of <paramref name="count"/>, as the recipe takes it.</summary>
    public double At(int k, int count) => Rounded(Numbers.At(k, count));

    double Rounded(double value) => IsWhole ? Math.Round(value) : (float)value;

    string Text(double share) => IsWhole ? Invariant($"{Rounded(Numbers.At(share)):0}") : Invariant($"{(float)Numbers.At(share)}");

    /// <summary>A recipe with pixel k's value.</summary>
    public Recipe Set(Recipe recipe, int k, int count) => set(recipe, At(k, count));

    /// <summary>Reads an axis.</summary>
    /// <exception cref="UsageException">The text is none, or its numbers are not the setting's.</exception>
    public static MapAxis Parse(string option, string text)
    {
        string[] parts = text.Split(':');
        (string Name, Func<Recipe, double, Recipe> Set) setting = Array.Find(settings, one => one.Name == parts[0]);
        if (setting.Name is null)
            throw UsageException.For(
                option, text, parts.Length == 3 ? $"an axis goes through one of {Names}" : $"{Form}; NAME is one of {Names}");
        if (parts is not [_, "log" or "lin", string range] || range.Split("..") is not [string from, string to])
            throw UsageException.For(option, text, Form);
        double[] ends = [Number(option, text, setting.Name, from), Number(option, text, setting.Name, to)];
        if (!(ends[0] < ends[1])) throw UsageException.For(option, text, "an axis goes from a number to a larger one");
        try
        {
            return new MapAxis(option, setting.Name, NumberAxis.Of(ends[0], ends[1], parts[1] == "log"), setting.Set);
        }
        catch (ArgumentException e)
        {
            throw UsageException.For(option, text, UsageException.Plain(e), e);
        }
    }

    // the range of the setting is train's
    static double Number(string option, string text, string name, string number)
    {
        try
        {
            TrainOptions.Find(name).Read(number);
        }
        catch (FormatException e)
        {
            throw UsageException.For(option, text, $"{e.Message}, not {(number.Length == 0 ? "''" : UsageException.Cut(number))}", e);
        }
        return double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    /// <summary>The axis around a value with an n-th of its length.</summary>
    /// <exception cref="UsageException">The value is not on the axis, or numbers around it are not the setting's.</exception>
    public MapAxis Zoom(double centre, double factor, string text)
    {
        if (!(centre >= Numbers.First && centre <= Numbers.Last))
            throw UsageException.For("zoom", text, Invariant($"{centre} is not on the axis, --{Option} {this}"));
        MapAxis axis = this with { Numbers = Numbers.Zoom(centre, factor) };
        foreach (string end in (string[])[axis.Text(0), axis.Text(1)])
        {
            try { TrainOptions.Find(Name).Read(end); }
            catch (FormatException e) { throw UsageException.For("zoom", text, $"{Name} would go to {end}: {e.Message}", e); }
        }
        return axis;
    }

    /// <summary>Sets the first value in a config, so that what a config checks is checked.</summary>
    public TrainConfig In(TrainConfig config) => TrainOptions.Find(Name).Parse(Text(0))(config);

    /// <summary>How many of its values differ.</summary>
    public int Different(int count) => Enumerable.Range(0, count).Select(k => At(k, count)).Distinct().Count();

    /// <summary>What its values are.</summary>
    public string Kind => IsWhole ? "whole numbers" : "numbers of float32";

    /// <summary>How many times longer the steps from pixel to pixel are than the least that the setting's numbers show.</summary>
    public double StepsLeft(int count) => !IsWhole ? Numbers.LimitOfFloat32(count)
        : count < 2 ? double.PositiveInfinity : (Numbers.At(1, count) - Numbers.At(0, count));

    /// <summary>The axis as the option takes it.</summary>
    public override string ToString() => $"{Name}:{(Numbers.IsLog ? "log" : "lin")}:{Text(0)}..{Text(1)}";
}
