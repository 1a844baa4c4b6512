using System.Runtime.InteropServices;

namespace GpuMlp.Tests.Architecture;

/// <summary>The rules of the architecture: each takes types with what they use and returns one line per violation.</summary>
static class Rules
{
    /// <summary>
    /// The interfaces of ops: a public struct of the kernels that implements one of these is an op, and a test must reach it.
    /// </summary>
    public static readonly string[] OpInterfaces =
    [
        "GpuMlp.Kernels.IOp`1", "GpuMlp.Kernels.IGroupOp`1", "GpuMlp.Kernels.Activations.IActivation", "GpuMlp.Kernels.Losses.ILoss",
        "GpuMlp.Kernels.Losses.IBatchLoss", "GpuMlp.Kernels.Optimizers.IOptimizer", "GpuMlp.Kernels.Optimizers.IUpdateRule",
    ];

    static readonly string[] PlottingPrefixes = ["ScottPlot", "SkiaSharp", "HarfBuzzSharp", "Magick.NET"];

    static readonly HashSet<string> SelfSeeding =
    [
        "System.Random.get_Shared", "System.Guid.NewGuid", "System.Guid.CreateVersion7", "System.Environment.get_TickCount",
        "System.Environment.get_TickCount64",
    ];

    static readonly HashSet<string> Clocks =
    [
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today", "System.DateTimeOffset.get_Now",
        "System.DateTimeOffset.get_UtcNow",
    ];

    // By how the names begin, so that Log2, Log10P1, SinCosPi and the like are included. (An Estimate has other bits on other processors.)
    static readonly string[] Transcendental =
    [
        "Exp", "Log", "Pow", "RootN", "Cbrt", "Hypot", "Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Tanh", "Asinh",
        "Acosh", "Atanh", "Rsqrt", "Rcp", "Reciprocal",
    ];

