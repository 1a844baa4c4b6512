using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace GpuMlp.Web;

/// <summary>
/// Lets in only who has the token of the printed address: from there on a cookie, which no other site's page can send. Another Host or
/// Origin is refused, so no name that someone else points at this machine leads here.
/// </summary>
/// <param name="address">The address that is listened on.</param>
/// <param name="token">The secret in the printed address.</param>
/// <param name="names">This machine's own names, which lead here where all its addresses are listened on.</param>
sealed class Guard(IPAddress address, string token, string[] names)
{
    const string Local = "localhost";

    const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>The port that was taken.</summary>
    public int Port { get; set; }

    /// <summary>The secret in the printed address.</summary>
    public string Token => token;

    /// <summary>The address without a path, as other machines open it where they can.</summary>
    public string Origin => IsAny && names.Length > 0 ? $"http://{names[0]}:{Port}" : OriginHere;

    /// <summary>The address without a path, for a browser on this machine.</summary>
    public string OriginHere => $"http://{(IsAny ? Local : HostOf(address))}:{Port}";

    // a cookie is the same for all ports of a host
    string Cookie => $"gpumlp-{Port}";

    bool IsAny => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    static string HostOf(IPAddress address) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : $"{address}";

    /// <summary>Why a request is refused, and with what status; null if it is not.</summary>
    public (int Code, string Why)? WhyNot(HttpRequest request)
    {
        if (!IsOurs(request.Host)) return (421, "this server answers under the address that gpumlp play printed, and under no other name");
        string origin = request.Headers.Origin.ToString();
        bool isSocket = request.Path == "/socket";
        if ((origin.Length > 0 || isSocket) && origin != $"http://{request.Host.Value}")
            return (403, "another page may not ask this server");
        if (request.Method is not ("GET" or "HEAD")) return (405, "pages are read here, nothing is sent to this address");
        if (request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0) return (413, "a request has no body here");
        if (IsFirstVisit(request)) return null;
        return IsToken(request.Cookies[Cookie]) ? null
            : (403, "open the address that gpumlp play printed, with its token: this browser has not been here before");
    }

    /// <summary>Whether a request comes with the printed address.</summary>
    public bool IsFirstVisit(HttpRequest request) => request.Path == "/" && IsToken(request.Query["token"]);

    /// <summary>Gives a browser the token, so that addresses need none from then on.</summary>
    public void GiveCookie(HttpResponse response) =>
        response.Cookies.Append(Cookie, token, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/" });

    /// <summary>Nothing but this server's own files may run in the page, and nobody keeps or frames it.</summary>
    public void AddHeaders(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        response.Headers.CacheControl = "no-store";
    }

    // a name of someone else's can be pointed at any address, a number cannot
    bool IsOurs(HostString host)
    {
        if (host.Port != Port && !(host.Port is null && Port == 80)) return false;
        if (host.Host == Local) return IsAny || IPAddress.IsLoopback(address);
        if (IsAny && names.Contains(host.Host, StringComparer.OrdinalIgnoreCase)) return true;
        return IPAddress.TryParse(host.Host.Trim('[', ']'), out IPAddress? named) && (IsAny || named.Equals(address));
    }

    bool IsToken(string? given) => given is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(token));
}
