using System.Globalization;
using GpuMlp.Formats;
using GpuMlp.Numerics;

namespace GpuMlp.Data;

/// <summary>A feature computed from others in float64: a product of features, of their whole powers, or of functions of one of
/// them.</summary>
public sealed class DerivedFeature
{
    static readonly (string Name, Func<double, double> Of)[] Functions =
    [
        ("sin", x => Math.Abs(x) <= Float64.LargestAngle ? Float64.SinCos(x).Sin : double.NaN),
        ("cos", x => Math.Abs(x) <= Float64.LargestAngle ? Float64.SinCos(x).Cos : double.NaN),
        ("exp", Float64.Exp), ("log", Float64.Log), ("sqrt", Math.Sqrt), ("abs", Math.Abs),
    ];

    const int MostPower = 9;

    readonly (int Feature, int Power, Func<double, double>? Of)[] factors;

    DerivedFeature(string text, (int, int, Func<double, double>?)[] factors) => (Text, this.factors) = (text, factors);

    /// <summary>The formula, which is the feature's name.</summary>
    public string Text { get; }

    /// <summary>Reads a list of formulas with commas between them, such as x^2,x*y,sin(x).</summary>
    /// <param name="list">The formulas.</param>
    /// <param name="names">The names of the features that they may use.</param>
    /// <exception cref="FormatException">A formula uses something else.</exception>
    public static IReadOnlyList<DerivedFeature> Parse(string list, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(list);
        ArgumentNullException.ThrowIfNull(names);
        DerivedFeature[] features = [.. list.Split(',').Select(text => ParseOne(text.Trim(), names))];
        string? twice = features.GroupBy(feature => feature.Text).FirstOrDefault(same => same.Count() > 1)?.Key;
        return twice is null ? features : throw new FormatException($"{Quoted.Quote(twice)} is there twice");
    }

    static DerivedFeature ParseOne(string text, IReadOnlyList<string> names) => text.Length == 0
        ? throw new FormatException("a formula is empty; allowed are products such as x*y, powers such as x^2 and functions such as sin(x)")
        : new(text, names.Contains(text) ? throw new FormatException($"{Quoted.Quote(text)} is a feature already")
            : [.. text.Split('*').Select(factor => Factor(factor.Trim(), text, names))]);

    static (int, int, Func<double, double>?) Factor(string factor, string text, IReadOnlyList<string> names)
    {
        foreach ((string name, Func<double, double> of) in Functions)
            if (factor.StartsWith(name + "(", StringComparison.Ordinal) && factor.EndsWith(')'))
                return (Feature(factor[(name.Length + 1)..^1].Trim(), text, names), 1, of);
        int at = factor.LastIndexOf('^');
        if (at < 0 || names.Contains(factor)) return (Feature(factor, text, names), 1, null);
        if (!int.TryParse(factor[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int power)
            || power is < 1 or > MostPower)
            throw new FormatException($"{Quoted.Quote(text)}: a power is a whole number from 1 to {MostPower}");
        return (Feature(factor[..at].Trim(), text, names), power, null);
    }

    static int Feature(string name, string text, IReadOnlyList<string> names)
    {
        for (int k = 0; k < names.Count; k++)
            if (names[k] == name) return k;
        throw new FormatException(
            $"{Quoted.Quote(text)}: {Quoted.Quote(name)} is no feature; they are {Quoted.List([.. names])}, "
            + $"functions of one {string.Join(", ", Functions.Select(function => function.Name))}");
    }

    /// <summary>Its value from those of the features that it was read for; not finite where there is none, as of log(0).</summary>
    /// <exception cref="ArgumentException">There are fewer features than it uses.</exception>
    public double Of(ReadOnlySpan<double> features)
    {
        double product = 1;
        foreach ((int feature, _, _) in factors)
            if (feature >= features.Length)
                throw new ArgumentException($"{Text} uses feature {feature}; there are {features.Length}", nameof(features));
        foreach ((int feature, int power, Func<double, double>? of) in factors)
        {
            double x = of is null ? features[feature] : of(features[feature]);
            for (int k = 0; k < power; k++) product *= x;
        }
        return product;
    }
}
