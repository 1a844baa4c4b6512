using GpuMlp.Layers;

namespace GpuMlp.Grids;

/// <summary>Evaluates a network of two inputs over a dense grid, in batches on the network's device.</summary>
public static class GridEvaluator
{
    /// <summary>The network's outputs, float[Height · Width], x fastest, row 0 at the smallest y.</summary>
    /// <exception cref="ArgumentException">The network has other than two inputs.</exception>
    public static float[] Evaluate(Sequential network, GridSpec grid, int batch = 8192)
    {
        if (network.Inputs != 2) throw new ArgumentException($"a grid needs a network of exactly two inputs, this one has {network.Inputs}", nameof(network));
        var points = new float[2 * grid.Width * grid.Height];
        for (int row = 0, at = 0; row < grid.Height; row++)
        {
            for (int column = 0; column < grid.Width; column++)
            {
                points[at++] = grid.X[column];
                points[at++] = grid.Y[row];
            }
        }
        return network.Predict(points, batch);
    }
}
