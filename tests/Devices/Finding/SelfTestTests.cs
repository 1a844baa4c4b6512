using GpuMlp.Devices;
using GpuMlp.Devices.Finding;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.SelfTest;
using GpuMlp.Tensors;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Devices.Finding;

/// <summary>
/// The self-test of a device's arithmetic finds every fault that it looks for, reports none of a device without one, and mends what it can.
/// </summary>
public class SelfTestTests
{
    static ArithmeticFaults Faults<TFault>() where TFault : struct, IFault => SelfTest.Check(FaultyDevice.Results<TFault>());

    [Fact]
    public void NoFaultIsNone() => Assert.Equal(ArithmeticFaults.None, Faults<NoFault>());

    [Fact]
    public void FlushedSubnormalsAreFound() => Assert.Equal(ArithmeticFaults.Subnormals, Faults<FlushesSubnormals>());

    [Fact]
    public void ContractionIsFound() => Assert.Equal(ArithmeticFaults.Contraction, Faults<Contracts>());

    [Fact]
    public void AnFmaThatRoundsTwiceIsFound() => Assert.Equal(ArithmeticFaults.Fma, Faults<RoundsFmaTwice>());

    [Fact]
    public void DivisionByReciprocalIsFound() => Assert.Equal(ArithmeticFaults.Division, Faults<DividesByReciprocal>());

    [Fact]
    public void AnInexactRootIsFound() => Assert.Equal(ArithmeticFaults.SquareRoot, Faults<RootsOneUlpOff>());

    [Fact]
    public void WrongRoundingIsFound() => Assert.True(Faults<CutsProducts>().HasFlag(ArithmeticFaults.Rounding));

    [Fact]
    public void AWrongComparisonIsFound() => Assert.Equal(ArithmeticFaults.Comparison, Faults<NaNIsLess>());

    [Fact]
    public void LostBitsAreFound() => Assert.Equal(ArithmeticFaults.Patterns, Faults<LosesBits>());

    [Fact]
    public void EachResultOfOneTripleMatters()
    {
        float[] right = FaultyDevice.Results<NoFault>();
        int columns = right.Length / SelfTest.Triples;
        for (int column = 0; column < columns; column++)
        {
            float[] wrong = [.. right];
            wrong[columns * (SelfTest.Triples - 3) + column] = 1234.5f;             // a triple of normal values
            Assert.NotEqual(ArithmeticFaults.None, SelfTest.Check(wrong));
        }
    }

    [Fact]
    public void FaultsAreSaidInWords()
    {
        Assert.Null(SelfTest.Describe(ArithmeticFaults.None));
        const ArithmeticFaults both = ArithmeticFaults.Subnormals | ArithmeticFaults.Contraction;
        Assert.Equal("flushes subnormals; contracts products into sums", SelfTest.Describe(both));
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("cpu:ilgpu")]
    [InlineData(DriverDevice.Name)]
    public void DevicesHereEndInTheSameBits(string name)
    {
        using ComputeDevice device = DriverDevice.Open(name);
        bool isClose = device.Description.Note?.StartsWith("rusticl", StringComparison.Ordinal) == true;
        Assert.Equal(isClose ? "rounds fma more than once" : null, device.WhyNotSameBits);
        Assert.Equal(!isClose, device.SameBits);
        Assert.Equal(0, device.LiveBuffers);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(8)]
    [InlineData(4)]
    [InlineData(1)]
    public void WideLanesAreTestedOnNeighbouringTriples(int width)
    {
        using ComputeDevice device = ComputeDevice.OpenCpu(width, 1);
        int n = SelfTest.Triples, columns = Arithmetic<HostView>.Count;
        using DeviceBuffer input = device.Allocate(6 * n), output = device.Allocate(2 * columns * n);
        Span<float> operands = input.All.OnHost, results = output.All.OnHost;
        SelfTest.Operands.CopyTo(operands);
        for (int i = 0; i < 3 * n; i++) operands[3 * n + i % 3 * n + i / 3] = operands[i];
        device.Host!.RunGroups(new WideArithmetic<HostView>(input.All, output.All, n), 1);
        Assert.Equal(ArithmeticFaults.None, SelfTest.Check(results[..(columns * n)]));
        for (int i = 0; i < n; i++)
            for (int column = 0; column < Arithmetic<HostView>.Integer; column++)
                AssertSame(results[i * columns + column], results[columns * n + column * n + i], $"triple {i}, result {column}");
    }

    static void AssertSame(float expected, float actual, string where)
    {
        bool sameBits = BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(actual);
        Assert.True(sameBits || (float.IsNaN(expected) && float.IsNaN(actual)), where);
    }

    [Fact]
    public void ADeviceThatFailsIsReportedAndStillRuns()
    {
        OpenOptions options = OpenOptions.Default with { SelfTest = (_, _) => ArithmeticFaults.Subnormals };
        using ComputeDevice device = ComputeDevice.Open("cpu:ilgpu", options);
        Assert.False(device.SameBits);
        Assert.Equal("flushes subnormals", device.WhyNotSameBits);
        using var x = Tensor.From(device, [-1f, 2f], 1, 2);
        device.ActivationForward<Relu>(x.Span, x.Span, 2);
        Assert.Equal([0f, 2f], x.ToArray());
    }

    [Fact]
    public void ADeviceThatDividesOtherwiseIsOpenedAgainWithNewtonSteps()
    {
        OpenCL.Need();
        var asked = new List<bool>();
        ArithmeticFaults Test(ComputeDevice device, bool newton)
        {
            asked.Add(newton);
            return newton ? SelfTest.Run(device) : ArithmeticFaults.Division;
        }
        using ComputeDevice device = ComputeDevice.Open("opencl", OpenOptions.Default with { SelfTest = Test });
        Assert.Equal([false, true], asked);
        using ComputeDevice usual = ComputeDevice.Open("opencl");
        Assert.Equal(usual.WhyNotSameBits, device.WhyNotSameBits);
        Assert.Contains("by Newton steps", device.Description.Note);
    }
}
