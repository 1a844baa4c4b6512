using System.Net;
using System.Net.NetworkInformation;

namespace GpuMlp.Web;

/// <summary>The names by which other machines know this one, as far as it knows them itself: nothing asks a name server.</summary>
static class MachineNames
{
    /// <summary>The host name, and that with the machine's domains. Empty where it has no name that an address can hold.</summary>
    public static string[] Read() => Of(Dns.GetHostName(), Domains());

    /// <summary>A host name, without the domain that may be in it, and with each of others.</summary>
    internal static string[] Of(string host, IEnumerable<string> domains)
    {
        string alone = host.Split('.')[0];
        IEnumerable<string> whole = domains.Select(domain => domain.Trim('.')).Where(domain => domain.Length > 0)
            .Select(domain => $"{alone}.{domain}");
        return [.. whole.Prepend(alone).Prepend(host).Where(name => Uri.CheckHostName(name) == UriHostNameType.Dns)
            .Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    static IEnumerable<string> Domains()
    {
        try
        {
            return [IPGlobalProperties.GetIPGlobalProperties().DomainName,
                .. NetworkInterface.GetAllNetworkInterfaces().Select(one => one.GetIPProperties().DnsSuffix)];
        }
        catch (Exception e) when (e is NetworkInformationException or PlatformNotSupportedException)
        {
            return [];
        }
    }
}
