using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace GpuMlp.Tests.Cli.Play;

/// <summary>Requests that are not the page's are refused one and all, and the page that is open goes on.</summary>
public sealed class HostileTests : IDisposable
{
    readonly PlayProcess play = new();

    public void Dispose() => play.Dispose();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    // sends bytes as they are and returns the status, or 0 where the connection was closed without an answer
    async Task<int> AskAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, play.Root.Port, Token);
        NetworkStream stream = client.GetStream();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), Token);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            string? line = await reader.ReadLineAsync(Token);
            return line?.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) == true ? int.Parse(line.Split(' ')[1]) : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    string Request(string path, string method = "GET", string? host = null, string? cookie = null, string more = "") =>
        $"{method} {path} HTTP/1.1\r\nHost: {host ?? play.Root.Authority}\r\nCookie: "
            + $"{cookie ?? PageClient.Cookie(play)}\r\nConnection: close\r\n{more}\r\n";

    [Fact]
    public async Task EachIsRefusedAndAnotherPageGoesOn()
    {
        using PageClient page = await PageClient.OpenAsync(play);
        await page.StepsAsync(100, 100);
        string authority = play.Root.Authority, cookieName = $"gpumlp-{play.Root.Port}";
        Assert.Equal(200, await AskAsync(Request("/")));
        var refused = new List<(string Request, int Status)>();
        foreach (string token in (string[])["", "0", play.Token[..^1], play.Token + "0", new string('f', 32), "%00", "../../x"])
        {
            refused.Add((Request("/", cookie: $"{cookieName}={token}"), 403));
            refused.Add((Request($"/?token={token}", cookie: "a=b"), 403));
            refused.Add((Request("/main.js", cookie: $"gpumlp={token}"), 403));
        }
        foreach (string host in (string[])["evil.example", $"evil.example:{play.Root.Port}", "127.0.0.1:1", "127.0.0.1", "[::1]",
            $"0.0.0.0:{play.Root.Port}",
            $"127.0.0.1.evil.example:{play.Root.Port}", $"2130706433.example:{play.Root.Port}"])
        {
            refused.Add((Request("/", host: host), 421));
            refused.Add((Request($"/?token={play.Token}", host: host), 421));
            refused.Add((Request("/socket", host: host), 421));
        }
        foreach (string origin in (string[])["http://evil.example", "null", $"https://{authority}", $"http://localhost:{play.Root.Port}",
            "http://127.0.0.1:1"])
        {
            refused.Add((Request("/", more: $"Origin: {origin}\r\n"), 403));
            refused.Add((Request("/socket",
                more: $"Origin: {origin}\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                    + $"AAAAAAAAAAAAAAAAAAAAAA==\r\n"), 403));
        }
        foreach (string path in (string[])["/../../etc/passwd", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd",
            "/etc/passwd",
            "/main.js.map", "/.git/config", "/GpuMlp.Web.dll", "/\\..\\windows", "/index.html%00", "/INDEX.HTML", "/socket/",
                "/style.css/"])
            refused.Add((Request(path), 404));
        foreach (string method in (string[])["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
        {
            refused.Add((Request("/", method), 405));
            refused.Add((Request("/upload", method, more: "Content-Length: 1000000000\r\n"), 405));
        }
        refused.Add((Request("/", more: "Content-Length: 1000000000\r\n"), 413));
        refused.Add((Request("/", more: "Transfer-Encoding: chunked\r\n"), 413));
        refused.Add((Request("/socket", more: $"Origin: http://{authority}\r\n"), 400));
        foreach (string malformed in (string[])["\0\0\0\0\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
            $"GET / HTTP/1.1\r\nHost: {authority}\r\nHost: b\r\n\r\n",
            $"GET / HTTP/1.1\r\nHost: {authority}\r\nContent-Length: -1\r\n\r\n",
                $"GET {new string('a', 20_000)} HTTP/1.1\r\nHost: {authority}\r\n\r\n",
            $"GET / HTTP/1.1\r\nHost: {authority}\r\nA: {new string('a', 40_000)}\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"])
            refused.Add((malformed, 0));
        foreach ((string request, int status) in refused)
        {
            int found = await AskAsync(request);
            if (status == 0 ? found is 0 or >= 400 : found == status || (status == 404 && found == 400)) continue;
            Assert.Fail($"{found} and not {status}: {request[..Math.Min(200, request.Length)]}");
        }
        Assert.True(refused.Count > 70);
        await page.StepsAsync(100, 200);
    }

    [Fact]
    public async Task MalformedMessagesAreSentencesOrTheEndOfThatPageAlone()
    {
        using PageClient page = await PageClient.OpenAsync(play);
        await page.StepsAsync(100, 100);
        using PageClient hostile = await PageClient.OpenAsync(play);
        await hostile.WaitAsync("frame");
        string deep = new('[', 5000);
        foreach (string text in (string[])["", "x", "[]", "1", "null", "\"play\"", "{}", "{\"type\":1}", "{\"type\":\"nonsense\"}", deep,
            "{\"type\":\"steps\",\"count\":-1}",
            "{\"type\":\"steps\",\"count\":1e99}", "{\"type\":\"view\"}", "{\"type\":\"view\",\"side\":100000}",
                "{\"type\":\"view\",\"side\":128,\"window\":\"0:1\"}",
            "{\"type\":\"view\",\"side\":128,\"window\":\"1:0,0:1\"}", "{\"type\":\"config\"}", "{\"type\":\"config\",\"config\":7}",
                "{\"type\":\"save\",\"what\":\"../../etc/passwd\"}",
            "{\"type\":\"open\",\"text\":\"{}\"}", "{\"type\":\"mosaic\",\"count\":65}", "{\"type\":\"speed\",\"perSecond\":-5}"])
        {
            await hostile.SendTextAsync(text);
            Assert.NotEqual("", await hostile.ErrorAsync());
        }
        foreach (byte[] bytes in (byte[][])[[], [1], [255, 255, 255, 255], [255, 255, 255, 127, 1], [0, 0, 0, 0, 5],
            [4, 0, 0, 0, 1, 2, 3, 4], [2, 0, 0, 0, 0x7B, 0x7D]])
        {
            await hostile.SendBytesAsync(bytes);
            Assert.NotEqual("", await hostile.ErrorAsync());
        }
        await hostile.StepsAsync(1, 1);                            // after all that it is still a page
        long before = play.Memory;
        try
        {
            var part = new byte[1 << 20];
            for (int k = 0; k < 1000 && hostile.State == WebSocketState.Open; k++)       // 1 GB
                await hostile.SendBytesAsync(part, isEnd: false);
        }
        catch (Exception e) when (e is WebSocketException or IOException)
        {
            // closed in the middle of it
        }
        Assert.InRange(play.Memory - before, long.MinValue, 200L << 20);
        await page.StepsAsync(100, 200);
    }

    [Fact]
    public async Task ManySocketsAreNotServedAndClosedPagesMakeRoom()
    {
        using PageClient page = await PageClient.OpenAsync(play);
        await page.StepsAsync(100, 100);
        var sockets = new List<TcpClient>();
        for (int k = 0; k < 1000; k++)
        {
            var client = new TcpClient();
            sockets.Add(client);
            try { await client.ConnectAsync(IPAddress.Loopback, play.Root.Port, Token).AsTask().WaitAsync(TimeSpan.FromSeconds(1), Token); }
            catch (Exception e) when (e is SocketException or TimeoutException) { break; }
        }
        await page.StepsAsync(100, 200);
        foreach (TcpClient client in sockets) client.Dispose();
        for (int k = 0; k < 100 && await AskAsync(Request("/")) != 200; k++)             // until all are seen to be gone
            await Task.Delay(200, Token);
        for (int round = 0; round < 3; round++)
        {
            var pages = new List<PageClient>();
            for (int k = 0; k < 20; k++)
            {
                try { pages.Add(await PageClient.OpenAsync(play)); }
                catch (WebSocketException) { break; }
            }
            Assert.InRange(pages.Count, 1, 7);
            foreach (PageClient one in pages) one.Dispose();
            await Task.Delay(500, Token);
        }
        await page.StepsAsync(100, 300);
    }

    [Fact]
    public async Task TheAddressGivesACookieThatOnlyThisSiteSends()
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
        using HttpResponseMessage answer = await client.GetAsync(play.Address, Token);
        Assert.Equal((HttpStatusCode.Redirect, "/"), (answer.StatusCode, answer.Headers.Location?.OriginalString));
        string cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie")).ToLowerInvariant();
        Assert.All((string[])["httponly", "samesite=strict", "path=/"], part => Assert.Contains(part, cookie));
        string policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy);
        Assert.DoesNotContain("unsafe", policy);
    }

    [Fact]
    public void APortThatIsTakenIsASentence()
    {
        Gpumlp.Outcome outcome = Gpumlp.Run($"play --no-browser --port {play.Root.Port}");
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Out));
        Assert.StartsWith($"gpumlp: --port {play.Root.Port}: cannot be taken on 127.0.0.1: another program may have it", outcome.Error);
    }

    [Theory]
    [InlineData("--port 70000", "--port 70000: a port is a whole number from 0 to 65535")]
    [InlineData("--port x", "--port x: a port is a whole number")]
    [InlineData("--listen here", "--listen here: an address is needed")]
    [InlineData("--listen 203.0.113.7", "--listen 203.0.113.7: cannot be listened on")]
    public void WhatCannotBeListenedOnIsASentence(string options, string sentence)
    {
        Gpumlp.Outcome outcome = Gpumlp.Run($"play --no-browser {options}");
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith($"gpumlp: {sentence}", outcome.Error);
        Assert.Single(outcome.ErrorLines);
    }
}
