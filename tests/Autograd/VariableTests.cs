using System.Reflection;
using GpuMlp.Autograd;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Tensors;

namespace GpuMlp.Tests.Autograd;

/// <summary>What variables promise besides their numbers: the tape's life, views, memory, and messages for wrong use.</summary>
public class VariableTests : IDisposable
{
    readonly ComputeDevice device = ComputeDevice.Open("cpu");

    public void Dispose() => device.Dispose();

    Variable Matrix(int rows, int columns, bool wantsGradient = true)
    {
        var values = new float[rows, columns];
        for (int k = 0; k < rows * columns; k++) values[k / columns, k % columns] = k + 1;
        return Variable.From(device, values, wantsGradient);
    }

    [Fact]
    public void EveryActivationIsAnOperationToo()
    {
        foreach (ActivationFunction function in Activations.All)
        {
            Variable byLayer = Matrix(2, 3), byName = Matrix(2, 3);
            Variable y = function.NewLayer().Forward(byLayer);
            string name = function.Activation.ToString();
            MethodInfo[] methods = typeof(Variable).GetMethods();
            MethodInfo method = Assert.Single(methods, m => m.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            var z = (Variable)method.Invoke(byName, null)!;
            Assert.Equal(y.ToArray(), z.ToArray());
            y.Sum().Backward();
            z.Sum().Backward();
            Assert.Equal(byLayer.Gradient!.ToArray(), byName.Gradient!.ToArray());
        }
    }

    [Fact]
    public void BackwardOfAMatrixNeedsAGradient()
    {
        Variable y = Matrix(2, 3) * 2f;
        string message = Assert.Throws<InvalidOperationException>(() => y.Backward()).Message;
        Assert.Contains("2 × 3", message);
        Assert.Contains("Sum()", message);
        Assert.Contains("2 × 3", Assert.Throws<ArgumentException>(() => y.Backward(Matrix(3, 2))).Message);
    }

    [Fact]
    public void BackwardTakesAGradient()
    {
        Variable x = Matrix(2, 2);
        (x * x).Backward(Matrix(2, 2, false));
        Assert.Equal([2, 8, 18, 32], x.Gradient!.ToArray());
    }

    [Fact]
    public void AFreedTapeSaysSo()
    {
        Variable x = Matrix(2, 2), trunk = x * x, loss = trunk.Sum();
        loss.Backward();
        Assert.Contains("run Forward again", Assert.Throws<InvalidOperationException>(() => loss.Backward()).Message);
        Assert.Contains("run Forward again", Assert.Throws<InvalidOperationException>(() => trunk.Mean().Backward()).Message);
        Assert.Equal([1, 4, 9, 16], trunk.ToArray());
        Assert.Equal([2, 4, 6, 8], x.Gradient!.ToArray());
    }

    [Fact]
    public void BackwardWithoutParametersSaysSo() =>
        Assert.Contains("nothing to differentiate", Assert.Throws<InvalidOperationException>(() => Matrix(1, 1, false).Backward()).Message);

    [Fact]
    public void MixedDevicesAreNamed()
    {
        using var other = ComputeDevice.Open("cpu:ilgpu");
        Variable a = Matrix(2, 2), b = Variable.From(other, new float[2, 2]);
        Func<Variable>[] mixes =
            [() => a + b, () => a.MatMul(b), () => new MseLoss().Forward(a, b), () => new Linear(device, 2, 1).Forward(b)];
        foreach (Func<Variable> mix in mixes)
        {
            string message = Assert.Throws<ArgumentException>(mix).Message;
            Assert.Contains("cpu:ilgpu", message);
            Assert.Contains("one device", message);
        }
    }

    [Fact]
    public void ShapesThatDoNotFitAreNamed()
    {
        Assert.Contains("2 × 3 and 3 × 2", Assert.Throws<ArgumentException>(() => Matrix(2, 3) + Matrix(3, 2)).Message);
        Assert.Contains("2 × 3 times 2 × 3", Assert.Throws<ArgumentException>(() => Matrix(2, 3).MatMul(Matrix(2, 3))).Message);
        Assert.Contains("rows 0 to 1", Assert.Throws<ArgumentOutOfRangeException>(() => Matrix(2, 3).Row(2)).Message);
        Assert.Contains("6 values", Assert.Throws<ArgumentException>(() => Matrix(2, 3).Reshape(2, 2)).Message);
        Assert.Contains("at most", Assert.Throws<ArgumentException>(() => Matrix(2, 3).Clamp(1, 0)).Message);
    }

    [Theory]
    [InlineData(0.5f)]
    [InlineData(2f)]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    public void LabelsOutsideZeroAndOneAreRefused(float label)
    {
        Variable y = Variable.From(device, [0f, 1f, label, 1f]), p = Variable.From(device, [0.1f, 0.2f, 0.3f, 0.4f]);
        foreach (Loss loss in (Loss[])[new BceLoss(), new BceWithLogitsLoss()])
        {
            string message = Assert.Throws<ArgumentException>(() => loss.Forward(p, y)).Message;
            Assert.Contains("value 2", message);
            Assert.Throws<ArgumentException>(() => loss.Forward(p.Row(0), y.Row(0)));
        }
    }

    [Theory]
    [InlineData(3f)]
    [InlineData(-1f)]
    [InlineData(0.5f)]
    public void ClassesBeyondTheLogitsAreRefused(float label) => Assert.Contains("0 to 2",
        Assert.Throws<ArgumentException>(() => new CrossEntropyLoss().Forward(Matrix(2, 3), Variable.From(device, [0f, label]))).Message);

    [Fact]
    public void RowsShareMemoryAndSendGradientsHome()
    {
        Variable x = Matrix(3, 2);
        Assert.Equal([3, 4], x.Row(1).ToArray());
        (x.Row(1) * x.Row(2)).Sum().Backward();
        Assert.Equal([0, 0, 5, 6, 3, 4], x.Gradient!.ToArray());
    }

    [Fact]
    public void DisposedValuesSaySo()
    {
        Variable small = Matrix(2, 2) * 1f, large = Matrix(64, 64) * 1f, part = large.Row(1), y = small * small;
        small.Dispose();
        large.Dispose();
        Assert.Throws<ObjectDisposedException>(small.ToArray);
        Assert.Throws<ObjectDisposedException>(part.ToArray);
        Assert.Throws<ObjectDisposedException>(() => y.Sum().Backward());
    }

    [Fact]
    public void ALayerMayStandTwiceInAGraph()
    {
        var linear = new Linear(device, 2, 2);
        linear.Weight.Value.CopyFrom([1, 2, 3, 4]);
        linear.Bias.Value.CopyFrom([0, 0]);
        linear.Forward(linear.Forward(Variable.From(device, new float[,] { { 1, 1 } }))).Sum().Backward();
        // y = (x·w)·w with x = (1, 1): dw = xᵀ·(1, 1)·wᵀ + (x·w)ᵀ·(1, 1)
        Assert.Equal([3 + 4, 7 + 4, 3 + 6, 7 + 6], linear.Weight.Gradient.ToArray());
        Assert.Equal([4, 8], linear.Bias.Gradient.ToArray());
    }

    [Fact]
    public void ParametersMayMoveBetweenForwardAndBackward()
    {
        var w = new Parameter(device, 1, 1);
        w.Value.CopyFrom([3f]);
        Variable loss = Matrix(1, 1).MatMul(w);
        _ = new Sgd([w], 0.1f);
        loss.Backward();
        Assert.Equal(1f, w.Gradient.Item());
    }

    /// <summary>Large values, each with its own buffer, are freed without any Dispose.</summary>
    [Fact]
    public void LargeValuesComeBack()
    {
        Variable x = Matrix(300, 300);
        for (int k = 0; k < 200; k++) (x * x).Sum().Backward();
        int buffers = device.LiveBuffers;
        for (int k = 0; k < 500; k++) (x * x).Sum().Backward();
        Assert.InRange(device.LiveBuffers, 1, buffers + 5);
        Assert.True(buffers < 200, $"{buffers} buffers");
    }

    /// <summary>A binary cross-entropy of a sigmoid is computed from the sigmoid's input, so it stays exact in saturation.</summary>
    [Fact]
    public void BceOfASigmoidTakesItsInput()
    {
        Variable z = Variable.From(device, [-100f, 100f], wantsGradient: true), p = z.Sigmoid(), y = Variable.From(device, [1f, 0f]);
        Assert.Equal(100f, new BceLoss().Forward(p, y).Item());
        new BceWithLogitsLoss().Forward(p, y).Backward();
        Assert.Equal([-0.5f, 0.5f], z.Gradient!.ToArray());
    }
}
