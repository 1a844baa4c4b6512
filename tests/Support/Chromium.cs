using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace GpuMlp.Tests.Support;

/// <summary>
/// A headless Chromium with one page, driven by its own protocol: what a user does is sent as input, what is seen is asked for.
/// </summary>
sealed class Chromium : IAsyncDisposable
{
    const string Program = "/usr/bin/chromium";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly Process process;
    readonly string folder = Directory.CreateTempSubdirectory("gpumlp-chromium-").FullName;
    readonly ClientWebSocket socket = new();
    int calls;

    Chromium()
    {
        string[] arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
            "--disable-sync", "--disable-component-update", "--disable-default-apps", "--remote-debugging-port=0",
            $"--user-data-dir={folder}", "about:blank"];
        process = Process.Start(new ProcessStartInfo(Program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
    }

    static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What went wrong on the page: exceptions, and what the console was told.</summary>
    public List<string> Errors { get; } = [];

    internal static void Need() => Requirement.Need("chromium", File.Exists(Program), "On Debian: apt-get install chromium.");

    /// <summary>Starts the browser; the test is skipped where there is none.</summary>
    public static async Task<Chromium> StartAsync()
    {
        Need();
        var browser = new Chromium();
        try
        {
            string port = await browser.PortAsync();
            using var client = new HttpClient();
            JsonElement tabs = JsonDocument.Parse(await client.GetStringAsync($"http://127.0.0.1:{port}/json", Token)).RootElement;
            JsonElement page = tabs.EnumerateArray().First(tab => tab.GetProperty("type").GetString() == "page");
            string address = page.GetProperty("webSocketDebuggerUrl").GetString()!;
            await browser.socket.ConnectAsync(new Uri(address), Token);
            foreach (string domain in (string[])["Page", "Runtime", "Log"]) await browser.CallAsync($"{domain}.enable", new { });
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    async Task<string> PortAsync()
    {
        string file = Path.Combine(folder, "DevToolsActivePort");
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Patience; await Task.Delay(20, Token))
            if (File.Exists(file) && await File.ReadAllLinesAsync(file, Token) is [string port, _, ..]) return port;
        throw new TimeoutException("Chromium does not start");
    }

    /// <summary>Calls a method of the protocol.</summary>
    public async Task<JsonElement> CallAsync(string method, object parameters)
    {
        int id = ++calls;
        await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(new { id, method, @params = parameters }), WebSocketMessageType.Text,
            true, Token);
        while (true)
        {
            JsonElement message = await NextAsync();
            if (message.TryGetProperty("method", out JsonElement name)) Note(name.GetString()!, message.GetProperty("params"));
            else if (message.GetProperty("id").GetInt32() == id)
                return message.TryGetProperty("result", out JsonElement result) ? result
                    : throw new InvalidOperationException($"{method}: {message}");
        }
    }

    void Note(string method, JsonElement about)
    {
        if (method == "Runtime.exceptionThrown"
            || (method == "Log.entryAdded" && about.GetProperty("entry").GetProperty("level").GetString() == "error")
            || (method == "Runtime.consoleAPICalled" && about.GetProperty("type").GetString() is "error" or "warning"))
            Errors.Add(about.GetRawText());
    }

    async Task<JsonElement> NextAsync()
    {
        using var whole = new MemoryStream();
        var part = new byte[1 << 16];
        WebSocketReceiveResult got;
        do
        {
            got = await socket.ReceiveAsync(part, Token).WaitAsync(Patience, Token);
            whole.Write(part, 0, got.Count);
        }
        while (!got.EndOfMessage);
        return JsonDocument.Parse(Encoding.UTF8.GetString(whole.ToArray())).RootElement;
    }

    public Task GoAsync(string address) => CallAsync("Page.navigate", new { url = address });

    /// <summary>The value of an expression of JavaScript.</summary>
    public async Task<JsonElement> AskAsync(string expression)
    {
        JsonElement answer = await CallAsync("Runtime.evaluate", new { expression, awaitPromise = true, returnByValue = true });
        if (answer.TryGetProperty("exceptionDetails", out JsonElement wrong)) throw new InvalidOperationException($"{expression}: {wrong}");
        return answer.GetProperty("result").TryGetProperty("value", out JsonElement value) ? value : default;
    }

    public async Task<string> TextAsync(string id) => (await AskAsync($"document.getElementById('{id}').textContent")).GetString()!;

    /// <summary>Waits until an expression is true.</summary>
    public async Task WaitAsync(string expression)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Patience; await Task.Delay(20, Token))
            if ((await AskAsync($"!!({expression})")).GetBoolean()) return;
        string shown = (await AskAsync("document.getElementById('error')?.textContent ?? ''")).GetString()!;
        Assert.Fail($"not within {Patience}: {expression}; the page says '{shown}'; {string.Join('\n', Errors)}");
    }

    /// <summary>Clicks in the middle of what a selector finds, as a mouse does.</summary>
    public async Task ClickAsync(string selector)
    {
        (double x, double y) = await PlaceAsync(selector);
        await MouseAsync("mouseMoved", x, y, 0);
        await MouseAsync("mousePressed", x, y);
        await MouseAsync("mouseReleased", x, y);
    }

    /// <summary>The middle of what a selector finds, or another place in it, after scrolling it into sight.</summary>
    public async Task<(double X, double Y)> PlaceAsync(string selector, double x = 0.5, double y = 0.5)
    {
        JsonElement box = await AskAsync($$"""
            (() => { const it = document.querySelector({{JsonSerializer.Serialize(selector)}}); it.scrollIntoView({ block: 'center',
                behavior: 'instant' });
              const box = it.getBoundingClientRect(); return [box.left, box.top, box.width, box.height]; })()
            """);
        double[] at = [.. box.EnumerateArray().Select(number => number.GetDouble())];
        Assert.True(at[2] > 0 && at[3] > 0, $"{selector} is not seen");
        return (at[0] + x * at[2], at[1] + y * at[3]);
    }

    public Task MouseAsync(string type, double x, double y, int count = 1, double wheel = 0) => CallAsync("Input.dispatchMouseEvent",
        new
        {
            type,
            x,
            y,
            button = count > 0 ? "left" : "none",
            buttons = type == "mouseReleased" ? 0 : count,
            clickCount = count,
            deltaX = 0,
            deltaY = wheel
        });

    public async Task KeyAsync(string key)
    {
        await CallAsync("Input.dispatchKeyEvent", new { type = "keyDown", key, text = key.Length == 1 ? key : "" });
        await CallAsync("Input.dispatchKeyEvent", new { type = "keyUp", key });
    }

    /// <summary>Chooses an option, or fills a field, as a user who then leaves it.</summary>
    public Task SetAsync(string id, string value) => AskAsync($$"""
        (() => { const it = document.getElementById('{{id}}'); it.focus(); it.value = {{JsonSerializer.Serialize(value)}};
          it.dispatchEvent(new Event('input', { bubbles: true })); it.dispatchEvent(new Event('change', { bubbles: true })); it.blur(); })()
        """);

    public Task SizeAsync(int width, int height, bool mobile) =>
        CallAsync("Emulation.setDeviceMetricsOverride", new { width, height, deviceScaleFactor = 1, mobile });

    public Task SchemeAsync(string scheme) =>
        CallAsync("Emulation.setEmulatedMedia", new { features = (object[])[new { name = "prefers-color-scheme", value = scheme }] });

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
        for (int k = 0; k < 50 && Directory.Exists(folder); k++)
        {
            try { Directory.Delete(folder, recursive: true); }
            catch (IOException) { await Task.Delay(20, CancellationToken.None); }
        }
    }
}
