using System.Diagnostics;

namespace GpuMlp.Tests.Cli.Play;

/// <summary>A page at full speed: how fast it is, what it sends, and that its memory stays. Only with GPUMLP_SOAK=1.</summary>
public sealed class PageSoakTests
{
    const double MegabytesPerSecond = 24;

    [Fact]
    public async Task TenMinutesAtFullSpeedTakeNoMoreMemoryThanTwo()
    {
        if (Environment.GetEnvironmentVariable("GPUMLP_SOAK") != "1") Assert.Skip("Takes ten minutes: GPUMLP_SOAK=1 runs it.");
        using var play = new PlayProcess();
        using PageClient page = await PageClient.OpenAsync(play);
        await page.WaitAsync("frame");
        await page.SendAsync(new { type = "view", window = (string?)null, side = 512, tiles = true, weights = true });
        await page.SendAsync(new { type = "play" });
        long after = 0, bytes = 0;
        int first = 0;
        for (int minute = 1; minute <= 10; minute++)
        {
            var since = Stopwatch.StartNew();
            (long Bytes, int Pictures, int Step) now = (0, 0, first);
            while (since.Elapsed < TimeSpan.FromMinutes(1))
            {
                PageClient.Message frame = await page.WaitAsync("frame");
                now = (now.Bytes + frame.Numbers.Length, now.Pictures + 1, frame.Head.GetProperty("step").GetInt32());
            }
            double seconds = since.Elapsed.TotalSeconds;
            TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant(
                $"minute {minute}: {(now.Step - first) / seconds:N0} steps/s, {now.Pictures / seconds:0.0} pictures/s, ")
                + FormattableString.Invariant($"{now.Bytes / seconds / 1e6:0.0} MB/s, {play.Memory >> 20} MiB"));
            (first, bytes) = (now.Step, now.Bytes);
            Assert.InRange(bytes / seconds / 1e6, 0, MegabytesPerSecond);
            if (minute == 2) after = play.Memory;
            if (now.Step > 1_700_000_000)                          // there are steps for so long only
            {
                await page.SendAsync(new { type = "reset" });
                await page.SendAsync(new { type = "play" });
                first = 0;
            }
        }
        Assert.InRange(play.Memory - after, long.MinValue, 32L << 20);
    }
}
