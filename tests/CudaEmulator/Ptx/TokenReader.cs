using System.Globalization;

namespace CudaEmulator.Ptx;

/// <summary>Reads tokens one after another; an unexpected token is an error of the module, at its line.</summary>
sealed class TokenReader(List<Token> tokens)
{
    int position;

    public Token Next => tokens[position];

    public int Line => Next.Line;

    public bool AtEnd => Next.Kind == TokenKind.End;

    public Token Read() => AtEnd ? Next : tokens[position++];

    public bool TryRead(char symbol)
    {
        if (!Next.Is(symbol)) return false;
        position++;
        return true;
    }

    public bool TryRead(string word)
    {
        if (Next.Kind != TokenKind.Word || Next.Text != word) return false;
        position++;
        return true;
    }

    /// <summary>Whether the symbol comes after the next token.</summary>
    public bool IsFollowedBy(char symbol) => position + 1 < tokens.Count && tokens[position + 1].Is(symbol);

    public void Expect(char symbol)
    {
        if (!TryRead(symbol)) throw Unexpected($"'{symbol}'");
    }

    public void Expect(string word)
    {
        if (!TryRead(word)) throw Unexpected($"'{word}'");
    }

    public string Word(string what) => Next.Kind == TokenKind.Word ? Read().Text : throw Unexpected(what);

    public string Number(string what) => Next.Kind == TokenKind.Number ? Read().Text : throw Unexpected(what);

    /// <summary>A whole number that is neither negative nor larger than <paramref name="largest"/>.</summary>
    public int Count(string what, int largest)
    {
        int line = Line;
        string text = Number(what);
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) || value > largest)
            throw new PtxError(line, $"'{text}' is no {what} of at most {largest}");
        return value;
    }

    public PtxError Unexpected(string wanted) => new(Line, $"expected {wanted}, found '{Next.Text}'");
}
