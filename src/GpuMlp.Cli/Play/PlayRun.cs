using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using GpuMlp.Cli.Shell;
using GpuMlp.Web;

namespace GpuMlp.Cli.Play;

/// <summary>One execution of the verb play: serves pages until a signal comes.</summary>
sealed class PlayRun(IPAddress address, int port, bool browser)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Serves pages.</summary>
    /// <exception cref="UsageException">The port or the address cannot be taken.</exception>
    public int Execute(Interruption interruption)
    {
        PlayServer server = Start();
        try
        {
            Terminal.Print(server.Address);
            if (!IPAddress.IsLoopback(address))
                Terminal.Error($"listening on {address}: whoever reaches this machine there and has that address may use the page, "
                    + "and others on the way can read it");
            if (browser) OpenBrowser(server.AddressHere);
            interruption.Begin("the pages are closed");
            interruption.Token.WaitHandle.WaitOne();
        }
        finally
        {
            server.DisposeAsync().AsTask().Wait(Patience);
        }
        return interruption.ExitCode;
    }

    PlayServer Start()
    {
        try
        {
            return PlayServer.StartAsync(address, port, () => new Page()).GetAwaiter().GetResult();
        }
        catch (IOException e)
        {
            string why = $"cannot be taken on {address}: another program may have it; --port 0 takes a free one";
            throw UsageException.For("port", $"{port}", why, e);
        }
        catch (System.Net.Sockets.SocketException e)
        {
            throw UsageException.For("listen", $"{address}", $"cannot be listened on with port {port}: {e.Message}", e);
        }
    }

    static void OpenBrowser(string page)
    {
        try
        {
            using Process? started = OperatingSystem.IsWindows() ? Process.Start(new ProcessStartInfo(page) { UseShellExecute = true })
                : Process.Start(new ProcessStartInfo(OperatingSystem.IsMacOS() ? "open" : "xdg-open", [page])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                });
        }
        catch (Exception e) when (e is Win32Exception or IOException or PlatformNotSupportedException)
        {
            Terminal.Error("no browser could be opened: open the address yourself");
        }
    }
}
