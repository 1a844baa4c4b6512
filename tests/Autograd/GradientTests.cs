using GpuMlp.Autograd;
using GpuMlp.Cli.Gradcheck;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Records;

namespace GpuMlp.Tests.Autograd;

/// <summary>
/// Every op on every device, with odd shapes and broadcasts: results compared with float64, gradients with central differences in float64.
/// </summary>
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
        (Variable[] x, Variable y) = test.OnDevice(device);
        Matrix expected = test.OnHost(test.Inputs);
        Close($"{name} forward", expected.Values, y.ToArray(), 4e-6);

        Matrix direction = Matrix.Random(y.Rows, y.Columns, -1, 1, new Random(7));
        y.Backward(Variable.From(device, direction.ToFloat()));
        for (int k = 0; k < x.Length; k++)
            Close($"{name} gradient {k}", test.Differences(k, direction), x[k].Gradient!.ToArray(), 2e-5);
    }

    public static TheoryData<string, string, string> Networks()
    {
        var cases = new TheoryData<string, string, string>();
        foreach (DeviceDescription device in ComputeDevice.List().Where(d => d.IsAvailable))
            foreach (string activation in Activations.Names.All)
                foreach (string loss in Loss.Names.All) cases.Add(device.Id, activation, loss);
        return cases;
    }

    /// <summary>Whole networks at newly drawn points: the tolerance of a tensor is that of the kernels, added up over the layers.</summary>
    [Theory, MemberData(nameof(Networks))]
    public void GradientsOfNetworksMatchFloat64(string deviceId, string activation, string lossName)
    {
        Loss loss = Loss.Names.Parse(lossName);
        string[] nets = loss switch
        {
            CrossEntropyLoss => ["2-9-8-3", "3-17-2"],
            MseLoss => ["2-9-8-3", "4-20-1"],
            _ => ["2-8-8-1", "3-50-1"],
        };
        foreach (string net in nets)
        {
            NetworkSpec spec = NetworkSpec.Parse(net, Activations.Names.Parse(activation)) with { LinearOutput = loss is MseLoss };
            GradientCase test = NetworkCase.Make(spec, loss, new Random(net.Length + deviceId.Length));
            (Variable[] tensors, Variable y) = test.OnDevice(Opened.Device(deviceId));
            Close(test.Name, test.OnHost(test.Inputs).Values, y.ToArray(), 1e-6);
            y.Backward();
            for (int k = 0; k < tensors.Length; k++)
            {
                int[] places = test.Places(k);
                double error = test.Error(places, test.Differences(k, new(1, 1, [1]), places), tensors[k].Gradient!.ToArray());
                Assert.True(error <= test.Tolerance, $"{test.Name}: {test.Tensors[k]} is off by {error}, {test.Tolerance} is allowed");
            }
        }
    }

    static void Close(string what, double[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int k = 0; k < expected.Length; k++)
        {
            double error = Math.Abs(expected[k] - actual[k]);
            if (error <= tolerance * (1 + Math.Abs(expected[k]))) continue;
            Assert.Fail($"{what}: element {k} is {actual[k]:R}, {expected[k]:R} is right");
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
