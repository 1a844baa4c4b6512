using System.Text.Json;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Emulator;

/// <summary>
/// A card whose groups have less shared memory, or fewer threads, than the forms for GPUs take gets other forms, which end in the
/// processor's bits.
/// </summary>
public sealed class LimitTests : IDisposable
{
    readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    void Succeeds(string arguments, params (string, string)[] variables)
    {
        ChildProcess.Result result = EmulatedCard.Gpumlp(arguments, variables);
        Assert.True(result.ExitCode == 0, $"{arguments}: exit {result.ExitCode}\n{result.Error}");
    }

    // the most shared memory and the most threads of all launches' groups
    (int Shared, int Threads) Most(string file)
    {
        JsonElement[] launches = [.. File.ReadLines(folder.File(file)).Select(line => JsonDocument.Parse(line).RootElement)];
        File.Delete(folder.File(file));
        return (launches.Max(l => l.GetProperty("shared").GetInt32()), launches.Max(l => l.GetProperty("threads").GetInt32()));
    }

    [Theory]
    [InlineData("--net 2-64-64-1 --engine fused", "SHARED", "16K")]
    [InlineData("--net 2-50-1 --engine fused", "SHARED", "1K")]
    [InlineData("--net 2-64-64-1 --batch 64 --engine layers", "SHARED", "4K")]
    [InlineData("--net 2-300-9-1 --batch 64 --engine layers", "GROUP", "16")]
    [InlineData("--net 2-50-1 --engine fused", "GROUP", "16")]
    [InlineData("--net 2-64-64-1 --engine fused", "GROUP", "32")]
    [InlineData("--net 2-9-9-1 --batch 4 --optimizer adam --engine fused", "GROUP", "7")]
    [InlineData("--net 2-50-1 --engine layers", "CAPABILITY", "50")]
    public void TrainingEndsInTheProcessorsBits(string options, string variable, string limit)
    {
        foreach (string device in (string[])["cpu", "cuda"])
            Succeeds($"train --steps 12 --samples 40 --no-plots --device {device} --out {folder.File(device)} {options}",
                (variable, limit), ("COUNT", folder.File("counts")));
        Check(variable, limit);
        foreach (string file in (string[])["losses.csv", "model.safetensors"])
            Assert.Equal(File.ReadAllBytes(folder.File($"cpu/{file}")), File.ReadAllBytes(folder.File($"cuda/{file}")));
    }

    [Theory]
    [InlineData("2-64-64-1", "SHARED", "32K")]
    [InlineData("2-50-1", "SHARED", "2K")]
    [InlineData("2-50-1", "GROUP", "64")]
    [InlineData("2-64-64-1", "GROUP", "100")]
    public void AGridEndsInTheProcessorsBits(string net, string variable, string limit)
    {
        Succeeds($"train --net {net} --steps 2 --samples 40 --no-plots --device cpu --out {folder.File("model")}");
        foreach (string device in (string[])["cpu", "cuda"])
            Succeeds($"grid {folder.File("model/model.safetensors")} --size 31x17 --device {device} --out {folder.File($"{device}.npy")}",
                (variable, limit), ("COUNT", folder.File("counts")));
        Check(variable, limit);
        Assert.Equal(File.ReadAllBytes(folder.File("cpu.npy")), File.ReadAllBytes(folder.File("cuda.npy")));
    }

    void Check(string variable, string limit)
    {
        (int shared, int threads) = Most("counts");
        int most = int.Parse(limit.TrimEnd('K'), System.Globalization.CultureInfo.InvariantCulture);
        if (variable == "SHARED") Assert.InRange(shared, 0, 1024 * most);
        if (variable == "GROUP") Assert.InRange(threads, 1, most);
    }

    [Fact]
    public void ACardWithRoomTakesTheFormsForGpus()
    {
        Succeeds($"train --net 2-64-64-1 --engine fused --steps 2 --samples 40 --no-plots --device cuda --out {folder.File("out")}",
            ("COUNT", folder.File("counts")));
        Assert.True(Most("counts").Shared >= 32 << 10);
    }
}
