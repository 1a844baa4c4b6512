using System.Text.Json;
using System.Threading.Channels;
using GpuMlp.Cli.Shell;
using GpuMlp.Devices;
using GpuMlp.Web;

namespace GpuMlp.Cli.Play;

/// <summary>
/// What stands behind an open page: one thread that takes its messages, trains, and draws. A picture is made only when the page has drawn
/// the one before, so a slow page gets fewer of them and nothing queues up.
/// </summary>
sealed class Page : IPage
{
    const int MostWaiting = 64;

    static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    readonly Channel<(byte[] Bytes, bool IsFile)> incoming = Channel.CreateBounded<(byte[], bool)>(MostWaiting);
    readonly Channel<byte[]> outgoing = Channel.CreateBounded<byte[]>(MostWaiting);
    readonly CancellationTokenSource closing = new();
    readonly PageWork work;
    readonly Thread thread;

    public Page()
    {
        work = new PageWork(Send);
        thread = new Thread(Run) { IsBackground = true, Name = "page" };
        thread.Start();
    }

    public ChannelReader<byte[]> Outgoing => outgoing.Reader;

    public ValueTask ReceiveAsync(byte[] message, bool isBinary, CancellationToken cancellation) =>
        incoming.Writer.WriteAsync((message, isBinary), cancellation);

    // waits where the connection is behind
    void Send(byte[] message)
    {
        if (!outgoing.Writer.TryWrite(message)) outgoing.Writer.WriteAsync(message, closing.Token).AsTask().GetAwaiter().GetResult();
    }

    void Run()
    {
        try
        {
            Carefully(work.Begin);
            while (!closing.IsCancellationRequested)
            {
                while (incoming.Reader.TryRead(out (byte[] Bytes, bool IsFile) message))
                    Carefully(() => work.Take(message.Bytes, message.IsFile));
                TimeSpan rest = Idle;
                if (!Carefully(() => rest = work.Advance())) work.Stop();
                if (rest > TimeSpan.Zero) Wait(rest);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            // the page is closed
        }
        finally
        {
            work.Dispose();
            outgoing.Writer.TryComplete();
        }
    }

    void Wait(TimeSpan rest)
    {
        ValueTask<bool> message = incoming.Reader.WaitToReadAsync(closing.Token);
        if (!message.IsCompleted) message.AsTask().Wait(rest, closing.Token);
    }

    // what goes wrong is a sentence on the page, which stays usable: a setting that is refused does not end what is going on
    bool Carefully(Action act)
    {
        try
        {
            act();
            return true;
        }
        catch (Exception e) when (e is not (OperationCanceledException or ChannelClosedException) && !closing.IsCancellationRequested)
        {
            if (e is DeviceException) work.Abandon();
            Send(PageMessage.OfText("error", Sentence(e)));
            return false;
        }
    }

    static string Sentence(Exception e) => e switch
    {
        JsonException { InnerException: FormatException inner } => inner.Message,
        JsonException => "the message is no JSON that a page sends",
        OutOfMemoryException => $"out of memory: {HostMemory.Explain(e)}",
        DeviceException => $"{e.Message}; Play begins anew, and another device may be chosen",
        UsageException or DeviceUnavailableException or InvalidDataException or IOException => e.Message,
        ArgumentException wrong => UsageException.Plain(wrong),
        InvalidOperationException => e.Message,
        _ => $"this is a fault of gpumlp, please report it: {e.GetType().Name}: {e.Message}",
    };

    public void Dispose()
    {
        closing.Cancel();
        incoming.Writer.TryComplete();
        thread.Join();
        closing.Dispose();
    }
}
