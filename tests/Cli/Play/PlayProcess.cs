using System.Diagnostics;

namespace GpuMlp.Tests.Cli.Play;

/// <summary>A running gpumlp play, which is asked to end when it is disposed.</summary>
public sealed class PlayProcess : IDisposable
{
    readonly Process process;

    public PlayProcess() : this([])
    {
    }

    internal PlayProcess(Dictionary<string, string> environment, string options = "")
    {
        process = Gpumlp.Start($"play --no-browser {options}", environment);
        Address = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException(process.StandardError.ReadToEnd());
    }

    /// <summary>The printed address.</summary>
    public string Address { get; }

    /// <summary>The address without the token.</summary>
    public Uri Root => new(Address.Split('?')[0]);

    public string Token => Address.Split("token=")[1];

    /// <summary>How much memory the process has in use.</summary>
    public long Memory
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>How long the process has computed.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    public Process Process => process;

    public void Dispose()
    {
        if (!process.HasExited) Gpumlp.Interrupt(process);
        if (!process.WaitForExit(TimeSpan.FromSeconds(20))) process.Kill();
        process.Dispose();
    }
}
