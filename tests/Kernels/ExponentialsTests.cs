using GpuMlp.Devices.Host;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;
using GpuMlp.Tests.Support;
using ILGPU;

namespace GpuMlp.Tests.Kernels;

/// <summary>
/// exp, log, tanh, sigmoid and softplus: within 2 ulp of double precision, right at the edges, with the same bits on every route.
/// </summary>
[Collection<KernelTests>]
public sealed class ExponentialsTests(DeviceRoutes routes, ITestOutputHelper output)
{
    const double Allowed = 2;
    const float Infinity = float.PositiveInfinity, NaN = float.NaN, Tiny = float.Epsilon;

    [Fact]
    public void ExpIsWithinTwoUlp() => Sampled<Functions.Exp>(-105, 90);

    [Fact]
    public void LogIsWithinTwoUlp() => Sampled<Functions.Log>(0, 4);

    [Fact]
    public void TanhIsWithinTwoUlp() => Sampled<Functions.Tanh>(-10, 10);

    [Fact]
    public void SigmoidIsWithinTwoUlp() => Sampled<Functions.Sigmoid>(-105, 20);

    [Fact]
    public void SoftplusIsWithinTwoUlp() => Sampled<Functions.Softplus>(-105, 20);

    [Fact]
    public void AllOfFloat32IsWithinTwoUlp()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("GPUMLP_EXHAUSTIVE") == "1",
            "2³² arguments a function take minutes: set GPUMLP_EXHAUSTIVE=1");
        Exhaustive<Functions.Exp>();
        Exhaustive<Functions.Log>();
        Exhaustive<Functions.Tanh>();
        Exhaustive<Functions.Sigmoid>();
        Exhaustive<Functions.Softplus>();
    }

    [Fact]
    public void ExpAtTheEdges() => At<Functions.Exp>(
        [0, -0f, Infinity, -Infinity, NaN, Tiny, -Tiny, 88.73f, 1e4f, -103.97f, -104, -1e4f],
        [1, 1, Infinity, 0, NaN, 1, 1, Infinity, Infinity, Tiny, 0, 0]);

    [Fact]
    public void LogAtTheEdges() => At<Functions.Log>(
        [0, -0f, Infinity, -Infinity, NaN, 1, -1, -Tiny, Tiny, float.MaxValue],
        [-Infinity, -Infinity, Infinity, NaN, NaN, 0, NaN, NaN, -103.27893f, 88.72284f]);

    [Fact]
    public void TanhAtTheEdges() => At<Functions.Tanh>(
        [0, -0f, Infinity, -Infinity, NaN, Tiny, -Tiny, 1e-39f, 10, -10, 1e4f, -1e4f],
        [0, -0f, 1, -1, NaN, Tiny, -Tiny, 1e-39f, 1, -1, 1, -1]);

    [Fact]
    public void SigmoidAtTheEdges() => At<Functions.Sigmoid>(
        [0, -0f, Infinity, -Infinity, NaN, Tiny, 18, 100, 1e4f, -103.97f, -104, -1e4f],
        [0.5f, 0.5f, 1, 0, NaN, 0.5f, 1, 1, 1, Tiny, 0, 0]);

    [Fact]
    public void SoftplusAtTheEdges() => At<Functions.Softplus>(
        [0, Infinity, -Infinity, NaN, 17, 100, 1e4f, float.MaxValue, -103.97f, -104, -1e4f],
        [0.6931472f, Infinity, 0, NaN, 17, 100, 1e4f, float.MaxValue, Tiny, 0, 0]);

    [Fact]
    public void SameBitsOnEveryRoute()
    {
        SameBits<Functions.Exp>(-105, 90);
        SameBits<Functions.Log>(0, 4);
        SameBits<Functions.Tanh>(-10, 10);
        SameBits<Functions.Sigmoid>(-105, 20);
        SameBits<Functions.Softplus>(-105, 20);
    }

    [Fact]
    public void BothSidesOfASigmoidAreThoseOfTwo()
    {
        var x = new float[100_000];
        Spread(new Random(2), x, -105, 105);
        foreach (float v in (float[])[.. x, 0, -0f, NaN, Infinity, -Infinity])
        {
            HostLanes z = HostLanes.Splat(v);
            SigmoidPair<HostLanes> pair = Exponentials.Sigmoids<HostLanes, HostView>(z);
            Assert.Equal(Bits(Exponentials.Sigmoid<HostLanes, HostView>(z)), Bits(pair.P));
            Assert.Equal(Bits(Exponentials.Sigmoid<HostLanes, HostView>(HostLanes.Negate(z))), Bits(pair.Q));
        }

        // IEEE does not say which NaN a result is
        static int Bits(HostLanes value) =>
            float.IsNaN(HostLanes.First(value)) ? -1 : BitConverter.SingleToInt32Bits(HostLanes.First(value));
    }

    // 2²¹ values per function, 10⁷ in all
    void Sampled<TFunction>(double low, double high) where TFunction : struct, IFunction =>
        Measure<TFunction>(128, (block, x) => Spread(new Random(block), x, low, high));

    void Exhaustive<TFunction>() where TFunction : struct, IFunction =>
        Measure<TFunction>(1 << 18, (block, x) =>
        {
            for (int k = 0; k < x.Length; k++) x[k] = BitConverter.UInt32BitsToSingle((uint)(block * (long)x.Length + k));
        });

    void Measure<TFunction>(int blocks, Accuracy<TFunction>.FillBlock fill) where TFunction : struct, IFunction
    {
        var accuracy = new Accuracy<TFunction>();
        accuracy.Measure(blocks, fill);
        output.WriteLine(accuracy.ToString());
        Assert.True(accuracy.Worst <= Allowed, accuracy.ToString());
    }

    void At<TFunction>(float[] x, float[] y) where TFunction : struct, IFunction => Check<TFunction>(x, Expected.Exactly(y));

    void SameBits<TFunction>(double low, double high) where TFunction : struct, IFunction
    {
        var x = new float[200_003];
        Spread(new Random(1), x, low, high);
        Expected y = Expected.Ulps(Array.ConvertAll(x, v => TFunction.Exact(v)), Allowed);
        Check<TFunction>(x, y);
        new KernelCase($"{typeof(TFunction).Name} in one group").Input(x).Output(y).Check(routes, (device, a) =>
        {
            if (device.Host is HostRunner host) host.RunGroups(new FunctionOp<TFunction, HostView>(a[0], a[1], x.Length), x.Length);
            else device.LaunchGroups(new FunctionOp<TFunction, ArrayView<float>>(a[0], a[1], x.Length));
        });
    }

    void Check<TFunction>(float[] x, Expected y) where TFunction : struct, IFunction =>
        new KernelCase(typeof(TFunction).Name).Input(x).Output(y).Check(routes, (device, a) =>
        {
            if (device.Host is HostRunner host) host.Run(new FunctionOp<TFunction, HostView>(a[0], a[1], x.Length), x.Length);
            else device.Launch(new FunctionOp<TFunction, ArrayView<float>>(a[0], a[1], x.Length));
        });

    // half of the arguments have any bit pattern, the other half are even over where the function is neither 0 nor saturated
    static void Spread(Random random, Span<float> x, double low, double high)
    {
        for (int k = 0; k < x.Length; k++)
            x[k] = (k & 1) == 0
                ? BitConverter.UInt32BitsToSingle((uint)random.NextInt64(1L << 32))
                : (float)(low + (high - low) * random.NextDouble());
    }
}
