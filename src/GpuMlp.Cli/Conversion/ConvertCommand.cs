using System.CommandLine;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Output;
using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Formats;
using GpuMlp.Layers;
using GpuMlp.Records;

namespace GpuMlp.Cli.Conversion;

/// <summary>The verb convert: writes a model for other programs, and takes theirs.</summary>
static class ConvertCommand
{
    const long ManyParameters = 1 << 22;
    const string Safetensors = ".safetensors", Onnx = ".onnx", NumPy = ".npz";

    static readonly Argument<string> Model = new("MODEL"), Target = new("FILE");
    static readonly Option<bool> Force = new("--force"), Quiet = new("--quiet");

    static readonly (string, string)[] Rows =
    [
        ("MODEL", "any safetensors or .npz file of linear layers"),
        ("FILE", ".safetensors or .npz (PyTorch's names and layout, and what grid and others need), or .onnx"),
        .. ModelOptions.Rows,
        ("--force", "replace a file that is there"),
        ("--quiet", "print nothing but errors"),
        ("-h, --help", "this"),
    ];

    static readonly (string, string)[] Examples =
    [
        (" runs/moons/model.safetensors moons.onnx", "input x (n, 2), raw values; output probability (n, 1)"),
        (" runs/moons/model.safetensors moons.npz", "numpy.load(\"moons.npz\")[\"0.weight\"]"),
        (" torch.safetensors model.safetensors --activation relu --loss bce", "a network that PyTorch trained, for all verbs"),
    ];

    public static Command Create()
    {
        var verb = new Verb("convert", "Writes a model as safetensors, ONNX or NumPy arrays.", [("Options", Rows)], Examples);
        verb.Arguments.Add(Model);
        verb.Arguments.Add(Target);
        ModelOptions.AddTo(verb);
        verb.Options.Add(Force);
        verb.Options.Add(Quiet);
        verb.SetAction(result => Execute(result.GetValue(Model)!, result.GetValue(Target)!, ModelOptions.Read(result),
            result.GetValue(Force), new Terminal(result.GetValue(Quiet), json: false)));
        return verb;
    }

    static int Execute(string source, string target, ModelHints hints, bool force, Terminal terminal)
    {
        string kind = Path.GetExtension(target).ToLowerInvariant();
        if (kind is not (Safetensors or Onnx or NumPy))
            throw new UsageException($"{target}: allowed are {Safetensors}, {Onnx} and {NumPy}");
        ModelInput.RequireFile(source);
        if (Directory.Exists(target)) throw new UsageException($"{target}: is a folder; a file is needed");
        if (OutputFile.IsSame(source, target)) throw new UsageException($"{target}: is the model that is read; name another file");
        if (File.Exists(target) && !force)
            throw new UsageException($"{target}: is there already; name another file, or replace it with --force");
        StoredModel model = ModelInput.Read(source, hints, terminal);
        RequirePlace(target);
        try
        {
            using IDisposable _ = terminal.During($"writing {target}", model.Net.ParameterCount >= ManyParameters);
            if (kind == Onnx) OnnxFile.Write(target, model);
            else model.Save(target);
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"{source}: {UsageException.Plain(e)}", e);
        }
        terminal.Say(Describe(model));
        terminal.Say($"written    {target}{(kind == Onnx ? $": {Signature(model)}" : "")}");
        if (kind == Onnx && model.Columns is { InputNames.Count: > 0 } columns) terminal.Note(InputsOf(columns));
        return ExitCode.Ok;
    }

    // what comes before the network is no part of an ONNX file
    static string InputsOf(TablePreprocessor columns)
    {
        var steps = new List<string>();
        if (columns.Features.Any(column => column.Values is not null)) steps.Add("texts become a 1 in the input of their name and else 0");
        if (columns.Features.Any(column => column.Boolean)) steps.Add("true and false become 1 and 0");
        string[] filled = [.. columns.Features.Where(column => column.Fill is not null)
            .Select(column => FormattableString.Invariant($"{UsageException.Cut(column.Label)} {column.Fill:R}"))];
        if (filled.Length > 0) steps.Add($"missing values become {string.Join(", ", filled)}");
        string derived = string.Join(", ", columns.Derived.Select(feature => feature.Text));
        if (derived.Length > 0) steps.Add($"{derived} {(columns.Derived.Count == 1 ? "is" : "are")} computed");
        string inputs = $"its inputs are, in this order: {string.Join(", ", columns.InputNames.Select(UsageException.Cut))}";
        return steps.Count == 0 ? inputs : $"{inputs}; not in the file, to be done before it: {string.Join("; ", steps)}";
    }

    // a file that cannot be created is bad input; a write that fails later is a failure
    static void RequirePlace(string target)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(target)) is string folder && !Directory.Exists(folder))
            throw new UsageException($"{target}: there is no folder {folder}");
        try
        {
            AtomicFile.Create(target).Dispose();
            AtomicFile.Clear(target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{target}: cannot write there: {AtomicFile.Plain(e.Message)}", e);
        }
    }

    static string Describe(StoredModel model)
    {
        string activation = model.Net.Depth > 1 ? $", {Activations.Names.Of(model.Net.Activation)}" : "";
        string standardized = model.Standardizer is null ? "" : ", standardized inputs";
        return $"network    {model.Net}{activation}, loss {model.Loss.Name}{standardized}";
    }

    static string Signature(StoredModel model)
    {
        string type = model.Standardizer is null ? "float32" : "float64";
        return $"input x {type} (n, {model.Net.Widths[0]}), output {OnnxFile.OutputOf(model)} float32 (n, {model.Net.Widths[^1]})";
    }
}
