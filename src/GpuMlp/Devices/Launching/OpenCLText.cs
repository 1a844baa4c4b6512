using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ILGPU.Backends.OpenCL;

namespace GpuMlp.Devices.Launching;

/// <summary>Changes the OpenCL C that ILGPU writes so that drivers accept it that follow the specification to the letter.</summary>
static partial class OpenCLText
{
    /// <summary>The kernel's text for a device with that version of OpenCL C. A portable text stays as it is.</summary>
    /// <remarks>
    /// Three things are changed. First, structs get no padding after their last field. Mesa's rusticl counts an argument's bytes without
    /// the padding that C adds there, while ILGPU passes the struct with it; without padding the two agree. Second,
    /// <c>work_group_barrier</c> exists only from OpenCL C 2.0 on; before that the same barrier is called <c>barrier</c>. Third, ILGPU's
    /// barriers order accesses to global memory only; they get to order those to what a group shares, too.
    /// </remarks>
    internal static string Portable(string text, CLCVersion version)
    {
        var layouts = new Dictionary<string, Layout>();
        text = Structs().Replace(text, match => Padded(match, layouts));
        text = GlobalFences().Replace(text, "$0 | CLK_LOCAL_MEM_FENCE");
        bool lacksName = version < new CLCVersion(2, 0) && text.Contains(NewBarrier, StringComparison.Ordinal);
        return lacksName && !text.StartsWith(OldBarrier, StringComparison.Ordinal) ? OldBarrier + text : text;
    }

    /// <summary>For each struct of a text its name and the number of bytes that C adds after its last field.</summary>
    internal static IEnumerable<(string Name, int Bytes)> TailPadding(string text)
    {
        var layouts = new Dictionary<string, Layout>();
        foreach (Match match in Structs().Matches(text))
            if (Measure(match, layouts) is Layout layout) yield return (match.Groups["name"].Value, layout.Padding);
    }

    const string NewBarrier = "work_group_barrier";
    const string OldBarrier = $"#define {NewBarrier} barrier\n";

    /// <summary>
    /// The memory layout of a struct: the bytes up to the end of its last field, and the number that its size is a multiple of.
    /// </summary>
    readonly record struct Layout(int End, int Alignment)
    {
        internal int Padding => (Alignment - End % Alignment) % Alignment;
    }

    static string Padded(Match match, Dictionary<string, Layout> layouts)
    {
        if (Measure(match, layouts) is not Layout { Padding: > 0 } layout) return match.Value;
        layouts[match.Groups["name"].Value] = layout with { End = layout.End + layout.Padding };
        var fields = new StringBuilder(match.Value[..^"};".Length]);
        for (int k = 0; k < layout.Padding; k++) fields.Append("\tchar padding_").Append(k).Append(";\n");
        return fields.Append("};").ToString();
    }

    // null if a field's type is unknown here; the text then stays as ILGPU wrote it
    static Layout? Measure(Match match, Dictionary<string, Layout> layouts)
    {
        int end = 0, alignment = 1;
        foreach ((Capture type, Capture length) in match.Groups["type"].Captures.Zip(match.Groups["length"].Captures))
        {
            if (Field(type.Value, layouts) is not Layout field) return null;
            int count = length.Length == 0 ? 1 : int.Parse(length.ValueSpan[1..^1], CultureInfo.InvariantCulture);
            end = (end + field.Alignment - 1) / field.Alignment * field.Alignment + count * (field.End + field.Padding);
            alignment = Math.Max(alignment, field.Alignment);
        }
        var layout = new Layout(end, alignment);
        layouts[match.Groups["name"].Value] = layout;
        return layout;
    }

    static Layout? Field(string type, Dictionary<string, Layout> layouts) => type switch
    {
        "char" or "uchar" or "bool" => new(1, 1),
        "short" or "ushort" or "half" => new(2, 2),
        "int" or "uint" or "float" => new(4, 4),
        "long" or "ulong" or "double" => new(8, 8),
        _ when type.StartsWith("struct ", StringComparison.Ordinal) =>
            layouts.TryGetValue(type["struct ".Length..], out Layout nested) ? nested : null,
        _ when type.StartsWith("type_", StringComparison.Ordinal) => new(8, 8),        // ILGPU's name for a pointer
        _ => null,
    };

    // ILGPU fills a gap between two fields by an array, char __padding1[4]
    [GeneratedRegex(@"^struct (?<name>\w+)\r?\n\{\r?\n(?:\t(?<type>[\w ]+) \w+(?<length>(?:\[\d+\])?);\r?\n)*\};", RegexOptions.Multiline)]
    private static partial Regex Structs();

    // the fence of a barrier that orders nothing else yet
    [GeneratedRegex(@"\bwork_group_barrier\s*\(\s*CLK_GLOBAL_MEM_FENCE(?!\s*\|)")]
    private static partial Regex GlobalFences();
}
