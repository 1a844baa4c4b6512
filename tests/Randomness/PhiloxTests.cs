using GpuMlp.Kernels.Randomness;
using GpuMlp.Randomness;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GpuMlp.Tests.Randomness;

public class PhiloxTests
{
    /// <summary>The known answers of Random123 for philox4x32-10 (its kat_vectors file).</summary>
    [Theory]
    [InlineData(0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8)]
    [InlineData(~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd)]
    [InlineData(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1)]
    public void BlockGivesTheKnownAnswers(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint w0, uint w1, uint w2, uint w3)
    {
        PhiloxBlock block = Philox.Block(c0, c1, c2, c3, k0, k1);
        Assert.Equal([w0, w1, w2, w3], Enumerable.Range(0, 4).Select(block.Word));
    }

    [Fact]
    public void WordReadsBlocksInOrder()
    {
        for (uint index = 0; index < 12; index++)
            Assert.Equal(Philox.Block(index / 4, 0, 3, 9, 5, 6).Word((int)index % 4), Philox.Word(5, 6, index, 3, 9));
        Assert.Equal(Philox.Block(0xFFFFFFFF, 0x3FFFFFFF, 3, 9, 5, 6).Word3, Philox.Word(5, 6, ulong.MaxValue, 3, 9));
    }

    [Theory]
    [InlineData(0u, 7, 0)]
    [InlineData(~0u, 7, 6)]
    [InlineData(0x80000000, 7, 3)]
    [InlineData(~0u, 1, 0)]
    [InlineData(~0u, int.MaxValue, int.MaxValue - 1)]
    public void BelowScalesTheWord(uint word, int n, int expected) => Assert.Equal(expected, Philox.Below(word, n));

    [Fact]
    public void StreamIsTheSameWordsInOrder()
    {
        var stream = new PhiloxStream(0x1122334455667788, StreamPurpose.Sampling, substream: 4);
        for (ulong index = 0; index < 100; index++)
            Assert.Equal(Philox.Word(0x55667788, 0x11223344, index, (uint)StreamPurpose.Sampling, 4), stream.NextUInt32());
    }

    [Fact]
    public void NextTakesOneWordAsAKernelDoes()
    {
        var stream = new PhiloxStream(3, StreamPurpose.Sampling);
        for (ulong index = 0; index < 100; index++)
            Assert.Equal(Philox.Below(Philox.Word(3, 0, index, (uint)StreamPurpose.Sampling, 0), 2000), stream.Next(0, 2000));
    }

    [Fact]
    public void IlgpuLaunchesGiveTheSameWords()
    {
        const int count = 64;
        using var context = Context.Create(builder => builder.CPU(new CPUDevice(2, 1, 1)));
        using Accelerator accelerator = context.CreateCPUAccelerator(0);
        using MemoryBuffer1D<uint, Stride1D.Dense> words = accelerator.Allocate1D<uint>(count);
        accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<uint>>(Fill)(count, words.View);
        accelerator.Synchronize();
        Assert.Equal(Enumerable.Range(0, count).Select(i => Philox.Word(1, 2, (ulong)i, 3, 4)), words.GetAsArray1D());
    }

    static void Fill(Index1D i, ArrayView<uint> words) => words[i] = Philox.Word(1, 2, (ulong)(int)i, 3, 4);
}
