using System.Net.WebSockets;
using System.Text;

namespace GpuMlp.Web;

/// <summary>Carries messages between a page and what stands behind it, until one of the two ends.</summary>
sealed class PageSocket(WebSocket socket, CancellationTokenSource closing)
{
    const int Part = 64 << 10;

    /// <summary>Opens a page and serves it; whatever happens, the page's work has ended after it.</summary>
    public async Task RunAsync(Func<IPage> open)
    {
        IPage page;
        try
        {
            page = open();
        }
        catch (Exception e) when (e is IOException or OutOfMemoryException)
        {
            await CloseAsync(WebSocketCloseStatus.InternalServerError, e.Message);
            return;
        }
        try
        {
            Task sending = SendAsync(page), receiving = ReceiveAsync(page);
            await Task.WhenAny(sending, receiving);
            await closing.CancelAsync();
            await Task.WhenAll(sending, receiving);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // the page is gone
        }
        finally
        {
            page.Dispose();
        }
    }

    async Task SendAsync(IPage page)
    {
        await foreach (byte[] message in page.Outgoing.ReadAllAsync(closing.Token))
            await socket.SendAsync(message, WebSocketMessageType.Binary, true, closing.Token);
    }

    async Task ReceiveAsync(IPage page)
    {
        var part = new byte[Part];
        while (socket.State == WebSocketState.Open)
        {
            using var message = new MemoryStream();
            ValueWebSocketReceiveResult got;
            do
            {
                got = await socket.ReceiveAsync(part.AsMemory(), closing.Token);
                if (got.MessageType == WebSocketMessageType.Close)
                {
                    await CloseAsync(WebSocketCloseStatus.NormalClosure, "");
                    return;
                }
                int most = got.MessageType == WebSocketMessageType.Text ? IPage.LongestText : IPage.LongestFile;
                if (message.Length + got.Count > most)
                {
                    await CloseAsync(WebSocketCloseStatus.MessageTooBig, FormattableString.Invariant($"at most {most:N0} bytes are taken"));
                    return;
                }
                message.Write(part, 0, got.Count);
            }
            while (!got.EndOfMessage);
            await page.ReceiveAsync(message.ToArray(), got.MessageType == WebSocketMessageType.Binary, closing.Token);
        }
    }

    async Task CloseAsync(WebSocketCloseStatus status, string why)
    {
        const int Longest = 120;                                   // bytes of a reason
        if (Encoding.UTF8.GetByteCount(why) > Longest) why = why[..(Longest / 4)] + "…";
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            await socket.CloseOutputAsync(status, why, closing.Token);
    }
}
