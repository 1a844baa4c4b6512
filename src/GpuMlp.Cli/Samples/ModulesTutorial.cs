using GpuMlp.Autograd;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Plotting;
using GpuMlp.Randomness;
using GpuMlp.Tensors;

namespace GpuMlp.Cli.Samples;

/// <summary>
/// The tutorial's second half in one file to copy: modules that define only Forward, since the tape derives their gradients.
/// </summary>
static class ModulesTutorial
{
    /// <summary>x·a + b.</summary>
    sealed class MyLinear : Module
    {
        readonly Parameter a, b;

        public MyLinear(ComputeDevice device, int inputs, int outputs, RandomStream random)
        {
            a = Register("a", Parameter.Normal(device, inputs, outputs, random));
            b = Register("b", Parameter.Normal(device, 1, outputs, random));
        }

        public override Variable Forward(Variable x) => x.MatMul(a) + b;
    }

    /// <summary>max(x, 0).</summary>
    sealed class MyReLU : Module
    {
        public override Variable Forward(Variable x) => x.Clamp(min: 0);
    }

    /// <summary>A 2-50-1 network with weights from N(0, 1).</summary>
    public static Sequential Network(ComputeDevice device, RandomStream random) =>
        new(new MyLinear(device, 2, 50, random), new MyReLU(), new MyLinear(device, 50, 1, random), new Sigmoid());

    /// <summary>Trains with steps of SGD, one example per step.</summary>
    /// <param name="net">The network.</param>
    /// <param name="data">Points of the plane with labels 0 and 1.</param>
    /// <param name="pick">Gives the row of the next step.</param>
    /// <param name="steps">How many steps to make.</param>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="after">Receives each step and its loss after the update; false ends the training.</param>
    /// <returns>The losses of the steps that were made.</returns>
    public static float[] Train(Sequential net, DataSet data, Func<int> pick, int steps, float learningRate, Func<int, float, bool> after)
    {
        Variable x = Variable.From(net.Device, data.Inputs), y = Variable.From(net.Device, data.Labels);
        using var sgd = new Sgd(net.Parameters(), learningRate);
        var criterion = new BceLoss();
        var losses = new List<float>();
        for (int step = 0; step < steps; step++)
        {
            int j = pick();
            Variable output = net.Forward(x.Row(j));
            Variable loss = criterion.Forward(output, y.Row(j));
            sgd.ZeroGrad();
            loss.Backward();
            sgd.Step();
            losses.Add(loss.Item());
            if (!after(step, losses[^1])) break;
        }
        return [.. losses];
    }

    /// <summary>The network's probabilities on a grid, height × width; row 0 has the smallest y.</summary>
    public static float[] Probabilities(Sequential net, GridSpec grid)
    {
        var points = new float[grid.Width * grid.Height, 2];
        for (int k = 0; k < points.GetLength(0); k++)
            (points[k, 0], points[k, 1]) = (grid.X[k % grid.Width], grid.Y[k / grid.Width]);
        return net.Forward(Variable.From(net.Device, points)).ToArray();
    }

    /// <summary>Writes data.png, boundary.png, frames/boundary-*.png, boundary.gif and loss.png into a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="data">The points.</param>
    /// <param name="grid">The grid of the frames.</param>
    /// <param name="frames">The boundary after some steps; the last frame shows the trained network.</param>
    /// <param name="losses">The loss of every step.</param>
    /// <param name="options">The style of the pictures.</param>
    public static void Draw(
        string folder, DataSet data, GridSpec grid, IReadOnlyList<BoundaryFrame> frames, float[] losses, PlotOptions options)
    {
        DataPlot.Save(Path.Combine(folder, "data.png"), data, grid.Window, data.Name, options);
        LossPlot.Save(Path.Combine(folder, "loss.png"), losses, "bce loss", options);
        using var large = new BoundaryPlot(grid, data, options);
        large.Save(Path.Combine(folder, "boundary.png"), frames[^1].Predictions, frames[^1].Title);
        using var small = new BoundaryPlot(grid, data, options with { Width = 480, Height = 360 });
        BoundaryAnimation.Save(small, frames, Path.Combine(folder, "frames"), Path.Combine(folder, "boundary.gif"));
    }
}
