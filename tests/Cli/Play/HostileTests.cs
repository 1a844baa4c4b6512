using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GpuMlp.Tests.Support;
using GpuMlp.Web;

namespace GpuMlp.Tests.Cli.Play;

/// <summary>Requests that are not the page's are refused one and all, and the page that is open goes on.</summary>
public sealed class HostileTests(PlayProcess play) : IClassFixture<PlayProcess>
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    // sends bytes as they are and returns the status, or 0 where the connection was closed without an answer, and what comes with it
    static async Task<(int Status, string Text)> AskAsync(PlayProcess play, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, play.Root.Port, Token);
        NetworkStream stream = client.GetStream();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), Token);
            var answer = new byte[1 << 16];
            string text = Encoding.Latin1.GetString(answer, 0, await stream.ReadAsync(answer, Token));
            return (text.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? int.Parse(text.Split(' ')[1]) : 0, text);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return (0, "");
        }
    }

    [Fact]
    public async Task EachIsRefusedAndAnotherPageGoesOn()
    {
        using var scratch = new ScratchFolder();
        const string Secret = "never to be read";
        File.WriteAllText(scratch.File("secret.txt"), Secret);
        using PageClient page = await PageClient.OpenAsync(play);
        await page.StepsAsync(100, 100);
        var hostile = new HostileRequests(play, scratch.File("secret.txt"));
        Assert.Equal(200, (await AskAsync(play, hostile.Request("/"))).Status);
        (string Request, int Status)[] all = [.. hostile.All];
        Assert.True(all.Distinct().Count() >= 200);
        foreach ((string request, int status) in all)
        {
            (int found, string text) = await AskAsync(play, request);
            Assert.DoesNotContain(Secret, text);
            if (status == 0 ? found is 0 or >= 400 : found == status || (status == 404 && found == 400)) continue;
            Assert.Fail($"{found} and not {status}: {request[..Math.Min(300, request.Length)]}");
        }
        Assert.Equal(["secret.txt"], scratch.Names);
        await page.StepsAsync(100, 200);
    }

    [Fact]
    public async Task MalformedMessagesAreSentencesOrTheEndOfThatPageAlone()
    {
        using PageClient page = await PageClient.OpenAsync(play);
        await page.StepsAsync(100, 100);
        using PageClient hostile = await PageClient.OpenAsync(play);
        JsonElement config = (await hostile.WaitAsync("config")).Head.GetProperty("config");
        await hostile.WaitAsync("frame");
        foreach (string text in Messages().Concat(Settings(config)))
        {
            await hostile.SendTextAsync(text);
            Assert.True(await hostile.IsRefusedAsync(), text);
        }
        foreach (byte[] bytes in (byte[][])[[], [1], [255, 255, 255, 255], [255, 255, 255, 127, 1], [0, 0, 0, 0, 5],
            [4, 0, 0, 0, 1, 2, 3, 4], [2, 0, 0, 0, 0x7B, 0x7D], [.. BitConverter.GetBytes(int.MinValue), 1, 2, 3, 4],
            [1, 0, 0, 0, 0x30], [.. BitConverter.GetBytes(12), .. "{\"name\":\"\"}"u8]])
        {
            await hostile.SendBytesAsync(bytes);
            Assert.True(await hostile.IsRefusedAsync(), Convert.ToHexString(bytes));
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

    static IEnumerable<string> Messages()
    {
        string[] whole = ["", "x", "[]", "1", "null", "\"play\"", "{}", "{\"type\":1}", "{\"type\":null}", "{\"type\":[]}", new('[', 5000),
            "{\"type\":\"nonsense\"}", "{\"type\":\"PLAY\"}", "{\"type\":\"steps\"", "\uFEFF{\"type\":\"steps\"}", "{'type':'play'}"];
        string[] typed = ["'steps'", "'steps','count':-1", "'steps','count':0", "'steps','count':1e99", "'steps','count':1.5",
            "'steps','count':'1'", "'steps','count':2000000000", "'view'", "'view','side':100000", "'view','side':0",
            "'view','side':128,'window':'0:1'", "'view','side':128,'window':'1:0,0:1'", "'view','side':128,'window':'0:NaN,0:1'",
            "'view','side':128,'window':'-1e999:1e999,0:1'", "'config'", "'config','config':7", "'config','config':[]",
            "'config','config':null", "'save'", "'save','what':'../../etc/passwd'", "'save','what':''", "'save','what':7", "'open'",
            "'open','text':'{}'", "'open','text':'/etc/passwd'",
            "'open','text':'{\\u0022config\\u0022:{\\u0022data\\u0022:\\u0022csv:/x\\u0022}}'",
            "'mosaic'", "'mosaic','count':65", "'mosaic','count':-1", "'mosaic','count':1e9", "'speed'", "'speed','perSecond':-5",
            "'speed','perSecond':'fast'"];
        return whole.Concat(typed.Select(rest => $"{{'type':{rest}}}".Replace('\'', '"')));
    }

    // every setting with values of the wrong kind, and numbers that are too small or too large
    static IEnumerable<string> Settings(JsonElement config)
    {
        string Message(string name, string value)
        {
            JsonObject changed = JsonNode.Parse(config.GetRawText())!.AsObject();
            changed[name] = JsonNode.Parse(value);
            return $"{{\"type\":\"config\",\"fit\":true,\"config\":{changed.ToJsonString()}}}";
        }

        string[] numbers = ["samples", "noise", "seed", "lr", "batch", "weightDecay", "l1", "momentum", "steps"];
        string[] names =
            ["data", "net", "activation", "init", "loss", "optimizer", "schedule", "engine", "device", "validation", "missing"];
        foreach (string number in numbers)
            foreach (string value in (string[])["-1", "1e300", "\"x\"", "[]", "{}", "true"]) yield return Message(number, value);
        foreach (string name in names)
            foreach (string value in (string[])["7", "\"nonsense\"", "\"/etc/passwd\"", "[]", "{}"]) yield return Message(name, value);
        foreach (string net in (string[])["", "2", "2-", "2-0-1", "2--1", "2-1e9-1", "2-4294967297-1", "2-2-2-2-2-2-2-2-2-2-2-1"])
            yield return Message("net", $"\"{net}\"");
        foreach (string name in (string[])["test", "folds", "patience", "checkpointEvery"]) yield return Message(name, "\"/etc/passwd\"");
    }

    // an operation that there is not, a reserved bit, a ping in parts, a long ping, a text that is no UTF-8, the rest of nothing, a
    // negative length, half a status
    static readonly string[] frames = ["838000000000", "C18000000000", "098000000000", "89FE007E00000000", "818200000000FFFE",
        "808000000000", "82FFFFFFFFFFFFFFFFFF00000000", "88810000000000"];

    [Fact]
    public async Task AMalformedFrameEndsItsPageAlone()
    {
        using PageClient page = await PageClient.OpenAsync(play);
        await page.StepsAsync(100, 100);
        string more = $"Origin: http://{play.Root.Authority}\r\n{HostileRequests.Upgrade}";
        string request = new HostileRequests(play, "").Request("/socket", more: more).Replace("Upgrade, close", "Upgrade");
        foreach (string frame in frames)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, play.Root.Port, Token);
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), Token);
            var answer = new byte[1 << 16];
            Assert.StartsWith("HTTP/1.1 101 ", Encoding.Latin1.GetString(answer, 0, await stream.ReadAsync(answer, Token)));
            await stream.WriteAsync(Convert.FromHexString(frame), Token);
            try { while (await stream.ReadAsync(answer, Token) > 0) { } }
            catch (IOException) { }
        }
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
        string asked = new HostileRequests(play, "").Request("/");
        for (int k = 0; k < 100 && (await AskAsync(play, asked)).Status != 200; k++)           // until all are seen to be gone
            await Task.Delay(200, Token);
        for (int round = 0; round < 3; round++)
        {
            var pages = new List<PageClient>();
            for (int k = 0; k < 100 && pages.Count == 0; k++)                          // until a page of the last round is seen to be gone
            {
                if (await TryOpenAsync() is PageClient first) pages.Add(first);
                else await Task.Delay(200, Token);
            }
            while (pages.Count is > 0 and < 20 && await TryOpenAsync() is PageClient next) pages.Add(next);
            Assert.InRange(pages.Count, 1, 7);
            foreach (PageClient one in pages) one.Dispose();
        }
        await page.StepsAsync(100, 300);
    }

    async Task<PageClient?> TryOpenAsync()
    {
        try { return await PageClient.OpenAsync(play); }
        catch (WebSocketException) { return null; }
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
    public async Task OnAllAddressesTheMachinesOwnNamesLeadToThePage()
    {
        using var open = new PlayProcess([], "--listen 0.0.0.0");
        string name = Dns.GetHostName();
        Assert.StartsWith($"http://{name}:", open.Address);
        foreach ((string request, int status) in new HostileRequests(open, "").OfAllAddresses())
        {
            (int found, _) = await AskAsync(open, request);
            Assert.True(found == status, $"{found} and not {status}: {request}");
        }
    }

    [Theory]
    [InlineData("node7", "hpc.example,,(none)", "node7,node7.hpc.example")]
    [InlineData("node7.hpc.example", "hpc.example,lab.example.", "node7.hpc.example,node7,node7.lab.example")]
    [InlineData("(none)", "hpc.example", "")]
    [InlineData("", "hpc.example", "")]
    public void AMachineHasItsNameAloneAndWithItsDomains(string host, string domains, string names) =>
        Assert.Equal(names, string.Join(',', MachineNames.Of(host, domains.Split(','))));

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
