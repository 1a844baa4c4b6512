using GpuMlp.Cli.Input;
using GpuMlp.Data;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Records;
using GpuMlp.Settings;
using GpuMlp.Training;
using static GpuMlp.Cli.Options.TrainOption;

namespace GpuMlp.Cli.Options;

/// <summary>The table of train's options: parsing, defaults and help read it.</summary>
static class TrainOptions
{
    /// <summary>The heading of the options that the data depends on.</summary>
    public const string Data = "Data";

    const string Judgement = "Judgement", Network = "Network", Training = "Training", Pictures = "Pictures";

    public static IReadOnlyList<TrainOption> All { get; } =
    [
        Of(Data, "data", "NAME", $"{string.Join(", ", TrainData.Names)}, a file (text, .gz, X.npy beside y.npy, .npz), or - for stdin",
            c => c.Data, (c, v) => c with { Data = v }, Values.Checked(TrainData.ReadName, [.. TrainData.Names])),
        Of(Data, "samples", "N", "rows to generate",
            c => c.Samples, (c, v) => c with { Samples = v }, Values.OrNone(Values.Of(Ranges.Samples)),
            $"{TrainData.DefaultSamples}"),
        Of(Data, "noise", "S", "standard deviation of the noise on each coordinate (blobs, normal have none)",
            c => c.Noise, (c, v) => c with { Noise = v }, Values.OrNone(Values.Of(Ranges.Noise)),
            TrainData.DefaultNoise.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        Of(Data, "seed", "N", "seed of all that is random: data, weights, picks",
            c => c.Seed, (c, v) => c with { Seed = v }, Values.Of(Ranges.Seed)),
        Of(Data, "data-seed", "N", "seed of the data and of the rows that are kept back",
            c => c.DataSeed, (c, v) => c with { DataSeed = v }, Values.OrNone(Values.Of(Ranges.Seed)), "--seed"),
        Of(Data, "rng", "NAME", "philox, or numpy to draw what the Python notebook draws",
            c => c.Rng, (c, v) => c with { Rng = v }, Values.Of(TrainConfig.Sources)),
        Of(Data, "label", "COLUMNS", "label column of a file, by name or position from 1; several are targets of mse, or one per class",
            c => c.Label!, (c, v) => c with { Label = v }, Values.Text, "the last"),
        Of(Data, "features", "COLUMNS", "columns to learn from, as a,b,c",
            c => c.Features!, (c, v) => c with { Features = v }, Values.Text, "all but the label"),
        Of(Data, "ignore", "COLUMNS", "columns to leave out",
            c => c.Ignore!, (c, v) => c with { Ignore = v }, Values.Text, "none"),
        Of(Data, "missing", "RULE", "fail; drop rows with missing values; or fill in the column's mean or median",
            c => c.Missing, (c, v) => c with { Missing = v }, Values.Of(MissingRules.Names)),
        Of(Data, "derive", "FORMULAS", "features to add: powers, products, functions of one, as x^2,x*y,sin(x)",
            c => c.Derive!, (c, v) => c with { Derive = v }, Values.Text, "none"),
        Of(Data, "separator", "C", "character between a file's fields, or comma, semicolon, tab, space, bar",
            c => c.Separator, (c, v) => c with { Separator = v }, Values.Character, "guessed"),
        Of(Data, "decimal", "C", "character before a file's decimals: point or comma",
            c => c.Decimal, (c, v) => c with { Decimal = v }, Values.Character, "guessed"),
        Of(Data, "thousands", "C", "character between groups of digits in a file",
            c => c.Thousands, (c, v) => c with { Thousands = v }, Values.Character, "none"),
        Of(Data, "header", null, "a file's first row names the columns, whatever it looks like",
            c => c.Header == true, (c, v) => c with { Header = v ? true : c.Header }, Values.Flag),
        Of(Data, "no-header", null, "a file's first row is data, whatever it looks like",
            c => c.Header == false, (c, v) => c with { Header = v ? false : c.Header }, Values.Flag),
        Of(Data, "skip-rows", "N", "lines to skip at the start of a file",
            c => c.SkipRows, (c, v) => c with { SkipRows = v }, Values.Of(Ranges.SkipRows)),
        Of(Data, "standardize", null, "shift and scale each feature, and targets of mse, to mean 0, deviation 1",
            c => c.Standardize, (c, v) => c with { Standardize = v }, Values.Flag),

        Of(Judgement, "validation", "SHARE|FILE",
            "the share of the rows that is kept back (0.2), or a file of rows: their loss is looked at while training",
            c => c.Validation!, (c, v) => c with { Validation = v }, Values.Checked(Validation), "none"),
        Of(Judgement, "validate-every", "N", "steps from one look at the validation loss to the next",
            c => c.ValidateEvery, (c, v) => c with { ValidateEvery = v }, Values.OrNone(Values.Of(Ranges.ValidateEvery)),
            $"one pass over the training rows, at least {GpuMlp.Training.Validation.LeastSteps}"),
        Of(Judgement, "patience", "N", "stop after N looks without an improvement; the best look's weights are kept",
            c => c.Patience, (c, v) => c with { Patience = v }, Values.OrNone(Values.Of(Ranges.Patience)), "train to the end"),
        Of(Judgement, "min-delta", "D", "what a loss has to fall by to count as an improvement",
            c => c.MinDelta, (c, v) => c with { MinDelta = v }, Values.Of(Ranges.MinDelta)),
        Of(Judgement, "test", "FILE", "rows to judge on at the end",
            c => c.Test!, (c, v) => c with { Test = v }, Values.Text, "none"),
        Of(Judgement, "folds", "K", "cross-validate: K networks, each judged on a part that it did not train on; then train on all rows",
            c => c.Folds, (c, v) => c with { Folds = v }, Values.OrNone(Values.Of(Ranges.Folds)), "none"),
        Of(Judgement, "class-weight", "W", "balanced, or NAME:WEIGHT,…: how much a row of each class counts in the training loss",
            c => c.ClassWeight!, (c, v) => c with { ClassWeight = v }, Values.Text, "1 each"),

        Of(Network, "net", "WIDTHS", "inputs, hidden widths, outputs",
            c => c.Net, (c, v) => c with { Net = v }, new(text => NetworkSpec.Parse(text), net => net.ToString())),
        Of(Network, "activation", "NAME", string.Join(", ", Activations.Names.All),
            c => c.Activation, (c, v) => c with { Activation = v }, Values.Of(Activations.Names)),
        Of(Network, "init", "NAME",
            $"{string.Join(", ", Initializer.Names.All)}; auto is normal with one hidden layer and a sigmoid, else he or xavier",
            c => c.Init, (c, v) => c with { Init = v }, Values.Of(Initializer.Names)),
        Of(Network, "init-scale", "S", "what the drawn weights and biases are multiplied by",
            c => c.InitScale, (c, v) => c with { InitScale = v }, Values.Of(Ranges.InitScale)),

        Of(Training, "loss", "NAME",
            $"{string.Join(", ", Loss.Names.All)}; cross-entropy: a linear output per class (there are as many blobs); " +
            "mse: one output, linear for labels that are numbers, a sigmoid for two classes",
            c => c.Loss, (c, v) => c with { Loss = v }, Values.Of(Loss.Names)),
        Of(Training, "optimizer", "NAME", string.Join(", ", UpdateRules.Names.All),
            c => c.Optimizer, (c, v) => c with { Optimizer = v }, Values.Of(UpdateRules.Names)),
        Of(Training, "lr", "RATE", "learning rate",
            c => c.Lr, (c, v) => c with { Lr = v }, Values.Of(Ranges.LearningRate), "0.01; adam, adamw 0.001"),
        Of(Training, "momentum", "M", "share of the velocity that stays, with momentum and nesterov",
            c => c.Momentum, (c, v) => c with { Momentum = v }, Values.OrNone(Values.Of(Ranges.Momentum)), "0.9"),
        Of(Training, "weight-decay", "D", "what share of the weights is added to their gradients, or with adamw taken off the weights",
            c => c.WeightDecay, (c, v) => c with { WeightDecay = v }, Values.OrNone(Values.Of(Ranges.WeightDecay)), "0; adamw 0.01"),
        Of(Training, "l1", "S", "what is added to each gradient with the sign of its weight: the gradient of S times the sum of |w|",
            c => c.L1, (c, v) => c with { L1 = v }, Values.Of(Ranges.L1)),
        Of(Training, "schedule", "NAME", "constant; step: a tenth after each third of the steps; cosine: down to 0 along half a cosine",
            c => c.Schedule, (c, v) => c with { Schedule = v }, Values.Of(Schedule.Names)),
        Of(Training, "warmup", "N", "steps over which the learning rate first grows to --lr",
            c => c.Warmup, (c, v) => c with { Warmup = v }, Values.Of(Ranges.Warmup)),
        Of(Training, "clip", "NORM", "scale gradients down to this norm over all parameters",
            c => c.Clip, (c, v) => c with { Clip = v }, Values.OrNone(Values.Of(Ranges.ClipNorm), none: "off"), "off"),
        Of(Training, "steps", "N", "steps of gradient descent",
            c => c.Steps, (c, v) => c with { Steps = v }, Values.Of(Ranges.Steps)),
        Of(Training, "batch", "N", "examples per step, drawn with replacement",
            c => c.Batch, (c, v) => c with { Batch = v }, Values.Of(Ranges.Batch)),
        Of(Training, "engine", "NAME", "auto, fused (many steps per launch) or layers; the results are the same",
            c => c.Engine, (c, v) => c with { Engine = v }, Values.Of(TrainingOptions.Engines)),
        Of(Training, "api", "NAME", "layers, or modules: the tutorial's second half, Samples/ModulesTutorial.cs",
            c => c.Api, (c, v) => c with { Api = v }, Values.Of(TrainConfig.Halves)),
        Of(Training, "device", "NAME", "auto, cpu, cpu:ilgpu, opencl[:i] or cuda[:i]; see gpumlp devices",
            c => c.Device, (c, v) => c with { Device = v }, Values.Checked(text => text, DeviceInput.Names)),
        Of(Training, "checkpoint-every", "N|Ts", "save the state for --resume after every N steps, or T seconds",
            c => c.CheckpointEvery!, (c, v) => c with { CheckpointEvery = v }, Values.Checked(Period), "when stopped"),
        Of(Training, "all-losses", null, "a row per step in losses.csv, also of runs of more than 1,000,000 steps",
            c => c.AllLosses, (c, v) => c with { AllLosses = v }, Values.Flag),

        Of(Pictures, "snapshot-every", "N", "a picture of the boundary after steps 0, N, 2N, … and the last; 0: none",
            c => c.SnapshotEvery, (c, v) => c with { SnapshotEvery = v }, Values.Of(Ranges.SnapshotEvery)),
        Of(Pictures, "style", "NAME", "plain or notebook",
            c => c.Style, (c, v) => c with { Style = v }, Values.Of(TrainConfig.Styles)),
        Of(Pictures, "window", "X0:X1,Y0:Y1", "what pictures show",
            c => c.Window, (c, v) => c with { Window = v }, Values.OrNone(new Values<Window>(Window.Parse, window => window.ToString())),
            "moons -1.5:2.5,-1:1.5 up to --noise 10, else the data's bounds and a tenth more"),
        Of(Pictures, "size", "WxH", "width and height of pictures in pixels; the animation stays 480x360",
            c => c.Size, (c, v) => c with { Size = v }, new Values<PictureSize>(PictureSize.Parse, size => size.ToString())),
        Of(Pictures, "format", "NAME", "png or svg, of the pictures at the end; frames, the animation and views are pixels always",
            c => c.Format, (c, v) => c with { Format = v }, Values.Of(TrainConfig.Formats)),
        Of(Pictures, "axes", "A,B", "the two features that pictures show, by name or position from 1",
            c => c.Axes!, (c, v) => c with { Axes = v }, Values.Text, "the first two"),
        Of(Pictures, "fix", "C=V,...", "where pictures hold the other features",
            c => c.Fix!, (c, v) => c with { Fix = v }, Values.Text, "at their means"),
        Of(Pictures, "views", "NAMES", "more pictures: units (what each computes), weights (histograms), warp (the plane after two units)",
            c => c.Views!, (c, v) => c with { Views = v }, Values.Checked(Views, TrainConfig.ViewNames), "none"),
        Of(Pictures, "no-plots", null, "leave the pictures out",
            c => c.NoPlots, (c, v) => c with { NoPlots = v }, Values.Flag),
    ];

    static string Period(string text)
    {
        TrainConfig.PeriodOf(text);
        return text;
    }

    static string Views(string text)
    {
        TrainConfig.ViewsOf(text);
        return text;
    }

    static string Validation(string text)
    {
        TrainConfig.ShareOf(text);
        return text;
    }

    /// <summary>The option of a name.</summary>
    public static TrainOption Find(string name) => All.First(option => option.Name == name);
}
