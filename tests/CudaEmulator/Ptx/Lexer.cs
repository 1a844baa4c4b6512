namespace CudaEmulator.Ptx;

/// <summary>Cuts a module's text into tokens.</summary>
static class Lexer
{
    /// <summary>The tokens of a text.</summary>
    /// <exception cref="PtxError">PTX does not have a character of the text, or a comment does not end.</exception>
    public static List<Token> Tokens(string text)
    {
        var tokens = new List<Token>();
        int line = 1;
        for (int i = 0; i < text.Length;)
        {
            char c = text[i];
            if (c == '\n') line++;
            if (char.IsWhiteSpace(c))
            {
                i++;
            }
            else if (c == '/' && i + 1 < text.Length && text[i + 1] == '/')
            {
                while (i < text.Length && text[i] != '\n') i++;
            }
            else if (c == '/' && i + 1 < text.Length && text[i + 1] == '*')
            {
                int end = text.IndexOf("*/", i + 2, StringComparison.Ordinal);
                if (end < 0) throw new PtxError(line, "a comment does not end");
                line += text.AsSpan(i, end - i).Count('\n');
                i = end + 2;
            }
            else
            {
                i += Add(tokens, text, i, line);
            }
        }
        tokens.Add(new(TokenKind.End, "end of the module", line));
        return tokens;
    }

    static int Add(List<Token> tokens, string text, int start, int line)
    {
        char c = text[start];
        int end = start + 1;
        TokenKind kind;
        if (char.IsAsciiLetter(c) || c is '_' or '$' or '%' or '.') kind = TokenKind.Word;
        else if (char.IsAsciiDigit(c)) kind = TokenKind.Number;
        else if ("()[]{}<>,;:+-@!=|".Contains(c)) kind = TokenKind.Symbol;
        else throw new PtxError(line, $"unexpected character '{c}'");
        if (kind != TokenKind.Symbol)
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '$' or '.')) end++;
        tokens.Add(new(kind, text[start..end], line));
        return end - start;
    }
}
