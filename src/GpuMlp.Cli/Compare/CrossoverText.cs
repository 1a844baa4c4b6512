using static System.FormattableString;

namespace GpuMlp.Cli.Compare;

/// <summary>From which sizes on devices are faster than the CPU, in words.</summary>
static class CrossoverText
{
    /// <summary>A sentence per device, and what was not measured.</summary>
    public static IEnumerable<string> Sentences(CompareRecord record)
    {
        foreach (var device in record.Crossovers.GroupBy(found => found.Device))
            yield return $"{device.Key}: {string.Join("; ", device.Select(Phrase))}, by what bench measured here";
        if (record.NotMeasured.Length == 0) yield break;
        string which = string.Join(" and ", record.NotMeasured);
        yield return $"from which sizes on a device wins is not known: {which} not measured on this machine; gpumlp bench measures";
    }

    static string Phrase(CompareCrossover found)
    {
        string beyond = found.BeyondMeasured ? ", extrapolated" : "";
        return found.From is int from ? Invariant($"faster than the CPU from {found.Of} {from:N0} on{beyond}")
            : Invariant($"not faster up to {found.Of} {found.UpTo:N0}{beyond}");
    }
}
