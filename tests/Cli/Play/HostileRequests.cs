using System.Net;

namespace GpuMlp.Tests.Cli.Play;

/// <summary>Requests that are not the page's, each with the status that it gets; 0 for any failure, or none at all.</summary>
sealed class HostileRequests(PlayProcess play, string secret)
{
    static readonly string[] files = ["/", "/index.html", "/main.js", "/settings.js", "/link.js", "/plane.js", "/style.css", "/icon.svg"];

    int Port => play.Root.Port;

    string Authority => play.Root.Authority;

    string Own => PageClient.Cookie(play);

    /// <summary>The headers with which a page opens its connection.</summary>
    public const string Upgrade = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";

    /// <summary>A request as it is sent.</summary>
    public string Request(string path, string method = "GET", string? host = null, string? cookie = null, string more = "") =>
        $"{method} {path} HTTP/1.1\r\nHost: {host ?? Authority}\r\nCookie: {cookie ?? Own}\r\nConnection: "
            + $"{(more.Contains("Upgrade: ", StringComparison.Ordinal) ? "Upgrade, close" : "close")}\r\n{more}\r\n";

    /// <summary>All of them.</summary>
    public IEnumerable<(string Request, int Status)> All =>
        [.. Tokens(), .. Hosts(), .. Origins(), .. Paths(), .. Methods(), .. Bodies(), .. Handshakes(), .. Malformed()];

    IEnumerable<(string, int)> Tokens()
    {
        string token = play.Token, name = $"gpumlp-{Port}";
        string[] wrong = ["", "0", token[..^1], token + "0", token.ToUpperInvariant() + "x", $"\"{token}", token[1..], token + token,
            new string('f', 32), new string('0', 4000), "%00", "../../x", "null", "' or 1=1"];
        foreach (string one in wrong)
        {
            yield return (Request("/", cookie: $"{name}={one}"), 403);
            yield return (Request($"/?token={Uri.EscapeDataString(one)}", cookie: "a=b"), 403);
            yield return (Request("/socket", cookie: $"{name}={one}", more: $"Origin: http://{Authority}\r\n{Upgrade}"), 403);
        }
        foreach (string cookie in (string[])[$"gpumlp={token}", $"gpumlp-1={token}", $"token={token}", $"{token}", $"=;{token}", ";;;"])
            yield return (Request("/main.js", cookie: cookie), 403);
        foreach (string file in files) yield return (Request(file, cookie: "a=b"), 403);
        yield return (Request($"/main.js?token={token}", cookie: "a=b"), 403);                   // the address is for the first visit alone
        yield return (Request("/main.js", cookie: "a=b", more: $"Authorization: Bearer {token}\r\n"), 403);
    }

    /// <summary>Requests to a server on all addresses: it answers to this machine's own names and to numbers alone.</summary>
    public IEnumerable<(string Request, int Status)> OfAllAddresses()
    {
        string name = Dns.GetHostName();
        foreach (string host in (string[])[name, name.ToUpperInvariant(), "localhost", "127.0.0.1", "192.0.2.7"])
        {
            yield return (Request("/", host: $"{host}:{Port}"), 200);
            yield return (Request("/", host: $"{host}:1"), 421);
        }
        string[] foreign = ["evil.example", $"{name}.evil.example", $"evil{name}", $"{name}.", $"{name}2", $"evil.{name}"];
        foreach (string host in foreign)
        {
            yield return (Request("/", host: $"{host}:{Port}"), 421);
            yield return (Request($"/?token={play.Token}", host: $"{host}:{Port}", cookie: "a=b"), 421);
        }
    }

    IEnumerable<(string, int)> Hosts()
    {
        string[] foreign = ["evil.example", $"evil.example:{Port}", "127.0.0.1:1", "127.0.0.1", "[::1]", $"[::1]:{Port}", $"0.0.0.0:{Port}",
            $"127.0.0.1.evil.example:{Port}", $"2130706433.example:{Port}", $"127.0.0.2:{Port}", $"localhost.evil.example:{Port}"];
        foreach (string host in foreign)
        {
            yield return (Request("/", host: host), 421);
            yield return (Request($"/?token={play.Token}", host: host), 421);
            yield return (Request("/socket", host: host, more: $"Origin: http://{host}\r\n{Upgrade}"), 421);
        }
        foreach (string host in (string[])["", "a b", "@", $"{Authority}, {Authority}", $"{Authority}/x"])
            yield return (Request("/", host: host), 0);
    }

