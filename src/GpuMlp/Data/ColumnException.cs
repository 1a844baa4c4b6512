namespace GpuMlp.Data;

/// <summary>A setting that names columns names none, or one that does not suit it.</summary>
/// <param name="setting">The name of the setting: Features, Ignore, Label or Derive of <see cref="ColumnOptions"/>.</param>
/// <param name="message">What is wrong, and what is allowed.</param>
public sealed class ColumnException(string setting, string message) : ArgumentException(message)
{
    /// <summary>The name of the setting.</summary>
    public string Setting => setting;
}
