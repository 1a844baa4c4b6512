using GpuMlp.Devices;
using GpuMlp.Formats;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Grids;

/// <summary>A grid of any size streams to a file in bounded memory.</summary>
[Collection(nameof(Alone))]
public class GridMemoryTests
{
    static readonly Window Shown = new(-1.5, 2.5, -1, 1.5);

    [Fact]
    public void ALargeGridStreamsToAFileInBoundedMemory()
    {
        // 65,536² classes are 4.3 GB and may take 1 GB of memory; this test has 16,384² classes, 268 MB, which may take 64 MB
        using var device = ComputeDevice.Open("cpu");
        using Sequential network = GridEvaluatorTests.Build(device, "2-2-1", Activation.ReLU, 1);
        GridSpec grid = GridSpec.FromSize(Shown, 16_384, 16_384);
        using var written = new Counter();
        var writer = new NpyWriter<byte>(written, grid.Height, grid.Width);
        new GridEvaluator(network).StreamClasses(GridSpec.FromSize(Shown, 64, 64), (_, _) => { }, TestContext.Current.CancellationToken);
        long before = Memory(), most = 0;
        new GridEvaluator(network).StreamClasses(grid, (_, values) =>
        {
            writer.Write(values);
            most = Math.Max(most, Memory());
        }, TestContext.Current.CancellationToken);
        writer.Finish();
        Assert.True(written.Count > grid.Points);
        Assert.InRange(most - before, long.MinValue, 64L << 20);

        static long Memory()
        {
            using var process = System.Diagnostics.Process.GetCurrentProcess();
            return process.WorkingSet64;
        }
    }

    sealed class Counter : Stream
    {
        public long Count { get; private set; }
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => Count;
        public override long Position { get => Count; set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => Count += count;
        public override void Write(ReadOnlySpan<byte> buffer) => Count += buffer.Length;
    }
}
