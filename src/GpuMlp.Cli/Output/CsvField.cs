namespace GpuMlp.Cli.Output;

/// <summary>Fields of CSV.</summary>
static class CsvField
{
    /// <summary>A text as a field: between quotes where it would be taken for something else.</summary>
    public static string Of(string text) =>
        text.Length > 0 && text.AsSpan().IndexOfAny(",\"\r\n") < 0 && text.Trim().Length == text.Length && !text.StartsWith('#')
            ? text : $"\"{text.Replace("\"", "\"\"")}\"";
}
