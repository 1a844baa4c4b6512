using System.Runtime.ExceptionServices;

namespace GpuMlp.Cli.Sweep;

/// <summary>Work on many networks that all cores share.</summary>
static class Cores
{
    /// <summary>Makes an element for each number from 0; throws what the making throws.</summary>
    public static T[] Make<T>(int count, Func<int, T> make)
    {
        var made = new T[count];
        try
        {
            Parallel.For(0, count, k => made[k] = make(k));
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        return made;
    }
}
