using static System.FormattableString;

namespace GpuMlp.Cli.Compare;

/// <summary>From which sizes devices are faster than the CPU, in words.</summary>
static class CrossoverText
{
    /// <summary>A sentence per device, and what was not measured.</summary>
    public static IEnumerable<string> Sentences(CompareRecord record)
    {
        foreach (var device in record.Crossovers.GroupBy(found => found.Device))
            yield return $"{device.Key} is faster than the CPU, by what bench measured here: {string.Join("; ", device.Select(Phrase))}";
        if (record.NotMeasured.Length == 0) yield break;
        string which = string.Join(" and ", record.NotMeasured);
        yield return $"{which}: not measured here, so it is not known from which size a device is faster; gpumlp bench measures";
    }

    static string Phrase(CompareCrossover found)
    {
        string beyond = found.BeyondMeasured ? " (extrapolated)" : "";
        return found.From is int from ? Invariant($"{found.Of} from {from:N0} on{beyond}")
            : found.UpTo == 0 ? $"{found.Of} not measured" : Invariant($"{found.Of} not up to {found.UpTo:N0}{beyond}");
    }
}
