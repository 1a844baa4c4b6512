using GpuMlp.Devices.Host;
using GpuMlp.Devices.Memory;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Linear;
using ILGPU;

namespace GpuMlp.Devices.Ops;

/// <summary>
/// An operand of a product on a device: the element of a line and a term lies at line · LineStep + term · TermStep. The lines of A are its
/// rows, those of B its columns.
/// </summary>
readonly record struct Factor(DeviceSpan At, int LineStep, int TermStep)
{
    public static implicit operator Operand<HostView>(Factor f) => new(f.At, f.LineStep, f.TermStep);

    public static implicit operator Operand<ArrayView<float>>(Factor f) => new(f.At, f.LineStep, f.TermStep);
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
}

/// <summary>The matrix product on a device.</summary>
static class ProductOps
{
    // with fewer lines in the other operand, copying an operand costs more than reading it where it lies
    const int LinesWorthPacking = 48;

    internal static void MatMul<TEnd>(this ComputeDevice device, in Product p) where TEnd : struct, IProductEnd
    {
        if (device.Host is HostRunner host)
        {
            // B is also packed where vectors could not read it; A where its terms lie far apart
            bool packsB = host.Width > 1 && (p.B.LineStep != 1 || (p.M >= LinesWorthPacking && p.K > 16));
            bool packsA = host.Width > 1 && p.A.TermStep > 16 && p.N >= LinesWorthPacking && p.M >= 16;
            Operand<HostView> a = p.A, b = p.B;
            if (packsA || packsB)
            {
                long lengthA = packsA ? Panel.Length(p.M, p.K) : 0, lengthB = packsB ? Panel.Length(p.N, p.K) : 0;
                DeviceSpan workspace = device.Workspace(lengthA + lengthB);
                if (packsA) a = Packed(host, a, workspace.Slice(0, (int)lengthA), p.M, p.K);
                if (packsB) b = Packed(host, b, workspace.Slice((int)lengthA, (int)lengthB), p.N, p.K);
            }
            host.Run(new MatMul<TEnd, HostView>
            {
                A = a,
                B = b,
                Start = p.Start ?? p.C,
                C = p.C,
                Other = p.Other ?? p.C,
                Sums = p.Sums ?? p.C,
                M = p.M,
                N = p.N,
                K = p.K,
                HasStart = p.Start is null ? 0 : 1,
                HasSums = p.Sums is null ? 0 : 1,
            }, 2L * p.M * p.N * p.K);
            return;
        }
        device.Launch(new MatMul<TEnd, ArrayView<float>>
        {
            A = p.A,
            B = p.B,
            Start = p.Start ?? p.C,
            C = p.C,
            Other = p.Other ?? p.C,
            Sums = p.Sums ?? p.C,
            M = p.M,
            N = p.N,
            K = p.K,
            HasStart = p.Start is null ? 0 : 1,
            HasSums = p.Sums is null ? 0 : 1,
        });
    }

    static Operand<HostView> Packed(HostRunner host, Operand<HostView> from, DeviceSpan to, int lines, int terms)
    {
        host.Run(new PackPanels<HostView>(from, to, lines, terms), 2L * lines * terms);
        int columns = Panel.Columns(host.Width);
        return new Operand<HostView>(to, 1, columns, columns * terms);
    }
}
