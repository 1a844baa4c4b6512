using System.CommandLine;
using GpuMlp.Cli.Shell;

namespace GpuMlp.Cli.Completion;

/// <summary>The verb completion: prints a script with which a shell completes verbs, options and the names that options take.</summary>
static class CompletionCommand
{
    static readonly Argument<string> Shell = new("SHELL") { CompletionSources = { CompletionScript.Names } };

    static readonly (string, string)[] Rows = [("SHELL", "bash, zsh or pwsh (PowerShell)"), ("-h, --help", "this")];

    static readonly (string, string)[] Examples =
    [
        (" bash > ~/.local/share/bash-completion/completions/gpumlp", "for bash; new shells complete gpumlp"),
        (" zsh > ~/.zfunc/_gpumlp", "for zsh, with fpath=(~/.zfunc $fpath) before compinit in ~/.zshrc"),
        (" pwsh >> $PROFILE", "for PowerShell"),
    ];

    public static Command Create()
    {
        const string What = "Prints a script that completes gpumlp's verbs and options in a shell.";
        var verb = new Verb("completion", What, [("Options", Rows)], Examples);
        verb.Arguments.Add(Shell);
        verb.SetAction(result =>
        {
            Terminal.Print(CompletionScript.For(result.GetValue(Shell)!, result.RootCommandResult.Command));
            return ExitCode.Ok;
        });
        return verb;
    }
}
