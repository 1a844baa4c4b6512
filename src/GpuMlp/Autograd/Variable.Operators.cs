using GpuMlp.Autograd.Operations;
using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Elementwise;

namespace GpuMlp.Autograd;

// the operations on variables
public sealed partial class Variable
{
    /// <summary>a + b, element by element.</summary>
    public static Variable operator +(Variable a, Variable b) => Binary<Add>.Apply("+", a, b);

    /// <summary>a - b, element by element.</summary>
    public static Variable operator -(Variable a, Variable b) => Binary<Subtract>.Apply("-", a, b);

    /// <summary>a · b, element by element.</summary>
    public static Variable operator *(Variable a, Variable b) => Binary<Multiply>.Apply("*", a, b);

    /// <summary>a / b, element by element.</summary>
    public static Variable operator /(Variable a, Variable b) => Binary<Divide>.Apply("/", a, b);

    /// <summary>a + b.</summary>
    public static Variable operator +(Variable a, float b) => a + Constant(a, b);

    /// <summary>a + b.</summary>
    public static Variable operator +(float a, Variable b) => Constant(b, a) + b;

    /// <summary>a - b.</summary>
    public static Variable operator -(Variable a, float b) => a - Constant(a, b);

    /// <summary>a - b.</summary>
    public static Variable operator -(float a, Variable b) => Constant(b, a) - b;

    /// <summary>a · b.</summary>
    public static Variable operator *(Variable a, float b) => a * Constant(a, b);

    /// <summary>a · b.</summary>
    public static Variable operator *(float a, Variable b) => Constant(b, a) * b;

    /// <summary>a / b.</summary>
    public static Variable operator /(Variable a, float b) => a / Constant(a, b);

    /// <summary>a / b.</summary>
    public static Variable operator /(float a, Variable b) => Constant(b, a) / b;

    /// <summary>-a.</summary>
    public static Variable operator -(Variable a) => a * -1f;

    /// <summary>The matrix product of this (n,i) with w (i,o).</summary>
    /// <exception cref="ArgumentException">The columns of this are not as many as the rows of w, or the devices differ.</exception>
    public Variable MatMul(Variable w) => Operations.MatMul.Apply(this, w);

    /// <summary>
    /// Limits values to the range from min to max. As in PyTorch the derivative is 1 in that range, both limits included, and 0 outside.
    /// </summary>
    /// <exception cref="ArgumentException">min is above max, or one is NaN.</exception>
    public Variable Clamp(float min = float.NegativeInfinity, float max = float.PositiveInfinity) => Operations.Clamp.Apply(this, min, max);

    /// <summary>max(x, 0); its derivative at 0 is 0.</summary>
    public Variable Relu() => Elementwise<Relu>.Apply(this);

    /// <summary>x where positive, x/100 elsewhere.</summary>
    public Variable LeakyRelu() => Elementwise<LeakyRelu>.Apply(this);

    /// <summary>tanh x.</summary>
    public Variable Tanh() => Elementwise<Tanh>.Apply(this);

    /// <summary>1 / (1 + e⁻ˣ); the binary cross-entropy of the result is computed from this variable.</summary>
    public Variable Sigmoid() => Elementwise<Sigmoid>.Apply(this);

    /// <summary>x / (1 + e⁻ˣ).</summary>
    public Variable Silu() => Elementwise<Silu>.Apply(this);

    /// <summary>x·Φ(x) with Φ the standard normal distribution.</summary>
    public Variable Gelu() => Elementwise<Gelu>.Apply(this);

    /// <summary>x, or eˣ - 1 where negative.</summary>
    public Variable Elu() => Elementwise<Elu>.Apply(this);

    /// <summary>eˣ.</summary>
    public Variable Exp() => Elementwise<Exp>.Apply(this);

    /// <summary>ln x.</summary>
    public Variable Log() => Elementwise<Log>.Apply(this);

    /// <summary>ln(1 + eˣ).</summary>
    public Variable Softplus() => Elementwise<Softplus>.Apply(this);

    /// <summary>eˣ divided by its sum over the row.</summary>
    public Variable Softmax() => Operations.Softmax.Apply(this);

    /// <summary>The sum of all elements (1,1).</summary>
    public Variable Sum() => Reduction.Apply(this, 1);

    /// <summary>The mean of all elements (1,1).</summary>
    public Variable Mean() => Reduction.Apply(this, Length);

    /// <summary>Rows and columns exchanged.</summary>
    public Variable Transpose() => Transposition.Apply(this);

    /// <summary>The same values, row-major, as rows × columns; they share this variable's memory.</summary>
    /// <exception cref="ArgumentException">rows · columns is not Length.</exception>
    public Variable Reshape(int rows, int columns)
    {
        if (rows < 1 || columns < 1 || (long)rows * columns != Length)
            throw new ArgumentException($"Reshape: {Shape} holds {Length} values, {rows} × {columns} takes {(long)rows * columns}");
        return Slice.Apply(this, 0, rows, columns);
    }

    /// <summary>Row j (1, columns); it shares this variable's memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public Variable Row(int j)
    {
        if ((uint)j >= (uint)Rows) throw new ArgumentOutOfRangeException(nameof(j), j, $"Row: a variable {Shape} has rows 0 to {Rows - 1}");
        return Slice.Apply(this, j * Columns, 1, Columns);
    }

    static Variable Constant(Variable beside, float value)
    {
        ArgumentNullException.ThrowIfNull(beside);
        using DeviceUse use = beside.Device.Use();
        DeviceSpan one = beside.Device.Pool.Take(1);
        beside.Device.Fill(one, value);
        return new Variable(one, 1, 1);
    }
}
