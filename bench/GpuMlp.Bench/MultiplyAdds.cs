using System.Runtime.CompilerServices;
using GpuMlp.Kernels;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Bench;

/// <summary>Makes a number of multiply-adds in registers, in twelve independent chains.</summary>
readonly unsafe struct MultiplyAdds(long count) : IOp<HostView>
{
    const int Shares = 256, Chains = 12;

    public int Items(int width) => Shares;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, HostView>
    {
        long steps = count / Shares / Chains / T.Width * ((end - first + stride - 1) / stride);
        T x = T.Splat(0.999f), y = T.Splat(0.001f);
        T a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (; steps > 0; steps--)
        {
            (a, b, c, d) = (T.Fma(a, x, y), T.Fma(b, x, y), T.Fma(c, x, y), T.Fma(d, x, y));
            (e, f, g, h) = (T.Fma(e, x, y), T.Fma(f, x, y), T.Fma(g, x, y), T.Fma(h, x, y));
            (i, j, k, l) = (T.Fma(i, x, y), T.Fma(j, x, y), T.Fma(k, x, y), T.Fma(l, x, y));
        }
        float* result = stackalloc float[16];
        T sum = T.Add(T.Add(T.Add(a, b), T.Add(c, d)), T.Add(T.Add(T.Add(e, f), T.Add(g, h)), T.Add(T.Add(i, j), T.Add(k, l))));
        T.Store(new HostView(result), 0, sum, T.Width);
        if (float.IsNaN(*result)) throw new InvalidOperationException();
    }
}
