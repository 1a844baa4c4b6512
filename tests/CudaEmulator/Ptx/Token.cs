namespace CudaEmulator.Ptx;

enum TokenKind { Word, Number, Symbol, End }

/// <summary>A word with its dots (ld.param.b32, %tid.x), a number, or one character; and its line in the text.</summary>
readonly record struct Token(TokenKind Kind, string Text, int Line)
{
    public bool Is(char symbol) => Kind == TokenKind.Symbol && Text[0] == symbol;
}
