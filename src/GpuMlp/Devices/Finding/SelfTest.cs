using GpuMlp.Devices.Memory;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.SelfTest;
using ILGPU;

namespace GpuMlp.Devices.Finding;

/// <summary>The ways in which a device's arithmetic can differ from the host's.</summary>
[Flags]
enum ArithmeticFaults
{
    None = 0, Subnormals = 1, Contraction = 2, Fma = 4, Division = 8, SquareRoot = 16, Rounding = 32, Comparison = 64, Patterns = 128,
}

/// <summary>Runs a device's arithmetic on some hundred seeded operands, and compares the results with the host's, bit for bit.</summary>
static class SelfTest
{
    const int Seeded = 128, Turns = 1 << 17;

    static readonly Lazy<float[]> operands = new(MakeOperands);
    static readonly Lazy<float[]> expected = new(OnHost);

    static readonly (ArithmeticFaults Fault, string Words)[] words =
    [
        (ArithmeticFaults.Subnormals, "flushes subnormals"),
        (ArithmeticFaults.Contraction, "contracts products into sums"),
        (ArithmeticFaults.Fma, "rounds fma more than once"),
        (ArithmeticFaults.Division, "divides otherwise than IEEE"),
        (ArithmeticFaults.SquareRoot, "takes square roots otherwise than IEEE"),
        (ArithmeticFaults.Rounding, "rounds sums or products otherwise than IEEE"),
        (ArithmeticFaults.Comparison, "compares otherwise than IEEE"),
        (ArithmeticFaults.Patterns, "handles the bits of a float otherwise"),
    ];

    internal static ReadOnlySpan<float> Operands => operands.Value;

    internal static int Triples => operands.Value.Length / 3;

    /// <summary>Tests a device that runs kernels through ILGPU, and its wide vectors if it has them.</summary>
    internal static ArithmeticFaults Run(ComputeDevice device)
    {
        int n = Triples, results = Arithmetic<HostView>.Count * n;
        using DeviceBuffer input = device.Allocate(6 * n), output = device.Allocate(2 * results);
        device.CopyToDevice(operands.Value, input.All);
        device.CopyToDevice(Transposed(operands.Value, n), input.All.Slice(3 * n, 3 * n));
        if (device.HasWideLanes) device.LaunchGroups(new WideArithmetic<ArrayView<float>>(input.All, output.All, n));
        else device.Launch(new Arithmetic<ArrayView<float>>(input.All, output.All, n));
        var actual = new float[2 * results];
        device.CopyToHost(output.All, actual);
        ArithmeticFaults faults = Check(actual.AsSpan(0, results));
        return device.HasWideLanes ? faults | Check(Rows(actual.AsSpan(results), actual)) : faults;
    }

    /// <summary>The number of loop iterations after which the driver ends a thread's loops; null if it makes all of them.</summary>
    /// <remarks>
    /// Mesa's llvmpipe ends loops after 65,535 iterations. A driver that stops by the clock is found out when it stops a launch that takes
    /// longer; one that stops even this launch leaves no count.
    /// </remarks>
    internal static int? MostTurns(ComputeDevice device)
    {
        using DeviceBuffer counts = device.Allocate(2);
        device.CopyToDevice(new float[2], counts.All);
        device.Launch(new LoopTurns<ArrayView<float>>(counts.All, Turns));
        if (device.Finished()) return null;
        var made = new float[2];
        device.CopyToHost(counts.All, made);
        return BitConverter.SingleToInt32Bits(made[0]) is > 0 and int turns ? turns : null;
    }

    // (rows, columns) to (columns, rows)
    static float[] Transposed(ReadOnlySpan<float> values, int rows)
    {
        var transposed = new float[values.Length];
        int columns = values.Length / rows;
        for (int i = 0; i < values.Length; i++) transposed[i % columns * rows + i / columns] = values[i];
        return transposed;
    }

    // turns results (columns, rows) into (rows, columns); integers do not go through vectors, so they come from the first results
    static float[] Rows(ReadOnlySpan<float> columns, ReadOnlySpan<float> first)
    {
        float[] rows = Transposed(columns, Arithmetic<HostView>.Count);
        for (int i = Arithmetic<HostView>.Integer; i < rows.Length; i += Arithmetic<HostView>.Count) rows[i] = first[i];
        return rows;
    }

