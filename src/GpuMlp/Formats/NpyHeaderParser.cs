using System.Text;

namespace GpuMlp.Formats;

/// <summary>Parses the dict of an .npy header strictly: three keys, once each, with a string, a boolean and a tuple of integers.</summary>
ref struct NpyHeaderParser(ReadOnlySpan<byte> text, string name)
{
    readonly ReadOnlySpan<byte> text = text;
    readonly string name = name;
    int at;

    public NpyHeader Parse()
    {
        string? descr = null;
        int[]? shape = null;
        bool? fortran = null;
        Expect('{');
        while (!TryTake('}'))
        {
            string key = String();
            Expect(':');
            if (key == "descr" && descr is null) descr = String();
            else if (key == "fortran_order" && fortran is null) fortran = Boolean();
            else if (key == "shape" && shape is null) shape = Tuple();
            else throw Malformed($"key {Quoted.Quote(key)} is unknown or comes twice; allowed are 'descr', 'fortran_order' and 'shape'");
            if (TryTake(',')) continue;
            Expect('}');
            break;
        }
        SkipSpaces();
        if (at != text.Length - 1 || text[at] != '\n') throw Expected("spaces and a final newline");
        if (descr is null || shape is null || fortran is null)
            throw Malformed("a key is missing; needed are 'descr', 'fortran_order' and 'shape'");
        return new NpyHeader(descr, fortran.Value, shape);
    }

    string String()
    {
        SkipSpaces();
        if (at == text.Length || text[at] is not ((byte)'\'' or (byte)'"')) throw Expected("a quoted string");
        byte quote = text[at++];
        int start = at;
        while (at < text.Length && text[at] != quote)
        {
            if (text[at] is < 0x20 or > 0x7E or (byte)'\\') throw Expected("printable ASCII without escapes");
            at++;
        }
        if (at == text.Length) throw Expected("a closing quote");
        return Encoding.ASCII.GetString(text[start..at++]);
    }

    bool Boolean()
    {
        SkipSpaces();
        bool value = text[at..].StartsWith("True"u8);
        if (!value && !text[at..].StartsWith("False"u8)) throw Expected("True or False");
        at += value ? "True".Length : "False".Length;
        return value;
    }

    int[] Tuple()
    {
        var sizes = new List<int>();
        bool comma = true;                                         // in Python (5) is a number and (5,) a tuple
        Expect('(');
        while (!TryTake(')'))
        {
            if (!comma) throw Expected("',' or ')'");
            sizes.Add(Integer());
            comma = TryTake(',');
            if (!comma && sizes.Count == 1) throw Expected("',' after the first dimension");
        }
        return [.. sizes];
    }

    int Integer()
    {
        SkipSpaces();
        int start = at;
        long value = 0;
        while (at < text.Length && char.IsAsciiDigit((char)text[at]))
        {
            value = value * 10 + (text[at++] - '0');
            if (value > int.MaxValue) throw Malformed($"a dimension is above {int.MaxValue}");
        }
        if (at == start) throw Expected("a dimension, 0 or more");
        if (text[start] == '0' && at > start + 1) throw Malformed("a dimension begins with 0");
        return (int)value;
    }

    void SkipSpaces() { while (at < text.Length && text[at] == ' ') at++; }

    bool TryTake(char token)
    {
        SkipSpaces();
        if (at == text.Length || text[at] != token) return false;
        at++;
        return true;
    }

    void Expect(char token) { if (!TryTake(token)) throw Expected($"'{token}'"); }

    readonly InvalidDataException Expected(string what)
    {
        string found = at == text.Length ? "its end" : text[at] is >= 0x20 and <= 0x7E ? $"'{(char)text[at]}'" : $"byte 0x{text[at]:X2}";
        return Malformed($"{what} expected, {found} found");
    }

    readonly InvalidDataException Malformed(string what) => new($"{name}: .npy header, byte {at}: {what}.");
}
