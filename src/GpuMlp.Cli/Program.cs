using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using GpuMlp.Devices;

namespace GpuMlp.Cli;

/// <summary>gpumlp: the verbs, and the one place where a failure becomes a message and an exit code.</summary>
static class Program
{
    /// <summary>The version without the build's own suffix.</summary>
    public static string Version { get; } = typeof(Program).Assembly.GetName().Version!.ToString(3);

    static int Main(string[] arguments)
    {
        try
        {
            return Run(arguments);
        }
        catch (Exception e)
        {
            return Report(e);
        }
    }

    static int Run(string[] arguments)
    {
        var root = new RootCommand
        {
            TrainCommand.Create(), SweepCommand.Create(), GridCommand.Create(), BenchCommand.Create(), DevicesCommand.Create(), GradcheckCommand.Create(),
        };
        root.SetAction(_ =>
        {
            HelpText.Write(Console.Error, root);
            return ExitCode.BadInput;
        });
        foreach (Option option in root.Options)
        {
            if (option is HelpOption) option.Action = new Act(result => HelpText.Write(Console.Out, result.CommandResult.Command));
            if (option is VersionOption) option.Action = new Act(_ => Console.Out.WriteLine(Version));
        }
        ParseResult result = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Errors.Count > 0 && result.Action is not Act)
        {
            string verb = result.CommandResult.Command == root ? "" : $" {result.CommandResult.Command.Name}";
            throw new UsageException($"{result.Errors[0].Message.TrimEnd('.')}; see gpumlp{verb} -h");
        }
        return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    static int Report(Exception e)
    {
        (int code, string message) = e switch
        {
            UsageException => (ExitCode.BadInput, e.Message),
            DeviceUnavailableException => (ExitCode.NoDevice, e.Message),
            OutOfMemoryException => (ExitCode.OutOfMemory, $"out of memory: {e.Message}"),
            OperationCanceledException => (ExitCode.Cancelled, "cancelled"),
            DeviceException or IOException or UnauthorizedAccessException => (ExitCode.Failed, OutputFolder.Plain(e.Message)),
            _ => (ExitCode.Failed, ""),
        };
        if (message.Length > 0) Terminal.Error(message);
        else Console.Error.WriteLine($"gpumlp: this is a fault of gpumlp, please report it:\n{e}");
        return code;
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
