namespace GpuMlp.Data;

/// <summary>What labels are taken for.</summary>
public enum LabelUse
{
    /// <summary>Texts, and numbers that are 0 or 1 or all of 0 to K - 1, are classes; other numbers are numbers.</summary>
    Automatic,

    /// <summary>Classes, whatever they are.</summary>
    Classes,

    /// <summary>Numbers.</summary>
    Numbers,
}
