using GpuMlp.Devices;
using GpuMlp.Devices.Finding;
using GpuMlp.Devices.Memory;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.SelfTest;
using GpuMlp.Tests.Support;
using ILGPU;

namespace GpuMlp.Tests.Kernels;

/// <summary>Division and square root by Newton steps give, bit for bit, the processor's results, which are IEEE's.</summary>
public class NewtonFormsTests
{
    static readonly float[] extremes =
    [
        0f, -0f, 1f, -1f, 2f, 3f, 1.9999999f, 0.99999994f, float.Epsilon, -float.Epsilon, 2 * float.Epsilon, 3 * float.Epsilon, 1e-40f,
        1.17549421e-38f, 1.17549435e-38f, 2.3509886e-38f, 8.5070587e37f, 1.7014118e38f, float.MaxValue, float.MinValue,
        float.PositiveInfinity, float.NegativeInfinity, float.NaN,
    ];

    [Fact]
    public void EveryReciprocalIsCorrectlyRounded()
    {
        // if this holds, every quotient of two mantissas is right by Markstein's theorem
        for (uint i = 0; i < 1u << 23; i++)
        {
            float d = BitConverter.UInt32BitsToSingle(0x3F800000u + i);
            if (NewtonForms.Reciprocal(d) != 1f / d) Assert.Fail($"1 / {d:R}: {NewtonForms.Reciprocal(d):R}, not {1f / d:R}");
        }
    }

    [Fact]
    public void EveryRootOfAMantissaIsCorrectlyRounded()
    {
        for (uint i = 0; i < 1u << 24; i++)
        {
            float m = BitConverter.UInt32BitsToSingle(0x3F800000u + i);
            if (NewtonForms.Sqrt(m) != MathF.Sqrt(m)) Assert.Fail($"√{m:R}: {NewtonForms.Sqrt(m):R}, not {MathF.Sqrt(m):R}");
        }
    }

    [Fact]
    public void ExtremesAreIeee()
    {
        foreach (float a in extremes)
        {
            AssertRoot(a, NewtonForms.Sqrt(a));
            foreach (float b in extremes) AssertQuotient(a, b, NewtonForms.Divide(a, b));
        }
    }

    [Fact]
    public void SeededOperandsAreIeee()
    {
        var random = new Random(5);
        for (int i = 0; i < 2_000_000; i++)
        {
            (float a, float b) = Operands(random);
            AssertQuotient(a, b, NewtonForms.Divide(a, b));
            AssertRoot(a, NewtonForms.Sqrt(a));
        }
    }

    [Fact]
    public void OpenCLDividesAndTakesRootsByThemInTheSameBits()
    {
        OpenCL.Need();
        using ComputeDevice device = ComputeDevice.Open("opencl", OpenOptions.Default with { Newton = true });
        if (device.WhyNotSameBits?.Contains("fma", StringComparison.Ordinal) == true)
            Assert.Skip($"{device.Name} has no fma to make the steps of");
        Assert.True(device.SameBits, device.WhyNotSameBits);
        Assert.Contains("Newton", device.Description.Note);
        int n = OpenCL.Simulates ? 1000 : 1_000_000;
        var random = new Random(6);
        var operands = new float[3 * n];
        for (int i = 0; i < n; i++) (operands[3 * i], operands[3 * i + 1]) = Operands(random);
        using DeviceBuffer input = device.Allocate(operands.Length), output = device.Allocate(n * Arithmetic<ArrayView<float>>.Count);
        device.CopyToDevice(operands, input.All);
        device.Launch(new Arithmetic<ArrayView<float>>(input.All, output.All, n));
        var results = new float[output.Length];
        device.CopyToHost(output.All, results);
        for (int i = 0; i < n; i++)
        {
            float a = operands[3 * i], b = operands[3 * i + 1];
            int at = i * Arithmetic<ArrayView<float>>.Count;
            AssertQuotient(a, b, results[at + Arithmetic<ArrayView<float>>.Quotient]);
            AssertRoot(a, results[at + Arithmetic<ArrayView<float>>.Root]);
        }
    }

    // operands of any bits, of quotients near 1, and of quotients that are subnormal or nearly so
    static (float A, float B) Operands(Random random) => random.Next(3) switch
    {
        0 => (Pattern(random, 0, 256), Pattern(random, 0, 256)),
        1 => (Pattern(random, 127, 2), Pattern(random, 127, 2)),
        _ => (Pattern(random, 0, 60), Pattern(random, 100, 110)),
    };

    static float Pattern(Random random, int firstExponent, int exponents) =>
        BitConverter.Int32BitsToSingle(random.Next(2) << 31 | firstExponent + random.Next(exponents) << 23 | random.Next(1 << 23));

    static void AssertQuotient(float a, float b, float actual)
    {
        if (!Same(a / b, actual)) Assert.Fail($"{a:R} / {b:R} is {actual:R}, not {a / b:R}");
    }

    static void AssertRoot(float a, float actual)
    {
        if (!Same(MathF.Sqrt(a), actual)) Assert.Fail($"√{a:R} is {actual:R}, not {MathF.Sqrt(a):R}");
    }

    static bool Same(float a, float b) =>
        BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b) || (float.IsNaN(a) && float.IsNaN(b));
}
