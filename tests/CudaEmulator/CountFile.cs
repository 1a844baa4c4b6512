using System.Text;
using System.Text.Json;
using CudaEmulator.Interpreter;
using CudaEmulator.Ptx;

namespace CudaEmulator;

/// <summary>The file that GPUMLP_EMULATOR_COUNT names: a line of JSON for each launch.</summary>
static class CountFile
{
    static readonly Lock writing = new();

    public static void Add(string file, string line)
    {
        lock (writing) File.AppendAllText(file, line + "\n");
    }

    /// <summary>The line of a launch.</summary>
    public static string Line(int number, int module, Launch launch, LaunchCounts counts)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("launch", number);
            json.WriteNumber("module", module);
            json.WriteString("kernel", launch.Kernel.Name);
            json.WriteNumber("groups", launch.Grid.Count);
            json.WriteNumber("threads", launch.Group.Count);
            json.WriteNumber("shared", launch.Kernel.SharedBytes + launch.SharedBytes);
            json.WriteNumber("warpInstructions", counts.Warps);
            Write(json, "all", counts.All);
            Write(json, "longest", counts.Longest);
            json.WriteStartArray("accesses");
            foreach (AccessCounts access in counts.Accesses) Write(json, access);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    static void Write(Utf8JsonWriter json, string name, InstructionCounts counts)
    {
        json.WriteStartObject(name);
        json.WriteNumber("instructions", counts.All);
        foreach (OpKind kind in Enum.GetValues<OpKind>()) json.WriteNumber(kind.ToString().ToLowerInvariant(), counts[kind]);
        json.WriteNumber("multiplyAdds", counts.MultiplyAdds);
        json.WriteNumber("barriers", counts.Barriers);
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, AccessCounts access)
    {
        bool global = OpKinds.IsGlobal(access.Op);
        json.WriteStartObject();
        json.WriteNumber("line", access.Line);
        json.WriteString("what", $"{(OpKinds.IsLoad(access.Op) ? "load" : "store")} {(global ? "global" : "shared")}");
        json.WriteNumber("bytes", access.Bytes);
        json.WriteNumber("threads", access.Threads);
        json.WriteNumber("warps", access.Warps);
        json.WriteNumber("seen", access.Seen);
        json.WriteNumber(global ? "sectors" : "conflicts", access.Cost);
        json.WriteBoolean("inner", access.IsInner);
        json.WriteEndObject();
    }
}
