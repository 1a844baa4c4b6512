using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Optimizers;
using GpuMlp.Tensors;
using StepNumbers = GpuMlp.Kernels.Optimizers.StepNumbers;

namespace GpuMlp.Tests.Optimizers;

/// <summary>Each optimizer, compared with its definition (PyTorch's documentation of torch.optim) in float64.</summary>
public class OptimizerTests
{
    const int Steps = 10, Length = 37;

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (string device in (string[])["cpu", "cpu:ilgpu"])
            foreach (string name in Definitions.Keys) cases.Add(device, name);
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
        using Optimizer optimizer = Definitions[name].Make([first, second]);
        double[] m = new double[Length], v = new double[Length];
        for (int t = 1; t <= Steps; t++)
        {
            double[] g = [.. Enumerable.Range(0, Length).Select(_ => (double)(float)(random.NextDouble() * 2 - 1))];
            first.Gradient.CopyFrom([.. g.Take(32).Select(x => (float)x)]);
            second.Gradient.CopyFrom([.. g.Skip(32).Select(x => (float)x)]);
            optimizer.Step();
            double norm = Math.Sqrt(g.Sum(x => x * x));
            for (int k = 0; k < Length; k++) Definitions[name].Step(ref w[k], g[k], ref m[k], ref v[k], t, norm);
        }
        float[] actual = [.. first.Value.ToArray(), .. second.Value.ToArray()];
        for (int k = 0; k < Length; k++) Assert.Equal(w[k], actual[k], 2e-6);
    }

    /// <summary>
    /// One step of a parameter by the definition in float64: its value w, its gradient g, its state m and v; t counts steps from 1, and
    /// norm is the norm of all gradients.
    /// </summary>
    delegate void Definition(ref double w, double g, ref double m, ref double v, int t, double norm);

    static readonly Dictionary<string, (Func<Parameter[], Optimizer> Make, Definition Step)> Definitions = new()
    {
        ["sgd"] = (p => new Sgd(p, 0.1f), (ref w, g, ref _, ref _, _, _) => w -= 0.1 * g),
        ["decay"] = (p => new Sgd(p, 0.1f, weightDecay: 0.05f), (ref w, g, ref _, ref _, _, _) => w -= 0.1 * (g + 0.05 * w)),
        ["l1"] = (p => new Sgd(p, 0.1f) { L1 = 0.03f }, (ref w, g, ref _, ref _, _, _) => w -= 0.1 * (g + 0.03 * Math.Sign(w))),
        ["clip"] = (p => new Sgd(p, 0.1f) { ClipNorm = 0.5f },
            (ref w, g, ref _, ref _, _, norm) => w -= 0.1 * g * Math.Min(1, 0.5 / (norm + 1e-6))),
        ["momentum"] = (p => new Sgd(p, 0.1f, momentum: 0.9f), (ref w, g, ref m, ref _, _, _) => w -= 0.1 * (m = 0.9 * m + g)),
        ["nesterov"] = (p => new Sgd(p, 0.1f, momentum: 0.9f, nesterov: true, weightDecay: 0.01f), (ref w, g, ref m, ref _, _, _) =>
        {
            g += 0.01 * w;
            m = 0.9 * m + g;
            w -= 0.1 * (g + 0.9 * m);
        }
        ),
        ["adam"] = (p => new Adam(p, 0.05f), AdamStep),
        ["adam-decay"] = (p => new Adam(p, 0.05f, weightDecay: 0.1f),
            (ref w, g, ref m, ref v, t, norm) => AdamStep(ref w, g + 0.1 * w, ref m, ref v, t, norm)),
        ["adamw"] = (p => new AdamW(p, 0.05f, weightDecay: 0.1f), (ref w, g, ref m, ref v, t, norm) =>
        {
            w *= 1 - 0.05 * 0.1;
            AdamStep(ref w, g, ref m, ref v, t, norm);
        }
        ),
        ["rmsprop"] = (p => new RmsProp(p, 0.01f, weightDecay: 0.1f), (ref w, g, ref _, ref v, _, _) =>
        {
            g += 0.1 * w;
            v = 0.99 * v + 0.01 * g * g;
            w -= 0.01 * g / (Math.Sqrt(v) + 1e-8);
        }
        ),
    };

    static void AdamStep(ref double w, double g, ref double m, ref double v, int t, double norm)
    {
        m = 0.9 * m + 0.1 * g;
        v = 0.999 * v + 0.001 * g * g;
        w -= 0.05 / (1 - Math.Pow(0.9, t)) * m / (Math.Sqrt(v) / Math.Sqrt(1 - Math.Pow(0.999, t)) + 1e-8);
    }

    /// <summary>A step gives the same bits with any lanes, and through ILGPU.</summary>
    [Fact]
    public void StepsHaveTheSameBitsOnEveryRoute()
    {
        ComputeDevice[] devices =
            [.. ((int[])[16, 8, 4, 1]).Select(lanes => ComputeDevice.OpenCpu(lanes, 2)), ComputeDevice.Open("cpu:ilgpu")];
        float[][] results = [.. devices.Select(Run)];
        foreach (float[] result in results) Assert.Equal(results[0], result);
        foreach (ComputeDevice device in devices) device.Dispose();

        static float[] Run(ComputeDevice device)
        {
            const int n = 1024;
            var random = new Random(3);
            ParameterArena arena = ParameterArena.Holding([new Parameter(device, 1, n)]);
            DeviceSpan[] spans = [arena.Values, arena.Gradients, device.Allocate(2 * n).All];
            foreach (DeviceSpan span in spans[..2])
                device.CopyToDevice([.. Enumerable.Range(0, n).Select(_ => random.NextSingle() - 0.5f)], span);
            DeviceSpan clipping = device.Allocate(OptimizerOps.ClipParts(n) + 1).All;
            device.ClipScale(spans[1], clipping.Slice(1, clipping.Length - 1), clipping.Slice(0, 1), 1f);
            device.Scale(spans[1], clipping.Slice(0, 1));
            var spec = new OptimizerSpec();
            foreach (UpdateRule rule in UpdateRules.All.Append(UpdateRules.Plain))
            {
                device.Clear(spans[2]);
                for (int t = 1; t < 4; t++)
                {
                    var step = new StepNumbers(0.01f, 0.1f, 0.02f * (t - 1), 1.5f * t, 0.3f * t);
                    rule.Step(arena, spans[2], rule.Numbers(spec), step, t - 1);
                }
            }
            var w = new float[n];
            device.CopyToHost(spans[0], w);
            return w;
        }
    }

    /// <summary>
    /// StepLR(2, 0.5) and CosineAnnealingLR(4) have the values of their closed forms; warm-up counts from the first step.
    /// </summary>
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
        Assert.Contains("Momentum", Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd([p], 0.1f, momentum: 1f)).Message);
        Assert.Contains("above 0", Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd([p], 0.1f, nesterov: true)).Message);
        var stale = new Sgd([p], 0.1f);
        _ = new Sgd([p, new Parameter(device, 1, 1)], 0.1f);
        Assert.Contains("moved", Assert.Throws<InvalidOperationException>(stale.Step).Message);
    }
}
