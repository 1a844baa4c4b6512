namespace GpuMlp.Cli.Shell;

/// <summary>A wrong request of the user: its message is one line that names the option or file, the value, and what is allowed.</summary>
sealed class UsageException(string message, Exception? cause = null) : Exception(message, cause)
{
    // values that are paths are not cut: the end of a path says most
    static readonly string[] paths = ["data", "config", "out", "validation", "test", "resume"];

    /// <summary>A message about an option's value.</summary>
    public static UsageException For(string option, string? value, string allowed, Exception? cause = null) =>
        new($"--{option} {(string.IsNullOrEmpty(value) ? "''" : paths.Contains(option) ? value : Cut(value))}: {allowed}", cause);

    /// <summary>The message of an exception about an argument, without the parameter's name in the code.</summary>
    public static string Plain(ArgumentException e) =>
        e.ParamName is null ? e.Message : e.Message.Replace($" (Parameter '{e.ParamName}')", "");

    /// <summary>A value as messages show it: 60 characters at most.</summary>
    public static string Cut(string value) => value.Length > 60 ? $"{value.AsSpan(0, 59)}…" : value;
}
