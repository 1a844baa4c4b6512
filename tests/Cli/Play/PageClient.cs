using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace GpuMlp.Tests.Cli.Play;

/// <summary>Talks to gpumlp play as its page does.</summary>
sealed class PageClient : IDisposable
{
    readonly ClientWebSocket socket = new();

    /// <summary>A message of the program: its head, and the numbers behind it.</summary>
    public sealed record Message(JsonElement Head, byte[] Numbers)
    {
        public string Kind => Head.GetProperty("kind").GetString()!;

        /// <summary>A part of the numbers.</summary>
        public ReadOnlySpan<byte> this[string name]
        {
            get
            {
                JsonElement part = Head.GetProperty("parts").EnumerateArray().Single(part => part.GetProperty("name").GetString() == name);
                return Numbers.AsSpan(part.GetProperty("at").GetInt32(), part.GetProperty("length").GetInt32());
            }
        }

        public bool Has(string name) => Head.GetProperty("parts").EnumerateArray().Any(part =>
            part.GetProperty("name").GetString() == name);
    }

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public static string Cookie(PlayProcess play) => $"gpumlp-{play.Root.Port}={play.Token}";

    /// <summary>Opens a page's connection.</summary>
    public static async Task<PageClient> OpenAsync(PlayProcess play, string? cookie = null, string? origin = null)
    {
        var client = new PageClient();
        client.socket.Options.SetRequestHeader("Cookie", cookie ?? Cookie(play));
        client.socket.Options.SetRequestHeader("Origin", origin ?? $"http://{play.Root.Authority}");
        try
        {
            await client.socket.ConnectAsync(new Uri($"ws://{play.Root.Authority}/socket"), Token);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public WebSocketState State => socket.State;

    public Task SendAsync(object message) => SendTextAsync(JsonSerializer.Serialize(message));

    public Task SendTextAsync(string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, Token);

    public Task SendBytesAsync(byte[] bytes, bool isEnd = true) => socket.SendAsync(bytes, WebSocketMessageType.Binary, isEnd, Token);

    /// <summary>Drops a file on the page.</summary>
    public Task DropAsync(string name, object config, string text)
    {
        byte[] head = JsonSerializer.SerializeToUtf8Bytes(new { name, config }), body = Encoding.UTF8.GetBytes(text);
        var length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, head.Length);
        return SendBytesAsync([.. length, .. head, .. body]);
    }

    /// <summary>The next message; null when the program has closed the connection.</summary>
    public async Task<Message?> NextAsync()
    {
        using var whole = new MemoryStream();
        var part = new byte[1 << 16];
        while (true)
        {
            WebSocketReceiveResult got = await socket.ReceiveAsync(part, Token);
            if (got.MessageType == WebSocketMessageType.Close) return null;
            whole.Write(part, 0, got.Count);
            if (!got.EndOfMessage) continue;
            byte[] bytes = whole.ToArray();
            int length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            var message = new Message(JsonDocument.Parse(bytes.AsMemory(4, length)).RootElement, bytes[(4 + length)..]);
            if (message.Kind == "frame") await SendAsync(new { type = "seen" });
            return message;
        }
    }

    /// <summary>The next message of a kind that a condition holds for.</summary>
    public async Task<Message> WaitAsync(string kind, Func<Message, bool>? condition = null)
    {
        for (int k = 0; k < 10_000; k++)
        {
            Message message = await NextAsync() ?? throw new InvalidOperationException($"closed: {socket.CloseStatusDescription}");
            if (message.Kind == kind && condition?.Invoke(message) != false) return message;
            if (message.Kind == "error" && kind != "error") Assert.Fail(message.Head.GetProperty("text").GetString());
        }
        throw new TimeoutException($"no {kind}");
    }

    /// <summary>The sentence that the program answers with.</summary>
    public async Task<string> ErrorAsync() => (await WaitAsync("error")).Head.GetProperty("text").GetString()!;

    /// <summary>Whether the program answers the last message with a sentence, and does not do what it asks for.</summary>
    public async Task<bool> IsRefusedAsync()
    {
        while (true)
        {
            Message message = await NextAsync() ?? throw new InvalidOperationException($"closed: {socket.CloseStatusDescription}");
            if (message.Kind is "error" or "config" or "file") return message.Kind == "error";
        }
    }

    /// <summary>Makes steps, and waits until the page shows that they are made.</summary>
    public async Task<Message> StepsAsync(int count, int upTo)
    {
        await SendAsync(new { type = "steps", count });
        return await WaitAsync("frame", frame => frame.Head.GetProperty("step").GetInt32() == upTo
            && !frame.Head.GetProperty("playing").GetBoolean());
    }

    public async Task<byte[]> SaveAsync(string what)
    {
        await SendAsync(new { type = "save", what });
        return (await WaitAsync("file"))["bytes"].ToArray();
    }

    public void Dispose() => socket.Dispose();
}
