namespace GpuMlp.Devices;

/// <summary>The threads that share large jobs with the caller: one slice each, nothing allocated a call.</summary>
sealed class HostWorkers : IDisposable
{
    readonly Thread[] threads;
    readonly SemaphoreSlim[] starts;
    readonly ManualResetEventSlim finished = new(false, 200);
    HostJob? job;
    int running;
    volatile bool stopping;

    internal HostWorkers(int cores)
    {
        threads = new Thread[cores - 1];
        starts = new SemaphoreSlim[cores - 1];
        for (int i = 0; i < threads.Length; i++)
        {
            int worker = i;
            starts[i] = new SemaphoreSlim(0);
            threads[i] = new Thread(() => Loop(worker)) { IsBackground = true, Name = $"gpumlp {worker + 1}" };
            threads[i].Start();
        }
    }

    internal int Count => threads.Length + 1;

    /// <summary>Runs every slice of a job and returns when all are done.</summary>
    internal void Run(HostJob next)
    {
        job = next;
        finished.Reset();
        Volatile.Write(ref running, threads.Length);
        foreach (SemaphoreSlim start in starts) start.Release();
        next.Run(threads.Length);
        finished.Wait();
    }

    void Loop(int worker)
    {
        while (true)
        {
            starts[worker].Wait();
            if (stopping) return;
            job!.Run(worker);
            if (Interlocked.Decrement(ref running) == 0) finished.Set();
        }
    }

    public void Dispose()
    {
        stopping = true;
        foreach (SemaphoreSlim start in starts) start.Release();
        foreach (Thread thread in threads) thread.Join();
        foreach (SemaphoreSlim start in starts) start.Dispose();
        finished.Dispose();
    }
}