    public static bool IsFramework(string assembly) =>
        File.Exists(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), $"{assembly}.dll"));

    /// <summary>Kernels compile for devices, so they use only ILGPU, ILGPU.Algorithms and the framework.</summary>
    public static IEnumerable<string> KernelReferences(IEnumerable<TypeUse> types) => Uses(types,
        (user, used) => used.Assembly != user.Assembly
            && used.Assembly is not ("ILGPU" or "ILGPU.Algorithms")
            && !IsFramework(used.Assembly),
        "kernels use ILGPU, ILGPU.Algorithms and the framework, nothing else");

    /// <summary>Only the program writes to the console.</summary>
    public static IEnumerable<string> Console(IEnumerable<TypeUse> types) => Uses(types,
        (_, used) => used.FullName == "System.Console" || used.Assembly.StartsWith("Spectre.Console", StringComparison.Ordinal),
        "only GpuMlp.Cli uses the console");

    /// <summary>Only GpuMlp.Plotting knows the plotting libraries.</summary>
    public static IEnumerable<string> Plotting(IEnumerable<TypeUse> types) => Uses(types,
        (_, used) => PlottingPrefixes.Any(prefix => used.Assembly.StartsWith(prefix, StringComparison.Ordinal)),
        "only GpuMlp.Plotting knows ScottPlot, SkiaSharp and Magick.NET");

    /// <summary>Randomness is a parameter: nothing draws a seed from the machine.</summary>
    public static IEnumerable<string> Seeds(IEnumerable<TypeUse> types) => Calls(types,
        member => SelfSeeding.Contains(member.ToString()) || member is { Type.FullName: "System.Random", Name: ".ctor", Parameters: 0 }
            || member.Type.FullName == "System.Security.Cryptography.RandomNumberGenerator",
        "nothing seeds itself: a seed is a parameter");

    /// <summary>The library's results depend on no clock.</summary>
    public static IEnumerable<string> WallClock(IEnumerable<TypeUse> types) => Calls(types,
        member => Clocks.Contains(member.ToString()),
        "the library reads no wall clock: pass the time in, measure with Stopwatch");

    /// <summary>
    /// Kernels use the project's own transcendental functions: those of the framework and of ILGPU round differently on each device.
    /// </summary>
    public static IEnumerable<string> DeviceMaths(IEnumerable<TypeUse> types) => Calls(types,
        member => !member.Type.FullName.StartsWith("GpuMlp.", StringComparison.Ordinal)
            && member.Type.FullName != "System.Numerics.BitOperations"
            && (member.Name.EndsWith("Estimate", StringComparison.Ordinal)
                || Transcendental.Any(name => StartsWithWord(member.Name, name))),
        "kernels use the lanes' own exp, log, tanh, …: the same bits on every device");

    /// <summary>Each type is in one of <paramref name="rooms"/>, and uses only rooms that are listed for that one.</summary>
    public static IEnumerable<string> Arrows(IEnumerable<TypeUse> types, IReadOnlyList<Room> rooms)
    {
        var byName = rooms.ToDictionary(room => room.Name);
        foreach (var type in types)
        {
            if (!byName.TryGetValue(RoomOf(type.Type) ?? "", out var room))
            {
                bool ours = !type.IsGenerated || type.Type.Namespace.StartsWith("GpuMlp", StringComparison.Ordinal);
                if (ours && type.Type.FullName == type.Type.Outermost)
                    yield return $"{type.Type} is in namespace '{type.Type.Namespace}', not a listed room: list it with what it may use";
                continue;
            }
            foreach (var used in type.Types)
                if (RoomOf(used) is string other && other != room.Name && byName.ContainsKey(other)
                    && !room.MayUse.Contains(other) && !room.MayUse.Contains(Behind(used.Outermost)))
                    yield return $"{type.Type} uses {used}: {room.Name} may use {string.Join(", ", room.MayUse)}, not {other}";
        }
    }

    /// <summary>
    /// Each of <paramref name="rooms"/> comes after those that it may use; a sub-room may use the room around it, or types of that room.
    /// </summary>
    public static IEnumerable<string> Order(IReadOnlyList<Room> rooms)
    {
        for (int i = 0; i < rooms.Count; i++)
            foreach (string used in rooms[i].MayUse)
                if (!rooms.Take(i).Any(room => room.Name == used) && !IsAround(used, rooms[i].Name, rooms))
                    yield return $"{rooms[i].Name} may use {used}, which is not listed before it";
    }

    // "A" and the type "A.Type" are around the room "A.B"
    static bool IsAround(string used, string room, IReadOnlyList<Room> rooms) =>
        room.LastIndexOf('.') is > 0 and int dot
        && (used == room[..dot]
            || (used.StartsWith(room[..(dot + 1)], StringComparison.Ordinal) && rooms.All(other => other.Name != used)));

    /// <summary>
    /// Each op among <paramref name="kernels"/> is reached from a class of <paramref name="tests"/> whose name ends in Tests.
    /// </summary>
    /// <remarks>
    /// Such a class reaches the ops that it names, those that a helper in the test assembly names which it uses, and those that the
    /// library's methods name (<paramref name="opMethods"/>, which make an op's struct and launch it) that one of these calls. A call of a
    /// virtual method counts as a call of all its overrides.
    /// </remarks>
    public static IEnumerable<string> UntestedOps(
        IEnumerable<TypeUse> kernels, IReadOnlyList<TypeUse> tests, IEnumerable<TypeUse> opMethods, IReadOnlyList<string> opInterfaces)
    {
        var helpers = tests.ToLookup(type => type.Type.Outermost);
        TypeUse[] library = [.. opMethods];
        var methods = library.SelectMany(type => type.Methods).ToDictionary();
        // a type overrides a virtual method if it names that method's type and has a method of the same name
        var overrides = library.SelectMany(type => type.Methods, (type, method) => (Type: type, method.Key, method.Value))
            .ToLookup(m => (m.Key.Name, m.Key.Parameters));
        var waiting = new Queue<TypeUse>(tests.Where(type => type.Type.Outermost.EndsWith("Tests", StringComparison.Ordinal)));
        var seen = waiting.ToHashSet();
        var reached = new HashSet<TypeName>();
        while (waiting.TryDequeue(out var use))
        {
            reached.UnionWith(use.Types);
            // before a member of a type runs, the type's static constructor does
            var constructors = use.Members.Select(member => new MemberName(member.Type, ".cctor", 0));
            var direct = use.Members.Concat(constructors).Where(methods.ContainsKey).Select(member => methods[member]);
            var called = direct.Concat(use.Members.SelectMany(member => overrides[(member.Name, member.Parameters)]
                .Where(m => m.Type.Types.Contains(member.Type)).Select(m => m.Value)));
            foreach (var next in use.Types.SelectMany(type => helpers[type.Outermost]).Concat(called))
                if (seen.Add(next)) waiting.Enqueue(next);
        }
        return Ops(kernels, opInterfaces).Where(op => !reached.Contains(op.Type))
            .Select(op => $"{op.Type} is reached by no test: every kernel is tested");
    }

    /// <summary>The public structs that implement one of the interfaces.</summary>
    public static IEnumerable<TypeUse> Ops(IEnumerable<TypeUse> kernels, IReadOnlyList<string> opInterfaces) =>
        kernels.Where(type => type.IsPublicStruct && type.Interfaces.Any(item => opInterfaces.Contains(item.FullName)));

    static string? RoomOf(TypeName type) => type.Namespace.StartsWith("GpuMlp.", StringComparison.Ordinal) ? Behind(type.Namespace) : null;

    static string Behind(string name) => name.StartsWith("GpuMlp.", StringComparison.Ordinal) ? name["GpuMlp.".Length..] : name;

    static bool StartsWithWord(string name, string word) =>
        name.StartsWith(word, StringComparison.Ordinal) && (name.Length == word.Length || !char.IsLower(name[word.Length]));

    static IEnumerable<string> Uses(IEnumerable<TypeUse> types, Func<TypeName, TypeName, bool> forbidden, string rule) =>
        from type in types
        from used in type.Types
        where forbidden(type.Type, used)
        select $"{type.Type} uses {used} ({used.Assembly}): {rule}";

    static IEnumerable<string> Calls(IEnumerable<TypeUse> types, Func<MemberName, bool> forbidden, string rule) =>
        from type in types
        from member in type.Members
        where forbidden(member)
        select $"{type.Type} uses {member}: {rule}";
}
