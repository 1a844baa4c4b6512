using System.Diagnostics;
using System.Reflection;
using GpuMlp.Devices;
using GpuMlp.Plotting;

namespace GpuMlp.Tests.Misuse;

/// <summary>Calls everything public with good and with wrong values, and records what should not happen.</summary>
/// <remarks>
/// For each method every argument in turn takes every value that there is for its type, while the others take good values; so on every
/// object that there is to call it on. Then come random combinations. A crash ends the process: the file of the last call says where.
/// </remarks>
sealed class ApiTour(World world, string lastCall, bool deviceOnly)
{
    const int Combinations = 40;
    const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
    static readonly TimeSpan TooLong = TimeSpan.FromSeconds(20);

    // the exceptions, with the classes derived from them, that may answer a wrong value
    static readonly Type[] Allowed =
    [
        typeof(ArgumentException), typeof(InvalidOperationException), typeof(DeviceException), typeof(DeviceUnavailableException),
        typeof(OutOfMemoryException), typeof(IOException), typeof(UnauthorizedAccessException), typeof(InvalidDataException),
        typeof(FormatException), typeof(OperationCanceledException), typeof(NotSupportedException), typeof(SinkException),
        typeof(System.Text.Json.JsonException),
    ];

    // calls that a disposed object may still answer: sizes, names, what it is made of
    static readonly string[] Harmless =
    [
        "Dispose", "ToString", "Equals", "GetHashCode", "<Clone>$", "OutputsFor", "Parameters", "NamedParameters", "set_LearningRate",
        "EvaluateSets",                                            // of no sets
    ];

    // what may reach a device; all else does the same whatever device there is
    static readonly string[] OnDevices =
        ["Autograd", "Autograd.Operations", "Devices", "Devices.Memory", "Grids", "Layers", "Losses", "Optimizers", "Tensors", "Training"];

    readonly Random random = new(1);
    readonly SortedDictionary<string, int> faults = [];

    static IEnumerable<Type> PublicTypes =>
        from assembly in (Assembly[])[typeof(ComputeDevice).Assembly, typeof(BoundaryPlot).Assembly]
        from type in assembly.GetExportedTypes()
        where !typeof(Delegate).IsAssignableFrom(type) && !type.IsEnum
        orderby type.FullName
        select type;

    internal int Calls { get; private set; }

    /// <summary>The faults that were found, with their counts.</summary>
    internal IEnumerable<string> Faults => faults.Select(f => f.Value > 1 ? $"{f.Key} ({f.Value} times)" : f.Key);

    internal void Run()
    {
        foreach (Type type in PublicTypes.Where(IsHere).Where(t => !typeof(Exception).IsAssignableFrom(t) && !t.IsGenericTypeDefinition))
        {
            foreach (ConstructorInfo constructor in type.IsAbstract ? [] : type.GetConstructors())
                if (!TakesSpans(constructor)) Vary($"new {type.Name}", constructor, []);
            foreach (MethodInfo method in type.GetMethods(Declared))
                if (!method.IsGenericMethodDefinition && !TakesSpans(method) && !IsInit(method) && method.Name != "Deconstruct")
                    Vary($"{type.Name}.{method.Name}", method, method.IsStatic ? [] : world.Of(type));
        }
        foreach (MethodInfo method in typeof(SpanCalls).GetMethods(BindingFlags.Public | BindingFlags.Static))
            Vary(method.Name.Replace('_', '.'), method, []);
    }

    /// <summary>The public methods that take spans and that <see cref="SpanCalls"/> lacks.</summary>
    internal static IEnumerable<string> SpansLeftOut()
    {
        HashSet<string> known = [.. typeof(SpanCalls).GetMethods().Select(m => m.Name)];
        return from type in PublicTypes
               from method in type.GetMethods(Declared)
               where TakesSpans(method)
               let name = $"{type.Name.Split('`')[0]}_{method.Name.Replace("get_", "")}"
               where !known.Contains(name)
               select name;
    }

    bool IsHere(Type type) => !deviceOnly || OnDevices.Contains(type.Namespace!.Replace("GpuMlp.", ""));

