using System.Text.Json;

namespace GpuMlp.Tests;

/// <summary>gpumlp bench: every device is a row, measured or with the reason why not.</summary>
public class BenchTests
{
    // OpenCL's compiler takes seconds; that a device is not there has to be a row anyway
    static readonly Dictionary<string, string> WithoutOpenCL = new() { ["OCL_ICD_VENDORS"] = "/nowhere" };

    [Fact]
    public void Every_device_is_a_row_and_the_cpu_does_every_job()
    {
        ChildProcess.Result outcome = ChildProcess.Gpumlp(WithoutOpenCL, "bench", "--quick", "--json", "--quiet");
        Assert.Equal("", outcome.Error);
        Assert.Equal(0, outcome.ExitCode);
        using JsonDocument report = JsonDocument.Parse(outcome.Output);
        Assert.Equal(1, report.RootElement.GetProperty("schemaVersion").GetInt32());
        Assert.True(report.RootElement.GetProperty("quick").GetBoolean());
        JsonElement[] rows = [.. report.RootElement.GetProperty("rows").EnumerateArray()];
        JsonElement[] cpu = [.. rows.Where(row => row.GetProperty("device").GetString() == "cpu" && row.GetProperty("leftOut").ValueKind == JsonValueKind.Null)];
        Assert.Equal(6, cpu.Length);
        Assert.All(cpu, row => Assert.True(row.GetProperty("perSecond").GetDouble() > 0 && row.GetProperty("medianSeconds").GetDouble() > 0));
        using JsonDocument devices = JsonDocument.Parse(ChildProcess.Gpumlp(WithoutOpenCL, "devices", "--json").Output);
        foreach (JsonElement device in devices.RootElement.GetProperty("devices").EnumerateArray())
        {
            JsonElement[] of = [.. rows.Where(row => row.GetProperty("device").GetString() == device.GetProperty("id").GetString())];
            Assert.NotEmpty(of);
            if (!device.GetProperty("available").GetBoolean()) Assert.Equal(device.GetProperty("excluded").GetString(), Assert.Single(of).GetProperty("leftOut").GetString());
        }
    }

    [Fact]
    public void An_unknown_option_is_bad_usage()
    {
        Gpumlp.Outcome outcome = Gpumlp.Run("bench --fast");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("--fast", Assert.Single(outcome.ErrorLines));
    }

    [Fact]
    public void The_first_interruption_prints_what_there_is_and_is_130()
    {
        using var process = Gpumlp.Start("bench");
        Assert.Equal("cpu: 10,000 steps, 2-50-1, fused", process.StandardError.ReadLine());
        Gpumlp.Interrupt(process);
        Gpumlp.Outcome outcome = Gpumlp.End(process);
        Assert.Equal(130, outcome.ExitCode);
        Assert.Contains("not measured: cancelled", outcome.Out);
    }
}
