using GpuMlp.Kernels.Randomness;
using GpuMlp.Numerics;

namespace GpuMlp.Randomness;

/// <summary>The purposes of random numbers; each purpose has a stream of its own per seed.</summary>
public enum StreamPurpose
{
    /// <summary>Making data sets.</summary>
    Data,

    /// <summary>Drawing initial weights and biases.</summary>
    Initialization,

    /// <summary>Picking the rows of a batch.</summary>
    Sampling,

    /// <summary>Splitting data.</summary>
    Split,

    /// <summary>Drawing the settings of a sweep.</summary>
    Settings,
}

/// <summary>The default random stream: Philox4x32-10 in order, word for word what <see cref="Philox.Word"/> gives on a device.</summary>
/// <param name="seed">The key; equal seeds give equal streams.</param>
/// <param name="purpose">Which of the seed's independent streams to use.</param>
/// <param name="substream">Which of the purpose's independent streams to use, for instance a network's number in a population.</param>
public sealed class PhiloxStream(ulong seed, StreamPurpose purpose, uint substream = 0) : RandomStream
{
    readonly uint key0 = (uint)seed, key1 = (uint)(seed >> 32);
    ulong index;
    PhiloxBlock block;
    double? secondNormal;

    /// <inheritdoc/>
    public override uint NextUInt32()
    {
        int i = (int)(index & 3);
        if (i == 0) block = Philox.StreamBlock(key0, key1, index >> 2, (uint)purpose, substream);
        index++;
        return block.Word(i);
    }

    /// <summary>The next draw from N(0, 1), by Box and Muller's method in float64; the cosine of a pair comes first.</summary>
    public override double NextNormal()
    {
        if (secondNormal is double second)
        {
            secondNormal = null;
            return second;
        }
        double radius = Math.Sqrt(-2 * Float64.Log(1 - NextDouble()));             // 1 - u is never 0
        (double sin, double cos) = Float64.SinCos(2 * Math.PI * NextDouble());
        secondNormal = radius * sin;
        return radius * cos;
    }

    /// <inheritdoc/>
    protected override int Below(int n) => Philox.Below(NextUInt32(), n);
}
