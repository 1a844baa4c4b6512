using System.Text.Json;
using System.Text.Json.Serialization;
using GpuMlp.Cli.Shell;
using GpuMlp.Devices;
using GpuMlp.Planning;
using static System.FormattableString;

namespace GpuMlp.Cli.Input;

/// <summary>What a job is expected to take on each device of this machine.</summary>
static class Forecasts
{
    /// <summary>Prints it: as a table, or as one JSON object.</summary>
    /// <param name="asked">The device that the options name, or auto.</param>
    /// <param name="job">The work.</param>
    /// <param name="terminal">Where to print it.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="UsageException">The name is no device's.</exception>
    /// <exception cref="DeviceUnavailableException">This machine has no such device, or it does not open.</exception>
    public static int Show(string asked, IReadOnlyList<Work> job, Terminal terminal)
    {
        DeviceChoice choice = Planner.Compare(job);
        Forecast[] forecasts = [.. choice.Forecasts.OrderBy(forecast => forecast.Seconds)];
        string chosen = asked == "auto" ? choice.Order[0].Id : Find(asked);
        string why = asked == "auto" ? choice.Why : "as asked";
        if (terminal.Json)
        {
            ForecastRow[] rows =
                [.. forecasts.Select(forecast => new ForecastRow(forecast.Device.Id, Math.Round(forecast.Seconds, 4), forecast.Measured))];
            var report = new ForecastReport(1, ProgramVersion.Text, chosen, why, rows);
            Terminal.Print(JsonSerializer.Serialize(report, ForecastJson.Default.ForecastReport));
            return ExitCode.Ok;
        }
        const string Measured = "measurements of this machine", Estimated = "an estimate; gpumlp bench measures";
        string[][] table = [["device", "seconds", "from"], .. forecasts.Select(forecast => (string[])
            [forecast.Device.Id, Invariant($"{forecast.Seconds:0.00}"), forecast.Measured ? Measured : Estimated])];
        foreach (string line in Terminal.Columns(table)) terminal.Show(line);
        terminal.Show($"chosen: {chosen} ({why})");
        return ExitCode.Ok;
    }

    // opening it tells whether there is such a device, and under which name it is listed
    static string Find(string asked)
    {
        using ComputeDevice device = DeviceInput.Open(asked);
        return device.Description.Id;
    }
}

/// <summary>What plan --json prints.</summary>
/// <param name="SchemaVersion">The version of this form.</param>
/// <param name="Version">The program's version.</param>
/// <param name="Chosen">The device that the command would run on.</param>
/// <param name="Why">Why that one.</param>
/// <param name="Devices">Every device, the fastest first.</param>
sealed record ForecastReport(int SchemaVersion, string Version, string Chosen, string Why, ForecastRow[] Devices);

/// <summary>One device.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Seconds">From opening it to the last result, compiling included.</param>
/// <param name="Measured">Whether that follows from what bench measured here; else it is a rough estimate.</param>
sealed record ForecastRow(string Id, double Seconds, bool Measured);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ForecastReport))]
sealed partial class ForecastJson : JsonSerializerContext;
