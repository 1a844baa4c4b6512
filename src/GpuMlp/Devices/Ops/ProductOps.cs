using GpuMlp.Devices.Host;
using GpuMlp.Devices.Memory;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Linear;
using GpuMlp.Kernels.Numerics;
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

    /// <summary>About how many float operations it takes on the host.</summary>
    internal long Work => 2L * M * N * K + HostRunner.Moving * M * N;

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

    internal SharedMatMul<TEnd, ArrayView<float>> InShared<TEnd>(int parts, DeviceSpan c, DeviceSpan? sums)
        where TEnd : struct, IProductEnd => new()
        {
            A = A.In<ArrayView<float>>(span => span),
            B = B.In<ArrayView<float>>(span => span),
            Start = Start ?? C,
            C = c,
            Other = Other ?? C,
            Sums = sums ?? C,
            M = M,
            N = N,
            K = K,
            HasStart = Start is null ? 0 : 1,
            HasSums = sums is null ? 0 : 1,
            Parts = parts,
        };
}

/// <summary>The forms of the matrix product. All of them end in the same bits.</summary>
enum ProductForm
{
    /// <summary>On the CPU, elements one after the other: for products of a few thousand multiply-adds.</summary>
    Small,

    /// <summary>On the CPU, tiles of vectors in registers over packed panels.</summary>
    Registers,

    /// <summary>The same on an OpenCL device that is a processor, in OpenCL's own vectors.</summary>
    Strips,

    /// <summary>On a GPU, tiles in the registers of threads over what their group shares.</summary>
    Shared,

    /// <summary>On a device, a tile of four rows and two columns for a thread.</summary>
    Plain,
}

/// <summary>The matrix product on a device.</summary>
static class ProductOps
{
    // With fewer rows of A (columns of B), copying B (A) costs more than reading it where it lies. The rows of B are read in vectors either
    // way; measured with 64 rows on two cores, steps are 5 to 10 % faster without the copy.
    const int RowsWorthPackingB = 96, ColumnsWorthPackingA = 48;

    // up to that many multiply-adds the preparations of the large form cost more than the product
    const long MostOfSmall = 8192;

    // from that many float operations on, an op is worth a kernel of vectors, which takes long to compile
    const long WorthStrips = 1_000_000;

    // with fewer rows or columns most of a group's tile would be empty; not measured on a card
    const int LeastOfShared = 32;

    /// <summary>The form that a product of that shape takes on the device.</summary>
    internal static ProductForm FormOfProduct(this ComputeDevice device, int m, int n, int k)
    {
        long multiplyAdds = (long)m * n * k;
        if (device.Host is not null) return multiplyAdds <= MostOfSmall ? ProductForm.Small : ProductForm.Registers;
        if (device.HasWideLanes && 2 * multiplyAdds >= WorthStrips) return ProductForm.Strips;
        return Math.Min(m, n) >= LeastOfShared && device.TakesShared<SharedMatMul<PlainEnd, ArrayView<float>>>()
            ? ProductForm.Shared : ProductForm.Plain;
    }

    /// <summary>Computes a product, in another than the small form.</summary>
    internal static void MatMul<TEnd>(this ComputeDevice device, in Product p) where TEnd : struct, IProductEnd
    {
        ProductForm form = device.FormOfProduct(p.M, p.N, p.K);
        if (device.Host is HostRunner host)
            host.Run(Packed(device, p, host.Width).In<TEnd, HostView>(span => span, host.Cores), p.Work);
        else if (form == ProductForm.Shared) device.SharedMatMul<TEnd>(p);
        else if (form != ProductForm.Strips
            || !device.TryLaunchStrips(Packed(device, p, StripLanes.Width).In<TEnd, ArrayView<float>>(span => span, device.Cores)))
            device.Launch(p.In<TEnd, ArrayView<float>>(span => span, device.Cores));
    }

    /// <summary>Computes a product in the form for GPUs, on any device that runs groups of threads.</summary>
    internal static void SharedMatMul<TEnd>(this ComputeDevice device, in Product p) where TEnd : struct, IProductEnd
    {
        int tiles = SharedMatMul<TEnd, ArrayView<float>>.Tiles(p.M, p.N), blocks = BlockedSum.Count(p.K);
        int parts = tiles < 2 * device.Cores && blocks > 1 ? blocks : 1;
        int elements = p.M * p.N;
        if (parts == 1 || ((long)elements + p.N) * parts > int.MaxValue)
        {
            device.LaunchShared(p.InShared<TEnd>(1, p.C, p.Sums));
            return;
        }
        DeviceSpan work = device.Workspace(((long)elements + p.N) * parts);
        DeviceSpan ofC = work.Slice(0, elements * parts), ofSums = work.Slice(elements * parts, p.N * parts);
        device.LaunchShared(p.InShared<PlainEnd>(parts, ofC, p.Sums is null ? null : ofSums));
        device.Launch(new AddParts<TEnd, ArrayView<float>>(ofC, p.C, p.Other ?? p.C, parts, elements));
        if (p.Sums is DeviceSpan sums) device.Launch(new AddParts<PlainEnd, ArrayView<float>>(ofSums, sums, sums, parts, p.N));
    }

    // the product with its operands copied to panels, those for which it pays
    static Product Packed(ComputeDevice device, in Product p, int width)
    {
        // B is also packed where vectors could not read it; A where its terms lie far apart
        bool packsB = width > 1 && (p.B.LineStep != 1 || (p.M >= RowsWorthPackingB && p.K > 16));
        bool packsA = width > 1 && p.A.TermStep > 16 && p.N >= ColumnsWorthPackingA && p.M >= 16;
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
            host.Run(new PackPanels<HostView>(from.In<HostView>(span => span), to, lines, terms), HostRunner.Moving * lines * terms);
        else device.TryLaunchStrips(new PackPanels<ArrayView<float>>(from.In<ArrayView<float>>(span => span), to, lines, terms));
        int columns = Panel.Columns(width);
        return new Factor(to, 1, columns, columns * terms);
    }
}
