using System.Globalization;
using System.Reflection;
using System.Text.Json;
using GpuMlp.Cli.Options;
using GpuMlp.Data;
using GpuMlp.Optimizers;
using GpuMlp.Randomness;
using GpuMlp.Records;
using GpuMlp.Tables;
using GpuMlp.Tests.Support;
using GpuMlp.Training;

namespace GpuMlp.Tests.Settings;

/// <summary>A number of a setting is allowed, or refused with one sentence, as an option, in a config file and in the library.</summary>
public class RangesTests
{
    /// <summary>Per option the numbers at the ends of its range, and the numbers next to them outside.</summary>
    public static TheoryData<string, string[], string[]> Cases { get; } = new()
    {
        { "samples", ["2"], ["1", "500000001", "99999999999"] },
        { "noise", ["0", "1e37"], ["-1e-300", "1.0000000001e37", "1e999"] },
        { "seed", ["0", "18446744073709551615"], ["-1", "18446744073709551616", "1.5"] },
        { "data-seed", ["0", "18446744073709551615"], ["-1", "18446744073709551616", "1.5"] },
        { "init-scale", ["1e-45", "3.4e38"], ["0", "-1e-45", "3.5e38"] },
        { "lr", ["1e-45", "3.4e38"], ["0", "-1e-45", "3.5e38"] },
        { "momentum", ["1e-45", "0.99999994"], ["0", "-1e-45", "1"] },
        { "weight-decay", ["0", "3.4e38"], ["-1e-45", "3.5e38"] },
        { "l1", ["0", "3.4e38"], ["-1e-45", "3.5e38"] },
        { "clip", ["1e-45", "3.4e38"], ["0", "-1e-45", "3.5e38"] },
        { "warmup", ["0", "2147483647"], ["-1", "2147483648", "0.5"] },
        { "steps", ["0", "2147483591"], ["-1", "2147483592", "2147483648", "1e3"] },
        { "batch", ["1", "2147483647"], ["0", "2147483648", "1.0"] },
        { "skip-rows", ["0", "2147483647"], ["-1", "2147483648"] },
        { "validate-every", ["1", "2147483647"], ["0", "2147483648"] },
        { "patience", ["1", "2147483647"], ["0", "2147483648"] },
        { "min-delta", ["0", "1.7e308"], ["-5e-324", "1.8e308"] },
        { "folds", ["2", "1000"], ["1", "1001"] },
        { "snapshot-every", ["0", "2147483647"], ["-1", "2147483648"] },
    };

    [Theory, MemberData(nameof(Cases))]
    public void OptionFileAndLibraryAgree(string name, string[] inside, string[] outside)
    {
        TrainOption option = TrainOptions.All.First(row => row.Name == name);
        foreach (string number in inside)
        {
            TrainConfig set = option.Read(number)(new TrainConfig { Optimizer = OptimizerKind.Nesterov });
            Assert.Equal(set, FromFile(name, number));
            Use(set);
        }
        foreach (string number in outside)
        {
            string sentence = Assert.Throws<FormatException>(() => option.Read(number)).Message;
            string inFile = Assert.Throws<InvalidDataException>(() => FromFile(name, number)).Message;
            Assert.EndsWith($": config.{SettingOf(name)} {number}: {sentence}", inFile);
            if (Unchecked(name, number) is not TrainConfig config) continue;
            string rule = sentence.Split("; float32 holds")[0];                // a number that float32 holds is all that the library sees
            Assert.StartsWith(rule, Assert.Throws<ArgumentOutOfRangeException>(() => Use(config)).Message);
        }
    }

    [Fact]
    public void EveryNumberIsACase() => Assert.Equal(
        typeof(TrainConfig).GetProperties().Where(IsNumber).Select(property => property.Name.ToLowerInvariant()).Order(),
        Cases.Select(row => row.Data.Item1.Replace("-", "")).Order());

    static bool IsNumber(PropertyInfo property) =>
        (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) is { IsPrimitive: true } type && type != typeof(bool)
            && type != typeof(char);

    static PropertyInfo Property(string name) => typeof(TrainConfig).GetProperties()
        .Single(property => property.Name.Equals(name.Replace("-", ""), StringComparison.OrdinalIgnoreCase));

    static string SettingOf(string name) => JsonNamingPolicy.CamelCase.ConvertName(Property(name).Name);

    static TrainConfig FromFile(string name, string number)
    {
        using var folder = new ScratchFolder();
        string file = folder.File("c.json");
        File.WriteAllText(file, $"{{\"config\": {{\"optimizer\": \"nesterov\", \"{SettingOf(name)}\": {number}}}}}");
        return RunRecord.ReadConfig(file);
    }

    // null where the setting's type does not hold the number
    static TrainConfig? Unchecked(string name, string number)
    {
        PropertyInfo property = Property(name);
        var config = new TrainConfig { Optimizer = OptimizerKind.Nesterov };
        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        try { property.SetValue(config, Convert.ChangeType(number, type, CultureInfo.InvariantCulture)); }
        catch (Exception e) when (e is OverflowException or FormatException) { return null; }
        return config;
    }

    static void Use(TrainConfig config)
    {
        config.Recipe.Validate();
        new TableReadOptions { SkipRows = config.SkipRows }.Validate();
        var validation = new Validation(DataSets.MakeMoons(2))
        {
            Every = config.ValidateEvery,
            Patience = config.Patience,
            MinDelta = config.MinDelta,
        };
        new TrainingOptions { SnapshotEvery = config.SnapshotEvery, Validation = validation }.Validate();
        if (config.Folds is int folds) Splits.Folds(DataSets.MakeMoons(1000), folds, new PhiloxStream(0, StreamPurpose.Split));
        DataSets.MakeMoons(config.Samples ?? 2, config.Noise ?? 0);
    }
}
