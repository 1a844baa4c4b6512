using System.Threading.Channels;

namespace GpuMlp.Web;

/// <summary>What stands behind an open page: it takes the page's messages and has messages for it. Disposed when the page closes.</summary>
interface IPage : IDisposable
{
    /// <summary>The most bytes of a message of text.</summary>
    const int LongestText = 1 << 20;

    /// <summary>The most bytes of a binary message, which holds a file that was dropped on the page.</summary>
    const int LongestFile = 16 << 20;

    /// <summary>Takes a message. It waits while the page's work is behind, and with it the page's connection.</summary>
    ValueTask ReceiveAsync(byte[] message, bool isBinary, CancellationToken cancellation);

    /// <summary>The messages for the page, all binary. Whoever writes them waits for the page to have drawn the last picture.</summary>
    ChannelReader<byte[]> Outgoing { get; }
}
