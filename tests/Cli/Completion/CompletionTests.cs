using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Completion;

/// <summary>The scripts of the verb completion, in the shells that this machine has; and what a misspelt word is answered with.</summary>
public class CompletionTests
{
    [Theory]
    [InlineData("gpumlp ''", 1, "train")]
    [InlineData("gpumlp gri", 1, "grid")]
    [InlineData("gpumlp train --weight-", 2, "--weight-decay")]
    [InlineData("gpumlp train --activation le", 3, "leaky-relu")]
    [InlineData("gpumlp plan ''", 2, "sweep")]
    [InlineData("gpumlp completion z", 2, "zsh")]
    [InlineData("gpumlp train --data mo", 3, "moons")]
    [InlineData("gpumlp map --device o", 3, "opencl")]
    [InlineData("gpumlp grid m.safetensors --device cu", 4, "cuda")]
    [InlineData("gpumlp train --views wa", 3, "warp")]
    [InlineData("gpumlp sweep --print s", 3, "slurm")]
    [InlineData("gpumlp plan grid --al", 3, "--allow-nonfinite")]
    [InlineData("gpumlp grid m.safetensors --form pie", 4, "piecewise")]
    public void BashCompletesVerbsOptionsAndNames(string words, int at, string expected)
    {
        string line = $"COMP_WORDS=({words}) COMP_CWORD={at} && _gpumlp && printf '%s\\n' \"${{COMPREPLY[@]}}\"";
        Gpumlp.Outcome outcome = Gpumlp.Shell($"source <($gpumlp completion bash) && {line}");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains(expected, outcome.Out.Split('\n'));
        if (words.EndsWith("''", StringComparison.Ordinal)) return;
        string begun = words.Split(' ')[at];
        Assert.All(outcome.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries), word => Assert.StartsWith(begun, word));
    }

    [Fact]
    public void FilesAreLeftToBash()
    {
        const string Grid = "COMP_WORDS=(gpumlp grid mod) COMP_CWORD=2; _gpumlp; echo ${#COMPREPLY[@]}";
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.File("mine.csv"), "");
        const string Both = "COMP_WORDS=(gpumlp train --data m) COMP_CWORD=3; _gpumlp; echo ${COMPREPLY[@]}";
        const string Data = "COMP_WORDS=(gpumlp train --data flow) COMP_CWORD=3; _gpumlp; echo ${#COMPREPLY[@]}";
        Gpumlp.Outcome outcome = Gpumlp.Shell(
            $"source <($gpumlp completion bash) && {Grid}; {Data}; {Both}; complete -p gpumlp", folder.Path);
        Assert.Equal("0\n0\nmoons mine.csv\ncomplete -o default -F _gpumlp gpumlp\n", outcome.Out);
    }

    [Theory]
    [InlineData("zsh", "#compdef gpumlp", "    'train --activation') found='elu gelu leaky-relu ")]
    [InlineData("pwsh", "Register-ArgumentCompleter -Native -CommandName gpumlp", "    'plan grid' = '--x --y ")]
    public void ScriptsForOtherShellsHoldTheSameWords(string shell, string first, string inside)
    {
        Gpumlp.Outcome outcome = Gpumlp.Run($"completion {shell}");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.StartsWith(first, outcome.Out);
        Assert.Contains($"\n{inside}", outcome.Out);
        if (shell == "zsh" && File.Exists("/usr/bin/zsh"))
            Assert.Equal("grid\nleaky-relu\npiecewise\nFILES\n", InZsh());
    }

    // zsh itself, with its own functions replaced by ones that print what they are given
    static string InZsh()
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.File("try.zsh"), """
            compdef() { }
            compadd() { shift; print -l -- "$@" }
            _files() { print FILES }
            source $1
            complete() { words=("${@[2,-1]}"); CURRENT=$#words; _gpumlp | grep -x "$1" }
            complete grid gpumlp gri
            complete leaky-relu gpumlp train --activation ""
            complete piecewise gpumlp grid m.safetensors --form ""
            complete FILES gpumlp grid mod
            """);
        string script = folder.File("gpumlp.zsh");
        Gpumlp.Outcome outcome = Gpumlp.Shell($"$gpumlp completion zsh > '{script}' && zsh -f '{folder.File("try.zsh")}' '{script}'");
        Assert.Equal("", outcome.Error);
        return outcome.Out;
    }

    [Theory]
    [InlineData("trian", "'trian' is no verb; did you mean train? See gpumlp -h")]
    [InlineData("swep --lr 0.1", "'swep' is no verb; did you mean sweep?")]
    [InlineData("frobnicate", "'frobnicate' is no verb: they are train, sweep, map, predict, evaluate, grid,")]
    [InlineData("plan tran", "'tran' is no verb; did you mean train? See gpumlp plan -h")]
    [InlineData("train --optimiser adam", "'--optimiser' is no option of gpumlp train; did you mean --optimizer? See gpumlp train -h")]
    [InlineData("grid m.safetensors --sise 2x2", "'--sise' is no option of gpumlp grid; did you mean --size?")]
    [InlineData("--quiet train", "'--quiet' stands before the verb; options come after it; see gpumlp train -h")]
    [InlineData("train --LR 0.1", "'--LR' is no option of gpumlp train; did you mean --lr?")]
    [InlineData("train --batch-size 4", "'--batch-size' is no option of gpumlp train; did you mean --batch?")]
    [InlineData("train --epochs 4", "'--epochs' is no option of gpumlp train; did you mean --steps?")]
    [InlineData("train --seeds 0..3", "'--seeds' is an option of gpumlp sweep and none of gpumlp train; see gpumlp train -h")]
    [InlineData("sweep --seed 0..3", "'--seed' is no option of gpumlp sweep; did you mean --seeds?")]
    [InlineData("sweep --patience 3", "'--patience' is an option of gpumlp train and none of gpumlp sweep; see gpumlp sweep -h")]
    [InlineData("sweep --folds 5", "'--folds' is an option of gpumlp train and none of gpumlp sweep")]
    [InlineData("train --qwertyuiop", "'--qwertyuiop' is no option of gpumlp train; see gpumlp train -h")]
    [InlineData("train surplus", "'surplus' is more than gpumlp train takes; see gpumlp train -h")]
    [InlineData("completion fish", "completion fish: allowed are bash, zsh, pwsh")]
    public void TheNearestVerbOrOptionIsSuggested(string arguments, string message)
    {
        Gpumlp.Outcome outcome = Gpumlp.Run(arguments);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Out));
        Assert.StartsWith($"gpumlp: {message}", Assert.Single(outcome.ErrorLines));
    }
}
