using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace GpuMlp.Bench;

/// <summary>Work by median time: training steps a second.</summary>
sealed class RateColumn : IColumn
{
    public string Id => nameof(RateColumn);

    public string ColumnName => "steps/s";

    public string Legend => "training steps a second, of all networks together, by the median";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => GetValue(summary, benchmarkCase, summary.Style);

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) =>
        summary[benchmarkCase]?.ResultStatistics is { } times && AbsentDevice.CaseOf(benchmarkCase) is { } row
            ? (row.Work / (times.Median * 1e-9)).ToString("N0", CultureInfo.InvariantCulture) : "NA";
}
