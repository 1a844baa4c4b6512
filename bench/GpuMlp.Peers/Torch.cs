using GpuMlp.Data;
using GpuMlp.Grids;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using TorchModule = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace GpuMlp.Peers;

/// <summary>The same jobs, as a user of PyTorch writes them in C#.</summary>
sealed class Torch : IDisposable
{
    // how many points of a grid go through the network together: so many that their values stay in the processor's cache
    const int TilePoints = 65_536;

    readonly Tensor x, y;

    internal Torch(DataSet data)
    {
        random.manual_seed(0);
        x = tensor(data.Flat.ToArray(), data.Count, data.Features);
        y = tensor(data.Labels, data.Count, 1);
    }

    static TorchModule Network(string net, bool sigmoid = true)
    {
        int[] widths = [.. net.Split('-').Select(int.Parse)];
        var layers = new List<TorchModule>();
        for (int l = 0; l + 1 < widths.Length; l++)
        {
            layers.Add(nn.Linear(widths[l], widths[l + 1]));
            if (l + 2 < widths.Length) layers.Add(nn.ReLU());
            else if (sigmoid) layers.Add(nn.Sigmoid());
        }
        return nn.Sequential(layers);
    }

    /// <summary>The tutorial's loop: each step trains on one random row; its loss is read as a number where that is asked for.</summary>
    internal void Train(string net, int steps, bool readLosses = true)
    {
        using TorchModule network = Network(net);
        using optim.Optimizer sgd = optim.SGD(network.parameters(), 1e-2);
        using BCELoss bce = nn.BCELoss();
        var pick = new Random(0);
        var losses = new float[steps];
        for (int step = 0; step < steps; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            int row = pick.Next((int)x.shape[0]);
            Tensor loss = bce.forward(network.forward(x.narrow(0, row, 1)), y.narrow(0, row, 1));
            if (readLosses) losses[step] = loss.item<float>();
            sgd.zero_grad();
            loss.backward();
            sgd.step();
        }
    }

    /// <summary>Makes steps of a wide network, all on one batch; the network and the optimizer last from one run to the next.</summary>
    internal static Action Wide(WideJob job)
    {
        int[] widths = job.Widths;
        TorchModule network = Network(job.Net, sigmoid: !job.HasClasses);
        optim.Optimizer optimizer = job.Adam ? optim.Adam(network.parameters(), 1e-3) : optim.SGD(network.parameters(), 1e-2);
        Loss<Tensor, Tensor, Tensor> loss = job.HasClasses ? nn.CrossEntropyLoss() : nn.BCELoss();
        Tensor x = randn(job.Batch, widths[0]);
        Tensor y = job.HasClasses ? randint(0, widths[^1], [job.Batch]).to(int64) : randint(0, 2, [job.Batch, 1]).to(float32);
        return () =>
        {
            for (int step = 0; step < job.Steps; step++)
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor mean = loss.forward(network.forward(x), y);
                _ = mean.item<float>();
                optimizer.zero_grad();
                mean.backward();
                optimizer.step();
            }
        };
    }

    /// <summary>
    /// A whole run on rows with classes, in batches of a new random order each epoch; returns the mean loss of the last epoch.
    /// </summary>
    internal static double WholeRun(DataSet data, string net, int epochs, int batch, float rate)
    {
        using DisposeScope run = NewDisposeScope();
        TorchModule network = Network(net, sigmoid: false);
        optim.Optimizer optimizer = optim.SGD(network.parameters(), rate);
        var loss = nn.CrossEntropyLoss();
        Tensor x = tensor(data.Inputs), y = tensor(data.Labels.ToArray()).to(int64);
        double total = 0;
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            Tensor order = randperm(data.Count);
            total = 0;
            for (int row = 0; row < data.Count; row += batch)
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor picks = order.narrow(0, row, Math.Min(batch, data.Count - row));
                Tensor mean = loss.forward(network.forward(x.index_select(0, picks)), y.index_select(0, picks));
                total += mean.item<float>() * picks.shape[0];
                optimizer.zero_grad();
                mean.backward();
                optimizer.step();
            }
        }
        return total / data.Count;
    }

    /// <summary>A dense grid of side² points, tile by tile.</summary>
    internal static void Grid(string net, int side, Window window)
    {
        using IDisposable noGradients = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using TorchModule network = Network(net);
        Tensor columns = linspace(window.X0, window.X1, side), rows = linspace(window.Y0, window.Y1, side), output = empty(side, side);
        int height = Math.Max(1, TilePoints / side);
        for (int row = 0; row < side; row += height)
        {
            using DisposeScope tile = NewDisposeScope();
            int n = Math.Min(height, side - row);
            Tensor points = stack([columns.expand(n, side), rows.narrow(0, row, n).unsqueeze(1).expand(n, side)], 2);
            output.narrow(0, row, n).copy_(network.forward(points.reshape(-1, 2)).reshape(n, side));
        }
    }

    public void Dispose()
    {
        x.Dispose();
        y.Dispose();
    }
}