    static bool TakesSpans(MethodBase method) =>
        method.GetParameters().Any(p => p.ParameterType.IsByRefLike) || method is MethodInfo { ReturnType.IsByRefLike: true };

    static bool IsInit(MethodInfo method) => method.ReturnParameter.GetRequiredCustomModifiers().Length > 0;

    void Vary(string name, MethodBase method, Candidate[] receivers)
    {
        Candidate[][] choices = [.. method.GetParameters().Select(p => world.Of(p.ParameterType))];
        if (choices.Any(c => c.Length == 0)) throw new InvalidOperationException($"there is no value for a parameter of {name}");
        Candidate[] on = receivers.Length == 0 ? [new("", () => null)] : [.. receivers.Where(r => r.Name != "null")];
        foreach (Candidate receiver in on)
        {
            Call(name, method, receiver, new int[choices.Length], choices);
            for (int p = 0; p < choices.Length; p++)
                for (int k = 1; k < choices[p].Length; k++)
                {
                    int[] picks = new int[choices.Length];
                    picks[p] = k;
                    Call(name, method, receiver, picks, choices);
                }
        }
        for (int n = 0; n < Combinations && choices.Length > 1; n++)
            Call(name, method, on[random.Next(on.Length)], [.. choices.Select(c => random.Next(c.Length))], choices);
    }

    void Call(string name, MethodBase method, Candidate receiver, int[] picks, Candidate[][] choices)
    {
        string on = receiver.Name.Length > 0 ? $"[{receiver.Name}] " : "";
        string call = $"{on}{name}({string.Join(", ", picks.Select((k, p) => choices[p][k].Name))})";
        if (name == "ComputeDevice.Dispose" && receiver.Name is ("main" or "other")) return;
        if (name == "AtomicFile.Abandon") return;                  // for the last moment of a program: nothing is written after it
        File.WriteAllText(lastCall, call);
        object? target = null, result = null;
        var arguments = new object?[picks.Length];
        try
        {
            target = receiver.Make();
            for (int p = 0; p < picks.Length; p++) arguments[p] = choices[p][picks[p]].Make();
        }
        catch (Exception)
        {
            return;                                                // the calls of the object's constructor report this
        }
        Calls++;
        long start = Stopwatch.GetTimestamp();
        try
        {
            const BindingFlags AsThrown = BindingFlags.DoNotWrapExceptions;
            result = method is ConstructorInfo made ? made.Invoke(AsThrown, null, arguments, null)
                : method.Invoke(target, AsThrown, null, arguments, null);
            if (receiver.Name.EndsWith("disposed", StringComparison.Ordinal) && !IsHarmless(method.Name))
                Fault($"{on}{name} answers as if it were alive");
        }
        catch (Exception e)
        {
            bool onNull = e is NullReferenceException && Place(e)?.Contains(nameof(SpanCalls), StringComparison.Ordinal) == true;
            if (!Allowed.Any(a => a.IsInstanceOfType(e)) && !onNull)
                Fault($"{call}: {e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")} {Place(e)}");
        }
        if (Stopwatch.GetElapsedTime(start) > TooLong) Fault($"{call}: took {Stopwatch.GetElapsedTime(start)}");
        foreach (object? left in arguments.Append(target).Append(result).Distinct()) Clean(left);
        foreach (string find in WatchedMemory.TakeFinds()) Fault($"{call}: {find}");
    }

    static bool IsHarmless(string method) => method.StartsWith("get_", StringComparison.Ordinal) || Harmless.Contains(method);

    static string? Place(Exception e) =>
        e.StackTrace?.Split('\n').FirstOrDefault(l => l.Contains("GpuMlp.", StringComparison.Ordinal))?.Trim();

    // disposes the results of a call at once, without waiting for the garbage collector
    void Clean(object? left)
    {
        if (left is not IDisposable disposable || world.Keeps(left)) return;
        try
        {
            disposable.Dispose();
        }
        catch (Exception e)
        {
            if (!Allowed.Any(a => a.IsInstanceOfType(e))) Fault($"Dispose of {left.GetType().Name}: {e}");
        }
    }

    void Fault(string text) => faults[text] = faults.GetValueOrDefault(text) + 1;
}
