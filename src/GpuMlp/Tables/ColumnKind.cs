namespace GpuMlp.Tables;

/// <summary>What a column's fields are read as.</summary>
enum ColumnKind
{
    /// <summary>Numbers, if all of them are, else texts.</summary>
    Guess,

    /// <summary>Numbers alone.</summary>
    Number,

    /// <summary>Texts.</summary>
    Text,

    /// <summary>Not at all.</summary>
    Skip,
}
