using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using GpuMlp.Tests.Architecture;

namespace GpuMlp.Tests.Cli.Sweep;

/// <summary>A manifest of Kubernetes as fields and values, and what is wrong with it by the table of a batch/v1 Job's fields.</summary>
static partial class Manifest
{
    /// <summary>The fields of a manifest in block style: spec.template.spec.containers[].name, and so on.</summary>
    public static List<(string Path, string Value)> Fields(string yaml)
    {
        var fields = new List<(string, string)>();
        var open = new Stack<(int Indent, string Path)>();
        foreach (string line in yaml.Split('\n').Where(line => line.Trim().Length > 0 && line.TrimStart()[0] != '#'))
        {
            Assert.DoesNotContain('\t', line);
            int indent = line.Length - line.TrimStart().Length;
            string rest = line.Trim();
            while (open.Count > 0 && open.Peek().Indent >= indent) open.Pop();
            string path = open.Count > 0 ? open.Peek().Path : "";
            if (rest.StartsWith("- ", StringComparison.Ordinal))
            {
                path += "[]";
                open.Push((indent, path));
                (indent, rest) = (indent + 2, rest[2..]);
            }
            Match field = Field().Match(rest);
            if (!field.Success)
            {
                fields.Add((path, Scalar(rest)));
                continue;
            }
            string name = path.Length == 0 ? field.Groups[1].Value : $"{path}.{field.Groups[1].Value}";
            if (field.Groups[2].Value.Length > 0) fields.Add((name, Scalar(field.Groups[2].Value)));
            else open.Push((indent, name));
        }
        return fields;
    }

    /// <summary>Fields that a Job does not have, values that they do not take, and required fields that are missing.</summary>
    public static IEnumerable<string> Wrong(List<(string Path, string Value)> fields)
    {
        string[][] table = [.. File.ReadAllLines(Path.Combine(Project.Root().FullName, "tests/Cli/Sweep/batch-v1-job.txt"))
            .Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        foreach ((string path, string value) in fields)
        {
            string[]? row = table.FirstOrDefault(row => row[0] == path || (row[0].EndsWith(".*", StringComparison.Ordinal)
                && path.StartsWith(row[0][..^1], StringComparison.Ordinal)));
            if (row is null) yield return $"{path} is no field of a Job";
            else if (!Takes(row[1], value)) yield return $"{path}: {value} is no {row[1]}";
        }
        foreach (string[] row in table.Where(row => row is [_, _, "required"]))
        {
            // a part that is there has all that is required of it
            string part = row[0][..Math.Max(0, row[0].LastIndexOf('.'))];
            bool isThere = part.Length == 0 || fields.Exists(field => field.Path.StartsWith(part, StringComparison.Ordinal));
            if (isThere && !fields.Exists(field => field.Path.StartsWith(row[0], StringComparison.Ordinal)))
                yield return $"{row[0]} is missing";
        }
    }

    static bool Takes(string type, string value) => type switch
    {
        "int" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
        "string" => value.Length > 0,
        "name" => Name().IsMatch(value),
        "quantity" => Quantity().IsMatch(value),
        "path" => value.StartsWith('/') && !value.Contains(':'),
        _ => type.Split('|').Contains(value),
    };

    static string Scalar(string text) => text[0] == '"' ? JsonSerializer.Deserialize<string>(text)! : text.Trim('[', ']');

    [GeneratedRegex(@"^([A-Za-z][A-Za-z0-9./-]*):(?: (.+))?$")]
    private static partial Regex Field();

    [GeneratedRegex(@"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
    private static partial Regex Name();

    [GeneratedRegex(@"^\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$")]
    private static partial Regex Quantity();
}
