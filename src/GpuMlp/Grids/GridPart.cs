namespace GpuMlp.Grids;

/// <summary>
/// A part of the grids of some parameter sets whose values lie side by side: whole grids of several sets, whole rows of one grid, or some
/// columns of one row.
/// </summary>
/// <param name="FirstSet">The first parameter set.</param>
/// <param name="Sets">How many sets.</param>
/// <param name="FirstRow">The first row.</param>
/// <param name="Rows">How many rows of each grid.</param>
/// <param name="FirstColumn">The first column.</param>
/// <param name="Columns">How many columns of each row.</param>
readonly record struct GridPart(int FirstSet, int Sets, int FirstRow, int Rows, int FirstColumn, int Columns)
{
    /// <summary>The number of its points, over all sets.</summary>
    internal long Points => (long)Sets * Rows * Columns;

    /// <summary>Half the sets if there are several, else half the rows, else half the columns.</summary>
    internal (GridPart, GridPart) Halves()
    {
        if (Sets > 1)
            return (this with { Sets = Sets / 2 }, this with { FirstSet = FirstSet + Sets / 2, Sets = Sets - Sets / 2 });
        if (Rows > 1)
            return (this with { Rows = Rows / 2 }, this with { FirstRow = FirstRow + Rows / 2, Rows = Rows - Rows / 2 });
        GridPart rest = this with { FirstColumn = FirstColumn + Columns / 2, Columns = Columns - Columns / 2 };
        return (this with { Columns = Columns / 2 }, rest);
    }
}
