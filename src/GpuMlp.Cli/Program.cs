using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using GpuMlp.Cli.Bench;
using GpuMlp.Cli.Devices;
using GpuMlp.Cli.Gradcheck;
using GpuMlp.Cli.Grid;
using GpuMlp.Cli.Output;
using GpuMlp.Cli.Plan;
using GpuMlp.Cli.Shell;
using GpuMlp.Cli.Sweep;
using GpuMlp.Cli.Train;
using GpuMlp.Devices;

namespace GpuMlp.Cli;

/// <summary>gpumlp: the verbs, and the one place where a failure becomes a message and an exit code.</summary>
static class Program
{
    static Interruption? interruption;                             // held to the end, so that no signal ends a program that has done its work

    static int Main(string[] arguments)
    {
        try
        {
            StandardStreams.Guard();
            return Run(arguments, interruption = new Interruption());
        }
        catch (Exception e)
        {
            return End(e);
        }
    }

    // where few files may be open even what tells of failures does not load
    static int End(Exception e)
    {
        try
        {
            return Report(e);
        }
        catch (IOException part)
        {
            StandardStreams.Log($"gpumlp: {NotLoaded((part as FileNotFoundException)?.FileName ?? part.Message)}");
            return ExitCode.Failed;
        }
    }

    static int Run(string[] arguments, Interruption interruption)
    {
        var root = new RootCommand
        {
            TrainCommand.Create(interruption), SweepCommand.Create(interruption), GridCommand.Create(interruption), BenchCommand.Create(interruption),
            PlanCommand.Create(TrainCommand.Plan(), SweepCommand.Plan(), GridCommand.Plan()), DevicesCommand.Create(), GradcheckCommand.Create(),
        };
        root.SetAction(_ =>
        {
            HelpText.Write(Console.Error, root);
            return ExitCode.BadInput;
        });
        foreach (Option option in root.Options)
        {
            if (option is HelpOption) option.Action = new Act(result => StandardStreams.Write(() => HelpText.Write(Console.Out, result.CommandResult.Command)));
            if (option is VersionOption) option.Action = new Act(_ => Terminal.Print(ProgramVersion.Text));
        }
        ParseResult result = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Errors.Count > 0 && result.Action is not Act)
        {
            throw new UsageException($"{result.Errors[0].Message.TrimEnd('.')}; see {HelpText.NameOf(result.CommandResult.Command)} -h");
        }
        return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    static int Report(Exception e)
    {
        while (e is AggregateException or TypeInitializationException && e.InnerException is Exception inner) e = inner;
        (int code, string message) = e switch
        {
            UsageException => (ExitCode.BadInput, e.Message),
            DeviceUnavailableException => (ExitCode.NoDevice, e.Message),
            OutOfMemoryException => (ExitCode.OutOfMemory, $"out of memory: {HostMemory.Explain(e)}"),
            OperationCanceledException => (interruption?.ExitCode ?? ExitCode.Cancelled, "cancelled"),
            FileNotFoundException { FileName: string part } when part.Contains(", Version=") => (ExitCode.Failed, NotLoaded(part)),
            FileLoadException { FileName: string part } => (ExitCode.Failed, NotLoaded(part)),
            DllNotFoundException => (ExitCode.Failed, NotLoaded(e.Message)),
            DeviceException or IOException or UnauthorizedAccessException => (ExitCode.Failed, OutputFolder.Plain(e.Message)),
            _ => (ExitCode.Failed, ""),
        };
        if (message.Length > 0) Terminal.Error(message);
        else Terminal.Fault(e);
        return code;
    }

    static string NotLoaded(string part) =>
        $"{part.Split(',', '\n')[0]} does not load: too few files may be open at once (ulimit -n; 256 are enough), or gpumlp is not installed whole";

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
