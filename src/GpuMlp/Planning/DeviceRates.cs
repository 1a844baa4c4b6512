namespace GpuMlp.Planning;

/// <summary>How long a device takes over one kind of work.</summary>
/// <remarks>
/// The time of a stage grows from what it takes to begin one to what its operations take, at sizes and speeds that differ from device to
/// device. Between sizes that were timed it is interpolated on logarithmic scales; below the smallest it stays, above the largest it grows
/// with the operations.
/// </remarks>
/// <param name="Compile">Seconds until the first item begins: compiling, or loading what was compiled before.</param>
/// <param name="Sizes">Float operations of a stage and the seconds that it takes, by ascending operations; one at least.</param>
sealed record Rate(double Compile, IReadOnlyList<(double Operations, double Seconds)> Sizes)
{
    /// <summary>A rate that begins at a time per stage and grows by a time per operation.</summary>
    internal static Rate Of(double compile, double perStage, double perOperation) =>
        new(compile, [.. Enumerable.Range(2, 12).Select(k => Math.Pow(10, k)).Select(n => (n, perStage + n * perOperation))]);

    /// <summary>Seconds per item.</summary>
    internal double PerItem(Work work) => work.Stages * PerStage(work.Operations / work.Stages);

    double PerStage(double operations)
    {
        if (operations <= Sizes[0].Operations) return Sizes[0].Seconds;
        for (int k = 1; k < Sizes.Count; k++)
        {
            if (operations > Sizes[k].Operations) continue;
            double share = Math.Log(operations / Sizes[k - 1].Operations) / Math.Log(Sizes[k].Operations / Sizes[k - 1].Operations);
            return Sizes[k - 1].Seconds * Math.Pow(Sizes[k].Seconds / Sizes[k - 1].Seconds, share);
        }
        return Sizes[^1].Seconds * operations / Sizes[^1].Operations;
    }
}

/// <summary>How fast a device is.</summary>
/// <param name="Open">Seconds to find and open it.</param>
/// <param name="Groups">How many networks of a population train at the same time.</param>
/// <param name="Kinds">Its rate at each kind of work that is known.</param>
sealed record DeviceRates(double Open, int Groups, IReadOnlyDictionary<WorkKind, Rate> Kinds)
{
    /// <summary>Seconds from opening the device to the last result of work whose kinds are known.</summary>
    internal double Seconds(IReadOnlyList<Work> job) =>
        Open + job.Where(work => work.Items > 0).Sum(work => Kinds[work.Kind].Compile + work.Items * PerItem(work));

    /// <summary>These rates, and others for the kinds of work that are not known here.</summary>
    internal DeviceRates Or(DeviceRates others)
    {
        var kinds = new Dictionary<WorkKind, Rate>(others.Kinds);
        foreach ((WorkKind kind, Rate rate) in Kinds) kinds[kind] = rate;
        return this with { Kinds = kinds };
    }

    /// <summary>Seconds per item of work whose kind is known, where several networks share the device.</summary>
    internal double PerItem(Work work) => Kinds[work.Kind].PerItem(work) / Math.Min(work.Networks, Groups);
}
