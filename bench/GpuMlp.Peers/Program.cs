using System.Globalization;

namespace GpuMlp.Peers;

/// <summary>
/// GpuMlp and TorchSharp on the same jobs, side by side in one run: prints a table. Usage: [--turns N] [--gpumlp FILE] [JOB…], or numbers
/// FILE
/// </summary>
static class Program
{
    static int Main(string[] arguments)
    {
        try
        {
            Run(arguments);
            return 0;
        }
        catch (ArgumentException e)
        {
            Console.Error.WriteLine(e.Message);
            return 2;
        }
    }

    static void Run(string[] arguments)
    {
        switch (arguments)
        {
            case ["train-only", string threads]: Jobs.TrainOnly(Whole(threads)); return;
            case [.., "numbers", string file]: Numbers.Write(file); return;
            case ["weaken", string library, string version]: ElfVersions.Weaken(library, version); return;
        }
        int turns = 5;
        string? program = null;
        var jobs = new List<string>();
        for (int k = 0; k < arguments.Length; k++)
        {
            if (arguments[k] == "--turns" && k + 1 < arguments.Length) turns = Whole(arguments[++k]);
            else if (arguments[k] == "--gpumlp" && k + 1 < arguments.Length) program = arguments[++k];
            else if (Jobs.Names.Contains(arguments[k])) jobs.Add(arguments[k]);
            else throw new ArgumentException($"{arguments[k]} is no job; there are {string.Join(", ", Jobs.Names)}");
        }
        using var all = new Jobs(turns, program);
        Comparison.PrintHead();
        foreach (string job in jobs.Count > 0 ? jobs : [.. Jobs.Names]) all.Run(job);
    }

    static int Whole(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0
        ? value : throw new ArgumentException($"{text} is not a whole number of 1 or more");
}
