using System.Runtime.ExceptionServices;

namespace GpuMlp.Devices.Host;

/// <summary>The threads that share large jobs with the caller, one slice each; a call allocates nothing.</summary>
/// <remarks>
/// The threads refer to <see cref="Team"/> only, so that workers that nobody disposed become garbage and their threads end.
/// </remarks>
sealed class HostWorkers : IDisposable
{
    readonly Team team;
    readonly Thread[] threads;

    internal HostWorkers(int cores)
    {
        team = new Team(cores - 1);
        threads = new Thread[cores - 1];
        for (int i = 0; i < threads.Length; i++)
        {
            (Team own, int worker) = (team, i);
            threads[i] = new Thread(() => own.Work(worker)) { IsBackground = true, Name = $"gpumlp {worker + 1}" };
            threads[i].Start();
        }
    }

    internal int Count => threads.Length + 1;

    /// <summary>Runs every slice of a job and waits for all; then rethrows the exception of the first slice that threw one.</summary>
    internal void Run(HostJob job)
    {
        team.Run(job);
        GC.KeepAlive(this);                                        // else the finalizer below might end the threads
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        team.Stop();
        foreach (Thread thread in threads) thread.Join();
    }

    ~HostWorkers() => team.Stop();

    sealed class Team
    {
        readonly SemaphoreSlim[] starts;
        readonly ManualResetEventSlim finished = new(false, 200);
        HostJob? job;
        ExceptionDispatchInfo? failure;
        int running;
        volatile bool stopping;

        internal Team(int workers) => starts = [.. Enumerable.Range(0, workers).Select(_ => new SemaphoreSlim(0))];

        internal void Run(HostJob next)
        {
            (job, failure) = (next, null);
            finished.Reset();
            Volatile.Write(ref running, starts.Length);
            foreach (SemaphoreSlim start in starts) start.Release();
            Slice(starts.Length);
            finished.Wait();                                       // after a failure too: other threads still write to the caller's memory
            failure?.Throw();
        }

        void Slice(int worker)
        {
            try
            {
                job!.Run(worker);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
            }
        }

        internal void Work(int worker)
        {
            while (true)
            {
                starts[worker].Wait();
                if (stopping) return;
                Slice(worker);
                if (Interlocked.Decrement(ref running) == 0) finished.Set();
            }
        }

        internal void Stop()
        {
            stopping = true;
            foreach (SemaphoreSlim start in starts) start.Release();
        }
    }
}
