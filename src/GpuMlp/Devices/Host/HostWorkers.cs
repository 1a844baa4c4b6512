using System.Diagnostics;
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
        // A job of a training step follows the last within microseconds; waking a thread takes ten times as long. So a thread looks for
        // the next job for that long before it sleeps.
        static readonly long patience = Stopwatch.Frequency / 20_000;

        readonly Worker[] workers;
        readonly ManualResetEventSlim finished = new(false, 200);
        HostJob? job;
        ExceptionDispatchInfo? failure;
        int round, running;
        volatile bool stopping;

        internal Team(int count) => workers = [.. Enumerable.Range(0, count).Select(_ => new Worker())];

        internal void Run(HostJob next)
        {
            (job, failure) = (next, null);
            finished.Reset();
            Volatile.Write(ref running, workers.Length);
            Interlocked.Increment(ref round);
            foreach (Worker worker in workers) worker.Wake();
            Slice(workers.Length);
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
            for (int done = 0; ; done++)
            {
                if (!Follows(done)) Sleep(workers[worker], done);
                if (stopping) return;
                Slice(worker);
                if (Interlocked.Decrement(ref running) == 0) finished.Set();
            }
        }

        // whether another job comes soon
        bool Follows(int done)
        {
            for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetTimestamp() - start < patience; Thread.SpinWait(4))
                if (Volatile.Read(ref round) != done) return true;
            return false;
        }

        void Sleep(Worker worker, int done)
        {
            worker.Prepare();
            // a job that came before the line above woke nobody; one that comes after it will
            if (Volatile.Read(ref round) == done || !worker.Stay()) worker.Wait();
        }

        internal void Stop()
        {
            stopping = true;
            Interlocked.Increment(ref round);
            foreach (Worker worker in workers) worker.Wake();
        }
    }

    /// <summary>Where one thread sleeps until there is a job for it.</summary>
    sealed class Worker
    {
        readonly SemaphoreSlim start = new(0);
        int asleep;

        internal void Prepare() => Interlocked.Exchange(ref asleep, 1);

        /// <summary>Takes <see cref="Prepare"/> back; false if a wake-up is on its way, which then has to be waited for.</summary>
        internal bool Stay() => Interlocked.Exchange(ref asleep, 0) == 1;

        internal void Wait() => start.Wait();

        internal void Wake()
        {
            if (Volatile.Read(ref asleep) == 1 && Stay()) start.Release();
        }
    }
}
