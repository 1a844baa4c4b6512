namespace GpuMlp.Cli;

/// <summary>The user asked for something that cannot be: one line that names the option or file, the value, and what is allowed.</summary>
sealed class UsageException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>A message about an option's value.</summary>
    public static UsageException For(string option, string? value, string allowed, Exception? cause = null) =>
        new($"--{option} {(string.IsNullOrEmpty(value) ? "''" : value)}: {allowed}", cause);
}
