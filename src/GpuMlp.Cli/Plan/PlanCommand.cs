using System.CommandLine;
using GpuMlp.Cli.Shell;

namespace GpuMlp.Cli.Plan;

/// <summary>The verb plan: it takes the command of another verb and prints how long that would run on each device.</summary>
static class PlanCommand
{
    /// <param name="verbs">The verbs that can be planned, each with its own options.</param>
    public static Command Create(params ReadOnlySpan<Command> verbs)
    {
        var plan = new Verb("plan", "Predicts how long a command would take on each device, and which auto would choose; runs nothing.",
            [("Commands",
            [
                ("train, sweep or grid", "with the options of the command itself: gpumlp plan train -h"),
                ("-h, --help", "this"),
            ])],
            [(" train --net 2-1024-1024-1 --batch 256", "a wide network"),
                (" sweep --lr 0.01,0.1 --seeds 0..99 --json", "a population, for programs"),
                (" grid model.safetensors --size 65536x65536 --value class --out classes.npy", "a large grid")]);
        foreach (Command verb in verbs) plan.Subcommands.Add(verb);
        plan.SetAction((Func<ParseResult, int>)(_ => throw new UsageException(
            "plan needs the command to plan: train, sweep or grid; see gpumlp plan -h")));
        return plan;
    }
}
