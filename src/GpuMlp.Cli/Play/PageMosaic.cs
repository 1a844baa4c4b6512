using System.Diagnostics;
using System.Text.Json;
using GpuMlp.Cli.Shell;
using GpuMlp.Layers;
using GpuMlp.Training;
using static System.FormattableString;

namespace GpuMlp.Cli.Play;

/// <summary>The network of a page from other seeds: they train on the same data, as many steps each.</summary>
sealed class PageMosaic : IDisposable
{
    /// <summary>The most networks.</summary>
    public const int Most = 64;

    const int Side = 40, Guess = 16;
    const double Chunk = 0.01, ShareOfPictures = 0.15, MostBytes = 1L << 28;

    readonly ulong firstSeed;
    readonly List<(Sequential Network, TrainingSession Session)> members = [];
    double measured, drew;
    long drawnAt;

    /// <summary>Draws the weights of each network.</summary>
    /// <exception cref="UsageException">They take too much memory.</exception>
    public PageMosaic(PageTraining like, int count)
    {
        firstSeed = like.Config.Seed;
        double each = sizeof(float) * (2.0 * like.Input.Data.Count * (like.Input.Data.Features + 1) + 6.0 * like.Network.ParameterCount);
        if (count * each > MostBytes)
            throw new UsageException(Invariant($"{count} networks on this data would take about {count * each:N0} bytes; take fewer"));
        try
        {
            for (int k = 0; k < count; k++)
            {
                Recipe recipe = like.Session.Recipe with { Seed = firstSeed + (ulong)k };
                Sequential network = recipe.Build(like.Device);
                members.Add((network, null!));
                members[k] = (network, new TrainingSession(network, like.Input.Data, recipe, like.Config.Engine));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The number of networks.</summary>
    public int Count => members.Count;

    /// <summary>Makes some steps of each, for about a hundredth of a second.</summary>
    public void Train()
    {
        int steps = measured > 0 ? (int)Math.Clamp(measured * Chunk, 1, 1 << 20) : Guess;
        steps = Math.Min(steps, TrainSteps.Most - Steps);
        if (steps == 0) return;
        long start = Stopwatch.GetTimestamp();
        foreach ((_, TrainingSession session) in members) session.Train(steps);
        Steps += steps;
        measured = steps / Math.Max(Stopwatch.GetElapsedTime(start).TotalSeconds, 1e-6);
    }

    /// <summary>Steps of each network, but for those that diverged.</summary>
    public int Steps { get; private set; }

    /// <summary>Takes other settings for the steps that follow.</summary>
    public void Change(Recipe recipe)
    {
        foreach ((_, TrainingSession session) in members) session.Change(recipe with { Seed = session.Recipe.Seed });
    }

    /// <summary>Adds the pictures to a message, where they are due.</summary>
    public void Draw(PageMessage message, PageView view, bool playing)
    {
        if (playing && drawnAt > 0 && Stopwatch.GetElapsedTime(drawnAt).TotalSeconds * ShareOfPictures < drew) return;
        long start = Stopwatch.GetTimestamp();
        var tiles = new byte[Count * Side * Side];
        for (int k = 0; k < Count; k++) view.Picture(members[k].Network, Side).CopyTo(tiles, k * Side * Side);
        message.Add("mosaic", tiles);
        Utf8JsonWriter json = message.Json;
        json.WriteNumber("mosaicCount", Count);
        json.WriteNumber("mosaicSide", Side);
        json.WriteNumber("mosaicSeed", firstSeed);
        json.WriteNumber("mosaicStep", Steps);
        (drew, drawnAt) = (Stopwatch.GetElapsedTime(start).TotalSeconds, Stopwatch.GetTimestamp());
    }

    public void Dispose()
    {
        foreach ((Sequential network, TrainingSession? session) in members)
        {
            session?.Dispose();
            network.Dispose();
        }
        members.Clear();
    }
}
