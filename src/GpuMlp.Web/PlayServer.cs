using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GpuMlp.Web;

/// <summary>Serves the page and its sockets on one address. It reads no configuration and no file, and writes nothing.</summary>
sealed class PlayServer : IAsyncDisposable
{
    /// <summary>The most pages that are open at a time.</summary>
    public const int MostPages = 8;

    const int MostConnections = 200;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    readonly WebApplication application;
    readonly CancellationTokenSource stopping = new();
    readonly Func<IPage> open;
    readonly Guard guard;
    int pages;

    PlayServer(WebApplication application, Func<IPage> open, Guard guard)
    {
        (this.application, this.open, this.guard) = (application, open, guard);
    }

    /// <summary>The address to open, with its token.</summary>
    public string Address => $"{guard.Origin}/?token={guard.Token}";

    /// <summary>The address to open in a browser on this machine, which may not know its own name.</summary>
    public string AddressHere => $"{guard.OriginHere}/?token={guard.Token}";

    /// <summary>Begins to serve.</summary>
    /// <param name="address">The address to listen on.</param>
    /// <param name="port">The port; 0 for any that is free.</param>
    /// <param name="open">Makes what stands behind a page. Where it throws an <see cref="IOException"/>, the page shows its
    /// message.</param>
    /// <exception cref="IOException">The address or the port cannot be taken.</exception>
    public static async Task<PlayServer> StartAsync(IPAddress address, int port, Func<IPage> open)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxConcurrentConnections = MostConnections;
            server.Limits.MaxConcurrentUpgradedConnections = MostPages;
            server.Limits.MaxRequestBodySize = 0;
            server.Limits.MaxRequestHeadersTotalSize = 16 << 10;
            server.Limits.RequestHeadersTimeout = Patience;
            server.Limits.KeepAliveTimeout = Patience;
            server.Listen(address, port);
        });
        WebApplication application = builder.Build();
        var guard = new Guard(address, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), MachineNames.Read());
        var server = new PlayServer(application, open, guard);
        application.UseWebSockets();
        application.Run(server.Answer);
        try
        {
            await application.StartAsync();
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
        string bound = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        guard.Port = new Uri(bound).Port;
        return server;
    }

    async Task Answer(HttpContext context)
    {
        guard.AddHeaders(context.Response);
        if (guard.WhyNot(context.Request) is (int code, string why)) await Refuse(context, code, why);
        else if (guard.IsFirstVisit(context.Request))
        {
            guard.GiveCookie(context.Response);
            context.Response.Redirect("/");
        }
        else if (context.Request.Path == "/socket") await Socket(context);
        else if (PageFiles.Find(context.Request.Path.Value ?? "") is PageFiles.PageFile file)
        {
            context.Response.ContentType = file.Type;
            context.Response.ContentLength = file.Bytes.Length;
            if (context.Request.Method == "GET") await context.Response.Body.WriteAsync(file.Bytes);
        }
        else await Refuse(context, 404, "there is no such page");
    }

    async Task Socket(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await Refuse(context, 400, "this address is for the page's own connection");
            return;
        }
        if (Interlocked.Increment(ref pages) > MostPages)
        {
            Interlocked.Decrement(ref pages);
            await Refuse(context, 503, $"{MostPages} pages are open, which is the most: close one");
            return;
        }
        try
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            using var closing = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token, context.RequestAborted);
            await new PageSocket(socket, closing).RunAsync(open);
        }
        finally
        {
            Interlocked.Decrement(ref pages);
        }
    }

    static Task Refuse(HttpContext context, int code, string why)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync($"{why}\n");
    }

    /// <summary>Closes every page and ends serving.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await application.StopAsync(patience.Token);
        await application.DisposeAsync();
        stopping.Dispose();
    }

    /// <summary>Signals are the program's matter.</summary>
    sealed class NoLifetime : IHostLifetime
    {
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