    IEnumerable<(string, int)> Origins()
    {
        string[] foreign = ["http://evil.example", "null", $"https://{Authority}", $"http://localhost:{Port}", "http://127.0.0.1:1",
            $"http://{Authority}.evil.example", $"http://{Authority}/", "file://"];
        foreach (string origin in foreign)
        {
            yield return (Request("/", more: $"Origin: {origin}\r\n"), 403);
            yield return (Request("/main.js", more: $"Origin: {origin}\r\n"), 403);
            yield return (Request("/socket", more: $"Origin: {origin}\r\n{Upgrade}"), 403);
        }
        yield return (Request("/socket", more: Upgrade), 403);
    }

    IEnumerable<(string, int)> Paths()
    {
        string up = string.Concat(Enumerable.Repeat("/..", 12));
        string[] paths = ["/../../etc/passwd", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/etc/passwd",
            "/main.js.map", "/.git/config", "/GpuMlp.Web.dll", "/\\..\\windows", "/index.html%00", "/INDEX.HTML", "/socket/", "/style.css/",
            "/main.js%2f..%2f..%2fetc%2fpasswd", "/..;/etc/passwd", "/%252e%252e/etc/passwd", "/..%c0%af..%c0%afetc/passwd",
            "/C:/windows/win.ini", "/file:///etc/passwd", "/http://evil.example/", "/main.js%20", "/main.js.", "/main%2ejs%00.svg",
            "/proc/self/environ", "/dev/zero", "/~root", "/*", "/main.js;x", "/api", "/favicon.ico", "/robots.txt", "/wwwroot/main.js",
            "/Page/main.js", "/appsettings.json", $"{secret}", $"/{secret}", $"{up}{secret}", $"/%2e%2e{secret}",
            $"/{Uri.EscapeDataString(secret)}", $"{up.Replace("..", "%2e%2e")}{secret}", $"/..\\..{secret.Replace('/', '\\')}"];
        return paths.Select(path => (Request(path), 404));
    }

    IEnumerable<(string, int)> Methods()
    {
        foreach (string method in (string[])["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "MOVE", "LOCK", "BREW"])
        {
            yield return (Request("/", method), 405);
            yield return (Request("/socket", method, more: $"Origin: http://{Authority}\r\n{Upgrade}"), 405);
            yield return (Request("/upload", method, more: "Content-Length: 1000000000\r\n"), 405);
        }
        yield return (Request("/", "CONNECT"), 0);
    }

    IEnumerable<(string, int)> Bodies()
    {
        foreach (string file in (string[])["/", "/main.js"])
        {
            yield return (Request(file, more: "Content-Length: 1000000000\r\n"), 413);
            yield return (Request(file, more: "Transfer-Encoding: chunked\r\n"), 413);
        }
        foreach (string more in (string[])["Content-Length: -1\r\n", "Content-Length: 1\r\nContent-Length: 2\r\n", "Content-Length: x\r\n",
            "Content-Length: 99999999999999999999\r\n", "Transfer-Encoding: nonsense\r\n"])
            yield return (Request("/", more: more), 0);
    }

    IEnumerable<(string, int)> Handshakes()
    {
        string origin = $"Origin: http://{Authority}\r\n";
        foreach (string more in (string[])["", "Upgrade: websocket\r\n", "Upgrade: h2c\r\n", Upgrade.Replace(": 13", ": 12"),
            Upgrade.Replace("AAAA", "AAA"), Upgrade.Replace("AAAAAAAAAAAAAAAAAAAAAA==", ""), Upgrade.Replace("websocket", "nonsense")])
            yield return (Request("/socket", more: origin + more), 400);
    }

    IEnumerable<(string, int)> Malformed()
    {
        string host = $"Host: {Authority}\r\n";
        string[] malformed = ["\0\0\0\0\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", $"GET / HTTP/1.1\r\n{host}Host: b\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n", $"GET / HTTP/1.1\r\n{host}: x\r\n\r\n", $"GET / HTTP/1.1\r\n{host}no colon\r\n\r\n",
            $"GET / HTTP/1.1\r\n{host}A\0: b\r\n\r\n", $"GET  /  HTTP/1.1\r\n{host}\r\n", $"G\0T / HTTP/1.1\r\n{host}\r\n",
            $"GET /\0 HTTP/1.1\r\n{host}\r\n", $"GET {new string('a', 20_000)} HTTP/1.1\r\n{host}\r\n",
            $"GET /{new string('a', 20_000)} HTTP/1.1\r\n{host}\r\n", $"GET / HTTP/1.1\r\n{host}A: {new string('a', 40_000)}\r\n\r\n",
            $"GET / HTTP/1.1\r\n{host}{string.Concat(Enumerable.Range(0, 300).Select(k => $"a{k}: b\r\n"))}\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n\r\n", "\r\n\r\n\r\n\r\nx\r\n\r\n"];
        return malformed.Select(request => (request, 0));
    }
}
