using System.Text.Json;
using GpuMlp.Cli.Bench;
using GpuMlp.Cli.Shell;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Bench;

/// <summary>gpumlp bench: every device has a row, with times or with the reason why there are none.</summary>
public class BenchTests
{
    // OpenCL's compiler takes seconds; that a device is not there has to be a row anyway
    // what is measured beside other tests is nothing to keep
    static readonly Dictionary<string, string> WithoutOpenCL = new() { ["OCL_ICD_VENDORS"] = "/nowhere", ["GPUMLP_KERNEL_CACHE"] = "off" };

    [Fact]
    public void WhatItMeasuresIsKeptForAuto()
    {
        using var folder = new ScratchFolder();
        var environment = new Dictionary<string, string> { ["OCL_ICD_VENDORS"] = "/nowhere", ["GPUMLP_KERNEL_CACHE"] = folder.Path };
        Assert.EndsWith("kept for auto and gpumlp plan\n", ChildProcess.Gpumlp(environment, "bench", "--quick").Error);
        string plan = ChildProcess.Gpumlp(environment, "plan", "train", "--net", "2-1000-1000-1", "--batch", "64").Output;
        Assert.Matches(@"cpu +\d+\.\d\d +measurements of this machine", plan);
    }

    [Fact]
    public void EveryDeviceIsARowAndTheCpuDoesEveryJob()
    {
        ChildProcess.Result outcome = ChildProcess.Gpumlp(WithoutOpenCL, "bench", "--quick", "--json", "--quiet");
        Assert.Equal("", outcome.Error);
        Assert.Equal(0, outcome.ExitCode);
        using JsonDocument report = JsonDocument.Parse(outcome.Output);
        Assert.Equal(1, report.RootElement.GetProperty("schemaVersion").GetInt32());
        Assert.True(report.RootElement.GetProperty("quick").GetBoolean());
        JsonElement[] rows = [.. report.RootElement.GetProperty("rows").EnumerateArray()];
        bool IsCpu(JsonElement row) => row.GetProperty("device").GetString() == "cpu";
        JsonElement[] cpu = [.. rows.Where(row => IsCpu(row) && row.GetProperty("leftOut").ValueKind == JsonValueKind.Null)];
        Assert.Equal(11, cpu.Length);
        foreach (string rate in (string[])["perSecond", "medianSeconds"])
            Assert.All(cpu, row => Assert.True(row.GetProperty(rate).GetDouble() > 0));
        using JsonDocument devices = JsonDocument.Parse(ChildProcess.Gpumlp(WithoutOpenCL, "devices", "--json").Output);
        foreach (JsonElement device in devices.RootElement.GetProperty("devices").EnumerateArray())
        {
            JsonElement[] of = [.. rows.Where(row => row.GetProperty("device").GetString() == device.GetProperty("id").GetString())];
            Assert.NotEmpty(of);
            if (device.GetProperty("available").GetBoolean()) continue;
            Assert.Equal(device.GetProperty("excluded").GetString(), Assert.Single(of).GetProperty("leftOut").GetString());
        }
    }

    [Fact]
    public void AnUnknownOptionIsBadUsage()
    {
        Gpumlp.Outcome outcome = Gpumlp.Run("bench --fast");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("--fast", Assert.Single(outcome.ErrorLines));
    }

    [Fact]
    public void TheFirstInterruptionPrintsWhatThereIsAndIs130()
    {
        using var process = Gpumlp.Start("bench");
        Assert.Equal("cpu: 10,000 steps, 2-50-1, fused", process.StandardError.ReadLine());
        Gpumlp.Interrupt(process);
        Gpumlp.Outcome outcome = Gpumlp.End(process);
        Assert.Equal(130, outcome.ExitCode);
        Assert.Contains("not measured: cancelled", outcome.Out);
        AssertNarrow(outcome.Out.Split('\n'));
    }

    [Fact]
    public void TheTableFits80ColumnsWithTheLongestValuesAndRoundsToThreeDigits()
    {
        const string Job = "256 networks × 1,000 steps, 2-50-1";
        const string Reason = "no OpenCL library (libOpenCL.so.1): install a driver; and much more is said of why it cannot be had here";
        var report = new BenchReport(1, "0.0.0", false,
        [
            new("cpu", "2 cores, 512-bit lanes", Job, "layers", 9.994, 0.0099951, 999_999_999, "steps", 1),
            new("opencl:10", new string('x', 30) + " " + new string('y', 50), Job, "layers", 999.4, 9.996e-4, 9.994e9, "steps", 1234.4),
            new("opencl:10", "x", "grid 1024², 2-50-1", null, 59.94, 5e-9, 12.3, "points", 0.001),
            new("opencl:10", "x", Job, "fused", LeftOut: Reason, Failed: true),
            new("cuda", "NVIDIA GPU", LeftOut: Reason),
        ],
        [
            new("opencl:10", "hidden width", "2-W-W-1, batch 256", 1024, 1024),
            new("opencl:10", "hidden width", "2-W-W-1, batch 256", null, 0),
        ], 1);
        string[] lines = [.. BenchTable.Lines(report, 80)];
        AssertNarrow(lines);
        string text = string.Join('\n', lines);
        string[] numbers = ["9.99 s", "10.0 ms", "1,000 M", "999 s", "1,000 µs", "9.99 G", "1,234", "59.9 s", "0.01 µs", "12.3", "0.00"];
        foreach (string number in numbers)
            Assert.Contains($" {number}", text);
        IEnumerable<string> heads = lines
            .Where(line => line[0] != ' ' && !char.IsDigit(line[0]) && !line.StartsWith("grid", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[0]);
        Assert.Equal(["job", "cpu:", "opencl:10:", "cuda:", "opencl:10,", "opencl:10,"], heads);
    }

    static void AssertNarrow(IEnumerable<string> lines) => Assert.All(lines, line => Assert.True(line.Length <= 80, line));
}
