// Types that each break one rule, and others beside them that break none: RulesTests reads their IL. They never run.

#pragma warning disable CA1822, CA1823, CS0169, CS0649 // members exist for their IL

namespace GpuMlp.Data
{
    /// <summary>A type in a room that may not use Layers.</summary>
    static class ArrowFixture
    {
        static readonly Func<int> throughLambda = () => Layers.ArrowFixture.Value;

        static void ThroughGeneric() => Array.Empty<List<Layers.ArrowFixture.Item>>();

        static void ThroughEnum() => Layers.ArrowFixture.Take(default);

        sealed class Nested : Layers.ArrowFixture.Base;
    }
}

namespace GpuMlp.Layers
{
    static class ArrowFixture
    {
        internal static int Value => Environment.ProcessorCount;

        internal static void Take(Choice choice) => _ = choice;

        internal struct Item;

        internal enum Choice { First }

        internal class Base
        {
            // uses a room above it in the table: allowed
            internal static readonly Tensors.ArrowFixture? Up;
        }
    }
}

namespace GpuMlp.Tensors
{
    sealed class ArrowFixture;
}

namespace GpuMlp.Kernels.Lanes
{
    sealed class ArrowFixture
    {
        // lanes must not use functions
        internal static readonly Numerics.ArrowFixture? Up;
    }
}

namespace GpuMlp.Kernels.Numerics
{
    sealed class ArrowFixture
    {
        // uses a room that is listed for it
        internal static readonly Lanes.ArrowFixture? Down;
    }
}

namespace GpuMlp.Devices
{
    sealed class ArrowFixture;
}

namespace GpuMlp.Devices.Ops
{
    sealed class ArrowFixture
    {
        // use rooms that are listed: the room around it, and a sub-room below
        internal static readonly Devices.ArrowFixture? Around;
        internal static readonly Memory.ArrowFixture? Down;
    }
}

namespace GpuMlp.Devices.Memory
{
    sealed class ArrowFixture
    {
        // memory must not launch anything
        internal static readonly Ops.ArrowFixture? Up;
    }
}

namespace GpuMlp.Devices.Launching
{
    sealed class ArrowFixture
    {
        // only some types of the room around it are listed
        internal static readonly Devices.ArrowFixture? Around;
    }
}

namespace GpuMlp.Cellar
{
    /// <summary>A type in a room that is not listed.</summary>
    sealed class ArrowFixture;
}

namespace GpuMlp.Tests.Architecture.Fixtures
{
    static class WritesToConsole
    {
        static IEnumerable<int> Iterator()
        {
            Console.WriteLine("from a generated type");
            yield return 1;
        }
    }

    static class Draws
    {
        static readonly ScottPlot.Plot? plot;
    }

    static class ReferencesXunit
    {
        static void Check() => Assert.True(true);
    }

    static class SeedsItself
    {
        static readonly Random unseeded = new();
        static readonly Random shared = Random.Shared;
        static readonly Guid guid = Guid.NewGuid();
        static readonly int crypto = System.Security.Cryptography.RandomNumberGenerator.GetInt32(2);
        static readonly long ticks = Environment.TickCount64;
        static readonly Random seeded = new(1);
    }

    static class ReadsTheClock
    {
        static readonly DateTime now = DateTime.UtcNow;
    }

    static class UsesMathsOfOthers
    {
        static float Exp(float x) => MathF.Exp(x);

        static double Log(double x) => Math.Log2(x);

        static T Tanh<T>(T x) where T : System.Numerics.IHyperbolicFunctions<T> => T.Tanh(x);

        static System.Numerics.Vector<float> MultiplyAdd(System.Numerics.Vector<float> x) =>
            System.Numerics.Vector.MultiplyAddEstimate(x, x, x);
    }

    static class UsesExactMaths
    {
        static float Exact(float x) => MathF.FusedMultiplyAdd(MathF.Sqrt(x), MathF.Abs(x), System.Numerics.BitOperations.Log2(7));
    }

    /// <summary>Stands in for the kernels' op interface.</summary>
    public interface IFixtureOp<T>;

    /// <summary>An op that a class named …Tests names, as a generic argument only.</summary>
    public readonly struct TestedOp<T> : IFixtureOp<T>;

    /// <summary>An op that a helper of such a class names.</summary>
    public readonly struct HelpedOp<T> : IFixtureOp<T>;

    /// <summary>An op that a method names which such a class calls through another method.</summary>
    public readonly struct CalledOp<T> : IFixtureOp<T>;

    /// <summary>An op that another method of the same class names, but no test calls that method.</summary>
    public readonly struct UncalledOp<T> : IFixtureOp<T>;

    /// <summary>An op that a class names, but no test uses that class.</summary>
    public readonly struct UntestedOp<T> : IFixtureOp<T>;

    static class SomeTests
    {
        static void Check()
        {
            Array.Empty<TestedOp<int>>();
            Helper.Check();
            Launcher.Forward();
        }
    }

    static class Helper
    {
        internal static void Check() => Array.Empty<HelpedOp<int>>();
    }

    static class Stranger
    {
        static void Check() => Array.Empty<UntestedOp<int>>();
    }

    /// <summary>Stands in for the library's methods that launch ops.</summary>
    static class Launcher
    {
        internal static void Forward() => Launch();

        static void Launch() => Array.Empty<CalledOp<int>>();

        static void Uncalled() => Array.Empty<UncalledOp<int>>();
    }
}
