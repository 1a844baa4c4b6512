using System.Text;
using GpuMlp.Data;
using GpuMlp.Tables;

namespace GpuMlp.Tests.Tables;

/// <summary>Numbers in other forms: the advice of the message, followed, reads them.</summary>
public class NumberAdviceTests
{
    static string Column(char separator, params string[] cells) =>
        $"a{separator}label\n{string.Concat(cells.Select((cell, k) => $"\"{cell}\"{separator}{k % 2}\n"))}";

    [Theory]
    [InlineData(';', "1.200,5", "2.300,25", "--decimal , --thousands .", 1200.5)]
    [InlineData(',', "0,200", "1,5", "--decimal ,", 0.2)]
    [InlineData(',', "10,229.10", "9,877.08", "--thousands ,", 10229.1)]
    [InlineData(';', "1 200", "2 300", "--thousands space", 1200)]
    [InlineData(';', "1\u00A0200", "12\u00A0300", "--thousands space", 1200)]
    [InlineData(';', "1\u202F200,5", "12\u202F300", "--decimal , --thousands space", 1200.5)]
    [InlineData(';', "1'200", "2'300.5", "--thousands quote", 1200)]
    [InlineData(',', "1_200", "2_300", "--thousands _", 1200)]
    public void AdviceThatIsFollowedReadsTheNumbers(char separator, string first, string second, string advice, double value)
    {
        byte[] text = Encoding.UTF8.GetBytes(Column(separator, first, second, first, second));
        var point = new TableReadOptions { Decimal = '.' };
        string message = Assert.Throws<InvalidDataException>(() => Fit(text, separator == ';' ? point : new())).Message;
        Assert.StartsWith($"t.csv:2:1: '{first}' in column 'a' is not a number", message);
        Assert.Contains($"; {advice} reads", message);
        string[] parts = advice.Split(' ');
        char? Given(string option) =>
            Array.IndexOf(parts, option) is >= 0 and int at ? TableReadOptions.ParseCharacter(parts[at + 1]) : null;
        DataTable table = Fit(text, new TableReadOptions { Decimal = Given("--decimal") ?? '.', Thousands = Given("--thousands") });
        Assert.Equal((value, false), (table.Columns[0].Number(0), table.Columns[0].IsText));
    }

    [Theory]
    [InlineData("1,234", "5,678", "--thousands , reads , between groups of digits, --decimal , reads a comma before decimals")]
    [InlineData("0,5", "0.25", "the column has decimals after points and after commas, and one of them is needed")]
    [InlineData("$1.50", "$2", "a number has no $ beside it")]
    [InlineData("5%", "7.5 %", "a number has no % beside it")]
    [InlineData("3,50 \u20AC", "4 \u20AC", "a number has no \u20AC beside it")]
    [InlineData("\u22125", "\u22127.5", "the minus of a number is -")]
    [InlineData("1'", "2'", null)]
    [InlineData("192.168.0.1", "192.168.0.2", null)]
    [InlineData("5kg", "7kg", null)]
    public void OtherSignsAreNamed(string first, string second, string? advice)
    {
        byte[] text = Encoding.UTF8.GetBytes(Column(',', first, second, first, second));
        if (advice is null) Assert.True(Fit(text, new()).Columns[0].IsText);
        else Assert.Contains($"; {advice}", Assert.Throws<InvalidDataException>(() => Fit(text, new())).Message);
    }

    [Theory]
    [InlineData("2024-01-05", "2024-02-17", "2023-12-24")]
    [InlineData("5.1.2024", "17.2.2024", "24.12.23")]
    [InlineData("01/05/2024 10:30", "02/17/2024 11:00", "12/24/2023 9:15")]
    [InlineData("10:30", "11:00", "09:15")]
    public void DatesAreNamed(params string[] dates)
    {
        DataTable table = DataTable.Read(new MemoryStream(Encoding.UTF8.GetBytes(Column(',', dates))), "t.csv");
        Assert.Contains("column a: dates are no numbers: days since the first one are; --ignore 'a' leaves the column out; "
            + "now each date is an input of 0 and 1", TablePreprocessor.Fit(table).Notes);
        string many = $"a,label\n{string.Concat(Enumerable.Range(0, 60).Select(k => $"2024-{k % 5 + 1:00}-{k % 12 + 1:00},{k % 2}\n"))}";
        string message = Assert.Throws<InvalidDataException>(() => Fit(Encoding.UTF8.GetBytes(many), new())).Message;
        Assert.Contains("t.csv:2:1: column 'a' (60) holds different texts", message);
        Assert.EndsWith("dates are no numbers: days since the first one are; --ignore 'a' leaves the column out", message);
    }

    static DataTable Fit(byte[] text, TableReadOptions options)
    {
        DataTable table = DataTable.Read(new MemoryStream(text), "t.csv", options);
        TablePreprocessor.Fit(table);
        return table;
    }
}
