using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using GpuMlp.Cli.Bench;
using GpuMlp.Cli.Compare;
using GpuMlp.Cli.Completion;
using GpuMlp.Cli.Conversion;
using GpuMlp.Cli.DataFiles;
using GpuMlp.Cli.Devices;
using GpuMlp.Cli.Gradcheck;
using GpuMlp.Cli.Grid;
using GpuMlp.Cli.Map;
using GpuMlp.Cli.Output;
using GpuMlp.Cli.Plan;
using GpuMlp.Cli.Play;
using GpuMlp.Cli.Predict;
using GpuMlp.Cli.Shell;
using GpuMlp.Cli.Sweep;
using GpuMlp.Cli.Train;
using GpuMlp.Devices;

namespace GpuMlp.Cli;

/// <summary>gpumlp: the verbs, and the one place where a failure becomes a message and an exit code.</summary>
static class Program
{
    static Interruption? interruption;                             // held to the end: no signal then ends a program that has done its work

    static int Main(string[] arguments)
    {
        try
        {
            StandardStreams.Guard();
            RequireWorkingDirectory();
            return Run(arguments, interruption = new Interruption());
        }
        catch (Exception e)
        {
            return End(e);
        }
    }

    // .NET finds no path at all, not even an absolute one, from a folder that is gone
    static void RequireWorkingDirectory()
    {
        try { _ = Environment.CurrentDirectory; }
        catch (IOException e) { throw new UsageException("the working directory is no longer there; change to another folder", e); }
    }

    // where few files may be open, even the assembly that reports failures may not load: this method needs none
    static int End(Exception e)
    {
        try
        {
            return Report(e);
        }
        catch (IOException notLoaded)
        {
            StandardStreams.Log($"gpumlp: {NotLoaded((notLoaded as FileNotFoundException)?.FileName ?? notLoaded.Message)}");
            return ExitCode.Failed;
        }
    }

    /// <summary>Runs a command line.</summary>
    /// <exception cref="Exception">It failed: see <see cref="Explain"/>.</exception>
    /// <returns>The exit code.</returns>
    internal static int Run(string[] arguments, Interruption interruption)
    {
        var root = new RootCommand
        {
            TrainCommand.Create(interruption),
            SweepCommand.Create(interruption),
            MapCommand.Create(interruption),
            PredictCommand.Predict(interruption),
            PredictCommand.Evaluate(interruption),
            GridCommand.Create(interruption),
            ConvertCommand.Create(),
            DataCommand.Create(),
            BenchCommand.Create(interruption),
            CompareCommand.Create(interruption),
            PlanCommand.Create(TrainCommand.Plan(), SweepCommand.Plan(), GridCommand.Plan()),
            PlayCommand.Create(interruption),
            DevicesCommand.Create(),
            GradcheckCommand.Create(),
            CompletionCommand.Create(),
        };
        root.SetAction(_ =>
        {
            HelpText.Write(Console.Error, root);
            return ExitCode.BadInput;
        });
        foreach (Option option in root.Options)
        {
            if (option is HelpOption)
                option.Action = new Act(result => StandardStreams.Write(() => HelpText.Write(Console.Out, result.CommandResult.Command)));
            if (option is VersionOption) option.Action = new Act(_ => Terminal.Print(ProgramVersion.Text));
        }
        if (arguments is ["help", .. string[] verb])
            arguments = verb.Length == 0 || root.Subcommands.Any(command => command.Name == verb[0]) ? [.. verb, "-h"] : verb;
        ParseResult result = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Errors.Count > 0 && result.Action is not Act) throw Misspelt.Explain(result);
        return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    static int Report(Exception e)
    {
        (int code, string message) = Explain(e);
        if (message.Length > 0) Terminal.Error(message);
        else Terminal.Fault(e);
        return code;
    }

    /// <summary>The exit code of a failure and what to say of it; nothing of a fault of the program itself.</summary>
    internal static (int Code, string Message) Explain(Exception e)
    {
        while (e is AggregateException or TypeInitializationException && e.InnerException is Exception inner) e = inner;
        return e switch
        {
            UsageException => (ExitCode.BadInput, e.Message),
            DeviceUnavailableException => (ExitCode.NoDevice, e.Message),
            OutOfMemoryException => (ExitCode.OutOfMemory, $"out of memory: {HostMemory.Explain(e)}"),
            OperationCanceledException => (interruption?.ExitCode ?? ExitCode.Cancelled, "cancelled"),
            FileNotFoundException { FileName: string assembly } when assembly.Contains(", Version=")
                => (ExitCode.Failed, NotLoaded(assembly)),
            FileLoadException { FileName: string assembly } => (ExitCode.Failed, NotLoaded(assembly)),
            DllNotFoundException => (ExitCode.Failed, NotLoaded(e.Message)),
            DeviceException or IOException or UnauthorizedAccessException => (ExitCode.Failed, OutputFolder.Plain(e.Message)),
            _ => (ExitCode.Failed, ""),
        };
    }

    // an assembly's full name ends at its comma, a message of the loader at its line's end
    static string NotLoaded(string assembly)
    {
        string name = assembly.Split(',', '\n')[0];
        return $"{name} does not load: too few files may be open at once (ulimit -n; 256 are enough), or gpumlp is not installed whole";
    }

    /// <summary>What an option such as -h does in place of the command.</summary>
    sealed class Act(Action<ParseResult> act) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            act(parseResult);
            return ExitCode.Ok;
        }
    }
}
