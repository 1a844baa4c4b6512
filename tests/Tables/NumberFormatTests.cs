using System.Globalization;
using System.Text;
using GpuMlp.Tables;

namespace GpuMlp.Tests.Tables;

/// <summary>Numbers are read as .NET reads them, to the last bit, in float64 and in float32.</summary>
public class NumberFormatTests
{
    static readonly NumberFormat Plain = new((byte)'.', 0);

    [Fact]
    public void EveryNumberIsTheNearest()
    {
        var random = new Random(7);
        for (int k = 0; k < 200_000; k++)
        {
            string text = (k % 4) switch
            {
                0 => BitConverter.Int64BitsToDouble(random.NextInt64()).ToString("R", CultureInfo.InvariantCulture),
                1 => Decimals(random),
                2 => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)).ToString("R", CultureInfo.InvariantCulture),
                _ => Tie(random),
            };
            if (text.Contains("NaN") || text.Contains("Inf")) continue;
            byte[] bytes = Encoding.ASCII.GetBytes(text);
            Assert.True(Plain.TryParse(bytes, out double value), text);
            double expected = double.Parse(text, CultureInfo.InvariantCulture);
            Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(value));
            float single = float.Parse(text, CultureInfo.InvariantCulture);
            Assert.True(BitConverter.SingleToInt32Bits(single) == BitConverter.SingleToInt32Bits(Plain.ToFloat32(bytes, value)), text);
        }
    }

    static string Decimals(Random random)
    {
        string digits = random.NextInt64(0, (long)Math.Pow(10, random.Next(1, 19))).ToString(CultureInfo.InvariantCulture);
        int point = random.Next(digits.Length + 1);
        string sign = ((string[])["", "-", "+"])[random.Next(3)];
        string exponent = random.Next(3) == 0 ? $"{"eE"[random.Next(2)]}{random.Next(-320, 320)}" : "";
        return $"{sign}{digits[..point]}.{digits[point..]}{exponent}";
    }

    // just beside the middle between two float32
    static string Tie(Random random)
    {
        float low = MathF.ScaleB(1 + random.NextSingle(), random.Next(-20, 20));
        decimal middle = ((decimal)(double)low + (decimal)(double)MathF.BitIncrement(low)) / 2;
        return middle.ToString(CultureInfo.InvariantCulture) + ((string[])["", "0000000000000000000001", "0"])[random.Next(3)];
    }

    [Theory]
    [InlineData("1e400", double.PositiveInfinity)]
    [InlineData("-inf", double.NegativeInfinity)]
    [InlineData("Infinity", double.PositiveInfinity)]
    [InlineData("1805.", 1805)]
    [InlineData(".5", 0.5)]
    [InlineData("-0", -0.0)]
    public void UnusualFormsAreNumbers(string text, double value)
    {
        Assert.True(Plain.TryParse(Encoding.ASCII.GetBytes(text), out double read));
        Assert.Equal(value, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1.2.3")]
    [InlineData("1,5")]
    [InlineData("0x10")]
    [InlineData("1 2")]
    [InlineData("12%")]
    [InlineData("1\0")]
    [InlineData("e5")]
    public void OtherTextsAreNot(string text) => Assert.False(Plain.TryParse(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void GroupsAndCommasAreReadWhereTheFormatHasThem()
    {
        var format = new NumberFormat((byte)',', (byte)'.');
        Assert.True(format.TryParse("1.234.567,5"u8, out double value));
        Assert.Equal(1234567.5, value);
        Assert.True(format.TryParse("0,100000000000000000000000005"u8, out value));
        Assert.Equal(0.1, value);
        Assert.False(format.TryParse("1.234."u8, out _));
        foreach (string text in (string[])["1.23", "1.2345", "1234.567", "1.23.4", "1.2.345", "12.345.67,5"])
            Assert.False(format.TryParse(Encoding.ASCII.GetBytes(text), out _), text);
        Assert.True(format.TryParse("12.34.567"u8, out value));                 // as in India
        Assert.Equal(1234567, value);
        Assert.False(format.TryParse(".5"u8, out _));
    }
}
