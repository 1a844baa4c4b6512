using GpuMlp.Autograd;
using GpuMlp.Cli.Gradients;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;

namespace GpuMlp.Tests;

/// <summary>Every op: forward against float64, gradients against float64 central differences, on every device, odd shapes and broadcasts.</summary>
public class GradientTests
{
    static readonly Dictionary<string, GradientCase> All = GradientCases.All().ToDictionary(c => c.Name);

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (DeviceDescription device in ComputeDevice.List().Where(d => d.IsAvailable))
            foreach (string name in All.Keys) cases.Add(device.Id, name);
        return cases;
    }

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndGradientsMatchFloat64(string deviceId, string name)
    {
        ComputeDevice device = Opened.Device(deviceId);
        GradientCase test = All[name];
        Variable[] x = [.. test.Inputs.Select(m => Variable.From(device, m.ToFloat(), wantsGradient: true))];
        Variable y = test.OnDevice(x);
        Matrix expected = test.OnHost(test.Inputs);
        Close($"{name} forward", expected.Values, y.ToArray(), 4e-6);

        Matrix direction = Matrix.Random(y.Rows, y.Columns, -1, 1, new Random(7));
        y.Backward(Variable.From(device, direction.ToFloat()));
        for (int k = 0; k < x.Length; k++)
            Close($"{name} gradient {k}", test.Differences(k, direction), x[k].Gradient!.ToArray(), 2e-5);
    }

    static void Close(string what, double[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int k = 0; k < expected.Length; k++)
        {
            double error = Math.Abs(expected[k] - actual[k]);
            Assert.True(error <= tolerance * (1 + Math.Abs(expected[k])), $"{what}: element {k} is {actual[k]:R}, {expected[k]:R} is right");
        }
    }

    static class Opened
    {
        static readonly Dictionary<string, ComputeDevice> Devices = [];

        internal static ComputeDevice Device(string id)
        {
            if (!Devices.TryGetValue(id, out ComputeDevice? device)) Devices[id] = device = ComputeDevice.Open(id);
            return device;
        }
    }
}
