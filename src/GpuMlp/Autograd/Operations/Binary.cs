using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Elementwise;

namespace GpuMlp.Autograd.Operations;

/// <summary>y = f(a, b). An operand of one row or column repeats; its gradient is the sum over its uses.</summary>
sealed class Binary<TBinary> : Operation where TBinary : struct, IBinary
{
    readonly int rows, columns;

    Binary(Variable a, Variable b, int rows, int columns) : base(a, b) => (this.rows, this.columns) = (rows, columns);

    internal static Variable Apply(string name, Variable a, Variable b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Device != b.Device) throw Variable.MixedDevices(name, a, b);
        int rows = Common(name, a, b, a.Rows, b.Rows), columns = Common(name, a, b, a.Columns, b.Columns);
        using DeviceUse use = a.Device.Use();
        DeviceSpan y = a.Device.Pool.Take(rows, columns, name);
        var shape = new Shape(a, b, rows, columns);
        a.Device.BinaryForward<TBinary>(a.Span, b.Span, y, shape.Rows, shape.Columns, shape.A, shape.B);
        return new Variable(y, rows, columns, a.NeedsGradient || b.NeedsGradient ? new Binary<TBinary>(a, b, rows, columns) : null);
    }

    private protected override DeviceSpan Derivative(int input, DeviceSpan dy)
    {
        Variable a = First, b = Second!, x = input == 0 ? a : b;
        ComputeDevice device = dy.Device;
        DeviceSpan dx = dy;
        bool isOne = typeof(TBinary) == typeof(Add) || (typeof(TBinary) == typeof(Subtract) && input == 0);
        if (!isOne)
        {
            dx = device.Pool.Take(dy.Length);
            var shape = new Shape(a, b, rows, columns);
            device.BinaryBackward<TBinary>(a.Span, b.Span, dy, dx, shape.Rows, shape.Columns, shape.A, shape.B, input);
        }
        return SumRepeated(dx, x.Rows < rows, x.Columns < columns);
    }

    DeviceSpan SumRepeated(DeviceSpan dx, bool overRows, bool overColumns)
    {
        if (!overRows && !overColumns) return dx;
        DeviceSpan sums = dx.Device.Pool.Take(!overRows ? rows : !overColumns ? columns : 1);
        if (!overRows) dx.Device.RowSums(dx, sums, rows, columns);
        else if (!overColumns) dx.Device.ColumnSums(dx, sums, rows, columns);
        else dx.Device.RowSums(dx, sums, 1, rows * columns);
        return sums;
    }

    static int Common(string name, Variable a, Variable b, int left, int right) =>
        left == right || right == 1 ? left : left == 1 ? right
            : throw new ArgumentException(
                $"{name}: {a.Shape} and {b.Shape} do not fit: rows and columns have to be equal, or 1 on one side");

    // if each operand is a single value or has the result's shape, all elements are treated as one long row
    readonly struct Shape
    {
        internal readonly int Rows, Columns;
        internal readonly Broadcast A, B;

        internal Shape(Variable a, Variable b, int rows, int columns)
        {
            bool flat = IsFlat(a, rows, columns) && IsFlat(b, rows, columns);
            (Rows, Columns) = flat ? (1, rows * columns) : (rows, columns);
            (A, B) = (Step(a, flat), Step(b, flat));
        }

        static bool IsFlat(Variable x, int rows, int columns) => x.Length == 1 || (x.Rows == rows && x.Columns == columns);

        static Broadcast Step(Variable x, bool flat) =>
            flat ? new(0, x.Length == 1 ? 0 : 1) : new(x.Rows == 1 ? 0 : x.Columns, x.Columns == 1 ? 0 : 1);
    }
}
