namespace GpuMlp.Cli.Shell;

/// <summary>Which version of gpumlp this is.</summary>
static class ProgramVersion
{
    /// <summary>The version without the build's own suffix.</summary>
    public static string Text { get; } = typeof(ProgramVersion).Assembly.GetName().Version!.ToString(3);
}
