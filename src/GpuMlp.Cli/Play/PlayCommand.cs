using System.CommandLine;
using System.Globalization;
using System.Net;
using GpuMlp.Cli.Shell;

namespace GpuMlp.Cli.Play;

/// <summary>The verb play: a page on which a network trains while one looks at it.</summary>
static class PlayCommand
{
    static readonly Option<string> Port = new("--port"), Listen = new("--listen");
    static readonly Option<bool> NoBrowser = new("--no-browser");

    static readonly (string, string)[] Options =
    [
        ("--port N", "the port; 0 for any that is free [0]"),
        ("--no-browser", "print the address and open no browser"),
        ("--listen ADDRESS", "listen on another address of this machine, or on all (0.0.0.0): whoever reaches it and has the printed "
            + "address may use the page and this machine's time, over a connection that others can read [127.0.0.1]"),
        ("-h, --help", "this"),
    ];

    public static Command Create(Interruption interruption)
    {
        var verb = new Verb("play", "Opens a page on which a network trains while you look at it; Ctrl+C ends it.",
            [("Options", Options)],
            [("", "prints the page's address and opens it"), (" --port 8080 --no-browser", "for a browser of yours")]);
        foreach (Option option in (Option[])[Port, NoBrowser, Listen]) verb.Options.Add(option);
        verb.SetAction(result =>
        {
            int port = ParsePort(result.GetValue(Port));
            IPAddress address = ParseAddress(result.GetValue(Listen));
            AspNetCore.Find();
            return new PlayRun(address, port, !result.GetValue(NoBrowser)).Execute(interruption);
        });
        return verb;
    }

    static int ParsePort(string? text) => text is null ? 0
        : ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) ? port
        : throw UsageException.For("port", text, "a port is a whole number from 0 to 65535");

    static IPAddress ParseAddress(string? text) => text is null ? IPAddress.Loopback
        : IPAddress.TryParse(text, out IPAddress? address) ? address
        : throw UsageException.For("listen", text, "an address is needed, such as 127.0.0.1, 192.168.1.5 or 0.0.0.0");
}
