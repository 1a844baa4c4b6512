using System.Diagnostics;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Sweep;

/// <summary>Parts of a sweep, and merges of them, that are killed at random times and started again.</summary>
static class ShardKills
{
    const int Parts = 3;
    const string Options = "--device cpu --samples 40 --steps 4000 --net 2-4-1,2-5-1 --lr 0.01,1e20 --seeds 0..149 --block 10 --top 2";

    /// <summary>Kills as often as is asked. As soon as a merge is through, its outputs are compared, and all begins anew.</summary>
    public static void Of(ScratchFolder folder, int count, int seed)
    {
        var random = new Random(seed);
        string whole = folder.File("whole"), parts = folder.File("parts");
        Sweeps.Run(Options, whole);
        int kills = 0, merges = 0, inMerges = 0;
        long[] bytes = new long[Parts];
        while (kills < count || merges == 0)
        {
            int[] left = [.. Enumerable.Range(0, Parts).Where(number => bytes[number] >= 0)];
            bool merging = left.Length == 0;
            int part = merging ? 0 : left[random.Next(left.Length)];
            using Process process = merging ? Gpumlp.Start("sweep --quiet --merge", parts)
                : Sweeps.StartShard($"--quiet {Options}", $"{part}/{Parts}", parts);
            if (kills < count) process.WaitForExit(random.Next(100, merging ? 1500 : 1200));
            else process.WaitForExit();
            if (process.HasExited)
            {
                Assert.True(process.ExitCode == 0, process.StandardError.ReadToEnd());
                if (!merging) bytes[part] = -1;
                else
                {
                    Sweeps.AssertSame(whole, parts);
                    merges++;
                    Directory.Delete(parts, true);
                    bytes = new long[Parts];
                }
                continue;
            }
            process.Kill();
            process.WaitForExit();
            kills++;
            if (merging) inMerges++;
            // a merge that was killed while it moved its files leaves whole ones, and the next one goes on
            foreach (string path in Directory.Exists(parts) ? Directory.GetFiles(parts) : [])
                if (File.Exists(Path.Combine(whole, Path.GetFileName(path))) && Path.GetFileName(path) != "run.json")
                    Assert.Equal(File.ReadAllBytes(Path.Combine(whole, Path.GetFileName(path))), File.ReadAllBytes(path));
            if (merging) continue;
            long now = Sweeps.Bytes(Path.Combine(parts, $"shard-{part}-of-{Parts}.rows"));
            Assert.True(now >= bytes[part] - MostTail, $"kill {kills}: {now} bytes, {bytes[part]} before");
            bytes[part] = now;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{kills} kills, {inMerges} of them in merges, {merges} merges compared");
    }

    // what a task was just writing is cut off by the next one: less than a block
    const long MostTail = 2000;
}
