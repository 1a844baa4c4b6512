namespace GpuMlp.Kernels.Linear;

/// <summary>
/// An operand of a product. Where its terms are rows, as in B, its lines are columns; in A the lines are rows and the terms columns. The
/// element of a line and a term lies at line · LineStep + term · TermStep; where it is packed, see <see cref="PackPanels{TView}"/>.
/// </summary>
public readonly struct Operand<TView>(TView at, int lineStep, int termStep, int panelStep = 0) where TView : struct
{
    /// <summary>Where the element of line 0 and term 0 lies.</summary>
    public TView At { get; } = at;

    /// <summary>Floats from a line to the next.</summary>
    public int LineStep { get; } = lineStep;

    /// <summary>Floats from a term to the next.</summary>
    public int TermStep { get; } = termStep;

    /// <summary>Floats from a panel of lines to the next; 0 if the operand is not packed.</summary>
    public int PanelStep { get; } = panelStep;
}
