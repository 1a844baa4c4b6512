#:project ../../src/GpuMlp/GpuMlp.csproj
// Reads a table and standardizes its features, once for each line on stdin; prints the seconds, and the most memory so far in MiB.
using System.Diagnostics;
using GpuMlp.Data;
using GpuMlp.Tables;

while (Console.ReadLine() is not null)
{
    long start = Stopwatch.GetTimestamp();
    DataTable table = DataTable.Read(args[0]);
    DataSet raw = TablePreprocessor.Fit(table, new ColumnOptions()).Transform(table);
    DataSet data = Standardizer.Fit(raw).Apply(raw);
    double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
    Console.WriteLine(FormattableString.Invariant($"{seconds:F3} {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} {data.Count}"));
    GC.Collect();
}
