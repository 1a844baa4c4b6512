using GpuMlp.Devices.Host;
using GpuMlp.Devices.Memory;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Linear;
using ILGPU;

namespace GpuMlp.Devices.Ops;

/// <summary>
/// An operand of a product on a device: the element of a line and a term lies at line · LineStep + term · TermStep, or in panels, see
/// <see cref="PackPanels{TView}"/>. The lines of A are its rows, those of B its columns.
/// </summary>
readonly record struct Factor(DeviceSpan At, int LineStep, int TermStep, int PanelStep = 0)
{
    internal Operand<TView> In<TView>(Func<DeviceSpan, TView> view) where TView : struct => new(view(At), LineStep, TermStep, PanelStep);
}

/// <summary>c (m,n) = start + A (m,k) · B (k,n).</summary>
readonly record struct Product(Factor A, Factor B, DeviceSpan C, int M, int N, int K)
{
    /// <summary>Where the sums of each column start, (n); null for 0.</summary>
    internal DeviceSpan? Start { get; init; }

    /// <summary>Where the sums of B's columns go, (n); null if nobody needs them.</summary>
    internal DeviceSpan? Sums { get; init; }

    /// <summary>What the product's end reads or writes beside c, laid out as c; null if nothing.</summary>
    internal DeviceSpan? Other { get; init; }

    /// <summary>About how many float operations it takes.</summary>
    internal long Work => 2L * M * N * K;

    internal MatMul<TEnd, TView> In<TEnd, TView>(Func<DeviceSpan, TView> view, int runners)
        where TEnd : struct, IProductEnd where TView : struct => new()
        {
            A = A.In(view),
            B = B.In(view),
            Start = view(Start ?? C),
            C = view(C),
            Other = view(Other ?? C),
            Sums = view(Sums ?? C),
            M = M,
            N = N,
            K = K,
            HasStart = Start is null ? 0 : 1,
            HasSums = Sums is null ? 0 : 1,
            Runners = runners,
        };
}

/// <summary>The matrix product on a device.</summary>
static class ProductOps
{
    // with fewer lines in the other operand, copying an operand costs more than reading it where it lies
    const int LinesWorthPacking = 48;

    /// <summary>From this many float operations on, an op is worth a kernel of vectors, which takes long to compile.</summary>
    internal const long WorthStrips = 1_000_000;

    internal static void MatMul<TEnd>(this ComputeDevice device, in Product p) where TEnd : struct, IProductEnd
    {
        if (device.Host is HostRunner host)
            host.Run(Packed(device, p, host.Width).In<TEnd, HostView>(span => span, host.Cores), p.Work);
        else if (!device.HasWideLanes || p.Work < WorthStrips
            || !device.TryLaunchStrips(Packed(device, p, StripLanes.Width).In<TEnd, ArrayView<float>>(span => span, device.Cores)))
            device.Launch(p.In<TEnd, ArrayView<float>>(span => span, device.Cores));
    }

    // the product with its operands copied to panels, those for which it pays
    static Product Packed(ComputeDevice device, in Product p, int width)
    {
        // B is also packed where vectors could not read it; A where its terms lie far apart
        bool packsB = width > 1 && (p.B.LineStep != 1 || (p.M >= LinesWorthPacking && p.K > 16));
        bool packsA = width > 1 && p.A.TermStep > 16 && p.N >= LinesWorthPacking && p.M >= 16;
        if (!packsA && !packsB) return p;
        long lengthA = packsA ? Panel.Length(p.M, p.K) : 0, lengthB = packsB ? Panel.Length(p.N, p.K) : 0;
        DeviceSpan workspace = device.Workspace(lengthA + lengthB);
        return p with
        {
            A = packsA ? Packed(device, p.A, workspace.Slice(0, (int)lengthA), p.M, p.K, width) : p.A,
            B = packsB ? Packed(device, p.B, workspace.Slice((int)lengthA, (int)lengthB), p.N, p.K, width) : p.B,
        };
    }

    static Factor Packed(ComputeDevice device, Factor from, DeviceSpan to, int lines, int terms, int width)
    {
        if (device.Host is HostRunner host)
            host.Run(new PackPanels<HostView>(from.In<HostView>(span => span), to, lines, terms), 2L * lines * terms);
        else device.TryLaunchStrips(new PackPanels<ArrayView<float>>(from.In<ArrayView<float>>(span => span), to, lines, terms));
        int columns = Panel.Columns(width);
        return new Factor(to, 1, columns, columns * terms);
    }
}
