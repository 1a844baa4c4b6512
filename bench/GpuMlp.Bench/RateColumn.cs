using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace GpuMlp.Bench;

/// <summary>Work divided by the median time: training steps or points per second.</summary>
sealed class RateColumn : IColumn
{
    public string Id => nameof(RateColumn);

    public string ColumnName => "rate";

    public string Legend => "training steps, of all networks together, points, or float operations per second, by the median";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => false;

    public UnitType UnitType => UnitType.Dimensionless;

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => GetValue(summary, benchmarkCase, summary.Style);

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) =>
        summary[benchmarkCase]?.ResultStatistics is { } times && AbsentDevice.CaseOf(benchmarkCase) is { } row
            ? string.Create(CultureInfo.InvariantCulture, $"{row.Work / (times.Median * 1e-9):N0} {row.Unit}/s") : "NA";
}
