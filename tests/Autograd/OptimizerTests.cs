using GpuMlp.Devices;
using GpuMlp.Devices.Ops;
using GpuMlp.Optimizers;
using GpuMlp.Tensors;

namespace GpuMlp.Tests;

/// <summary>Each optimizer against its definition (PyTorch's documentation of torch.optim) in float64.</summary>
public class OptimizerTests
{
    const int Steps = 10, Length = 37;

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (string device in (string[])["cpu", "cpu:ilgpu"])
            foreach (string name in (string[])["sgd", "decay", "momentum", "nesterov", "adam", "adam-decay", "adamw", "clip"]) cases.Add(device, name);
        return cases;
    }

    [Theory, MemberData(nameof(Cases))]
    public void MatchesItsDefinition(string deviceName, string name)
    {
        using var device = ComputeDevice.Open(deviceName);
        var random = new Random(1);
        var first = new Parameter(device, 4, 8);
        var second = new Parameter(device, 1, 5);
        double[] w = [.. Enumerable.Range(0, Length).Select(_ => (double)(float)(random.NextDouble() * 2 - 1))];
        first.Value.CopyFrom([.. w.Take(32).Select(v => (float)v)]);
        second.Value.CopyFrom([.. w.Skip(32).Select(v => (float)v)]);
        using Optimizer optimizer = Make(name, [first, second]);
        double[] m = new double[Length], v = new double[Length];
        for (int t = 1; t <= Steps; t++)
        {
            double[] g = [.. Enumerable.Range(0, Length).Select(_ => (double)(float)(random.NextDouble() * 2 - 1))];
            first.Gradient.CopyFrom([.. g.Take(32).Select(x => (float)x)]);
            second.Gradient.CopyFrom([.. g.Skip(32).Select(x => (float)x)]);
            optimizer.Step();
            Expect(name, t, w, g, m, v);
        }
        float[] actual = [.. first.Value.ToArray(), .. second.Value.ToArray()];
        for (int k = 0; k < Length; k++) Assert.Equal(w[k], actual[k], 2e-6);
    }

    static Optimizer Make(string name, Parameter[] p) => name switch
    {
        "sgd" => new Sgd(p, 0.1f),
        "decay" => new Sgd(p, 0.1f, weightDecay: 0.05f),
        "momentum" => new Sgd(p, 0.1f, momentum: 0.9f),
        "nesterov" => new Sgd(p, 0.1f, momentum: 0.9f, nesterov: true, weightDecay: 0.01f),
        "adam" => new Adam(p, 0.05f),
        "adam-decay" => new Adam(p, 0.05f, weightDecay: 0.1f),
        "adamw" => new AdamW(p, 0.05f, weightDecay: 0.1f),
        _ => new Sgd(p, 0.1f) { ClipNorm = 0.5f },
    };

    static void Expect(string name, int t, double[] w, double[] g, double[] m, double[] v)
    {
        double norm = Math.Sqrt(g.Sum(x => x * x));
        for (int k = 0; k < Length; k++)
        {
            double d = g[k];
            switch (name)
            {
                case "sgd": w[k] -= 0.1 * d; break;
                case "decay": w[k] -= 0.1 * (d + 0.05 * w[k]); break;
                case "momentum": m[k] = 0.9 * m[k] + d; w[k] -= 0.1 * m[k]; break;
                case "nesterov": d += 0.01 * w[k]; m[k] = 0.9 * m[k] + d; w[k] -= 0.1 * (d + 0.9 * m[k]); break;
                case "clip": w[k] -= 0.1 * d * Math.Min(1, 0.5 / (norm + 1e-6)); break;
                default:
                    if (name == "adamw") w[k] *= 1 - 0.05 * 0.1;
                    if (name == "adam-decay") d += 0.1 * w[k];
                    m[k] = 0.9 * m[k] + 0.1 * d;
                    v[k] = 0.999 * v[k] + 0.001 * d * d;
                    w[k] -= 0.05 / (1 - Math.Pow(0.9, t)) * m[k] / (Math.Sqrt(v[k]) / Math.Sqrt(1 - Math.Pow(0.999, t)) + 1e-8);
                    break;
            }
        }
    }

    /// <summary>No step depends on the lanes, nor on going through ILGPU.</summary>
    [Fact]
    public void StepsHaveTheSameBitsOnEveryRoute()
    {
        ComputeDevice[] devices = [.. ((int[])[16, 8, 4, 1]).Select(lanes => ComputeDevice.OpenCpu(lanes, 2)), ComputeDevice.Open("cpu:ilgpu")];
        float[][] results = [.. devices.Select(Run)];
        foreach (float[] result in results) Assert.Equal(results[0], result);
        foreach (ComputeDevice device in devices) device.Dispose();

        static float[] Run(ComputeDevice device)
        {
            const int n = 1000;
            var random = new Random(3);
            DeviceSpan[] spans = [.. Enumerable.Range(0, 4).Select(_ => device.Allocate(n).All)];
            foreach (DeviceSpan span in spans[..2]) device.CopyToDevice([.. Enumerable.Range(0, n).Select(_ => random.NextSingle() - 0.5f)], span);
            DeviceSpan clipping = device.Allocate(OptimizerOps.ClipParts(n) + 1).All;
            device.ClipScale(spans[1], clipping.Slice(1, clipping.Length - 1), clipping.Slice(0, 1), 1f);
            device.Scale(spans[1], clipping.Slice(0, 1));
            device.MomentumStep(spans[0], spans[1], spans[2], 0.1f, 0.9f, 0.01f, nesterov: true);
            for (int t = 1; t < 4; t++) device.AdamStep(spans[0], spans[1], spans[2], spans[3], t, 0.01f, 0.9f, 0.999f, 1e-8f, 0.1f, decoupled: t == 2);
            var w = new float[n];
            device.CopyToHost(spans[0], w);
            return w;
        }
    }

    /// <summary>Values of StepLR(2, 0.5) and CosineAnnealingLR(4) by their closed forms; warm-up counts from the first step.</summary>
    [Fact]
    public void SchedulesFollowTheirFormulas()
    {
        Assert.Equal([1, 1, 0.5f, 0.5f, 0.25f], Factors(Schedule.Step(2, 0.5f), 5));
        float half = (float)((1 + Math.Sqrt(0.5)) / 2), low = (float)((1 - Math.Sqrt(0.5)) / 2);
        Assert.Equal([1, half, 0.5f, low, 0, 0], Factors(Schedule.Cosine(4), 6));
        Assert.Equal([0.25f, 0.5f, 0.75f, 1, 1, 1, 0.5f], Factors(Schedule.Step(2, 0.5f).After(4), 7));
    }

    static float[] Factors(Schedule schedule, int steps) => [.. Enumerable.Range(0, steps).Select(schedule.Factor)];

    [Fact]
    public void ScheduleScalesTheRate()
    {
        using var device = ComputeDevice.Open("cpu");
        var parameter = new Parameter(device, 1, 1);
        parameter.Gradient.CopyFrom([1f]);
        var sgd = new Sgd([parameter], 1f) { Schedule = Schedule.Step(1, 0.5f) };
        for (int step = 0; step < 3; step++) sgd.Step();
        Assert.Equal(-1.75f, parameter.Value.Item());
    }

    [Fact]
    public void WrongUseIsSaid()
    {
        using var device = ComputeDevice.Open("cpu");
        using var other = ComputeDevice.Open("cpu");
        var p = new Parameter(device, 1, 1);
        Assert.Contains("no parameters", Assert.Throws<ArgumentException>(() => new Sgd([], 0.1f)).Message);
        Assert.Contains("twice", Assert.Throws<ArgumentException>(() => new Sgd([p, p], 0.1f)).Message);
        Assert.Contains("one device", Assert.Throws<ArgumentException>(() => new Sgd([p, new Parameter(other, 1, 1)], 0.1f)).Message);
        Assert.Contains("positive", Assert.Throws<ArgumentOutOfRangeException>(() => new Adam([p], float.NaN)).Message);
        Assert.Contains("momentum", Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd([p], 0.1f, momentum: 1f)).Message);
        Assert.Contains("Nesterov", Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd([p], 0.1f, nesterov: true)).Message);
        var stale = new Sgd([p], 0.1f);
        _ = new Sgd([p, new Parameter(device, 1, 1)], 0.1f);
        Assert.Contains("moved", Assert.Throws<InvalidOperationException>(stale.Step).Message);
    }
}