    static unsafe float[] OnHost()
    {
        var results = new float[Arithmetic<HostView>.Count * Triples];
        fixed (float* input = operands.Value, output = results)
            new Arithmetic<HostView>(new(input), new(output), Triples).Run<HostLanes>(0, Triples, 1);
        return results;
    }

    /// <summary>Compares results with the host's and returns the faults.</summary>
    internal static ArithmeticFaults Check(ReadOnlySpan<float> actual)
    {
        ArithmeticFaults plain = ArithmeticFaults.None, tiny = ArithmeticFaults.None;
        for (int i = 0; i < actual.Length; i++)
        {
            int column = i % Arithmetic<HostView>.Count;
            float wanted = expected.Value[i];
            if (Same(actual[i], wanted, column)) continue;
            if (HasSubnormals(operands.Value.AsSpan(3 * (i / Arithmetic<HostView>.Count), 3), wanted)) tiny |= Fault(column);
            else plain |= Fault(column);
        }
        // if plain operations fail on subnormals alone, the device flushes them, and all other failures on subnormals follow from that
        const ArithmeticFaults basic = ArithmeticFaults.Rounding | ArithmeticFaults.Comparison | ArithmeticFaults.Patterns;
        return plain | ((tiny & ~plain & basic) != 0 ? ArithmeticFaults.Subnormals : tiny);
    }

    static bool Same(float actual, float wanted, int column) =>
        BitConverter.SingleToInt32Bits(actual) == BitConverter.SingleToInt32Bits(wanted)
        || (float.IsNaN(actual) && float.IsNaN(wanted) && column != Arithmetic<HostView>.Integer);      // IEEE allows any NaN

    /// <summary>The faults in words; null if there are none.</summary>
    internal static string? Describe(ArithmeticFaults faults) => faults == ArithmeticFaults.None ? null
        : string.Join("; ", words.Where(w => faults.HasFlag(w.Fault)).Select(w => w.Words));

    static bool HasSubnormals(ReadOnlySpan<float> triple, float wanted) =>
        float.IsSubnormal(wanted) || float.IsSubnormal(triple[0]) || float.IsSubnormal(triple[1]) || float.IsSubnormal(triple[2])
        || float.IsSubnormal(triple[0] * triple[1]);

    static ArithmeticFaults Fault(int column) => column switch
    {
        Arithmetic<HostView>.Fused => ArithmeticFaults.Fma,
        Arithmetic<HostView>.ProductThenSum or Arithmetic<HostView>.ProductThenDifference => ArithmeticFaults.Contraction,
        Arithmetic<HostView>.Quotient => ArithmeticFaults.Division,
        Arithmetic<HostView>.Root => ArithmeticFaults.SquareRoot,
        Arithmetic<HostView>.Sum or Arithmetic<HostView>.Difference or Arithmetic<HostView>.Product => ArithmeticFaults.Rounding,
        Arithmetic<HostView>.Less or Arithmetic<HostView>.LessOrEqual or Arithmetic<HostView>.Maximum
            or Arithmetic<HostView>.ConstantGreater or Arithmetic<HostView>.ConstantLessOrEqual
            or Arithmetic<HostView>.ConstantMaximum => ArithmeticFaults.Comparison,
        _ => ArithmeticFaults.Patterns,
    };

    static float[] MakeOperands()
    {
        float[] extremes =
        [
            0f, -0f, 1f, -1f, 3f, 0.1f, float.Epsilon, -1e-40f, 1.17549421e-38f, 1.17549435e-38f, 5e-20f,
            float.MaxValue, float.NegativeInfinity, float.NaN,
        ];
        var random = new Random(3);
        var list = new List<float>();
        foreach (float a in extremes)
            foreach (float b in extremes) list.AddRange([a, b, extremes[random.Next(extremes.Length)]]);
        for (int i = 0; i < Seeded; i++)
        {
            float a = Normal(random), b = Normal(random);
            list.AddRange([a, b, Normal(random)]);
            list.AddRange([a, b, -(a * b)]);                           // the exact a·b + c is the rounding error of the product
            list.AddRange([Pattern(random), Pattern(random), Pattern(random)]);
        }
        return [.. list];
    }

    static float Normal(Random random) => (float)(random.NextDouble() * 8 - 4);

    static float Pattern(Random random) => BitConverter.Int32BitsToSingle((int)random.NextInt64(int.MinValue, 1L << 31));
}
