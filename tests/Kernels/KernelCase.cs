using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Kernels;

/// <summary>
/// One call of an op: its arrays side by side in one buffer with canaries between them, run on every route. Each route must give the first
/// route's bits, the first route what is expected, and none may touch an input or a canary.
/// </summary>
sealed class KernelCase(string name)
{
    // wider than the widest lanes, and odd, so that arrays start where no alignment helps
    const int Gap = 19;

    readonly List<Part> parts = [];
    int length = Gap;

    sealed record Part(int Offset, float[] Start, bool Written, Expected? Expected);

    internal KernelCase Input(float[] values) => Add(values, false, null);

    internal KernelCase Output(Expected expected) => InPlace(Blank(expected.Values.Length), expected);

    internal KernelCase InPlace(float[] start, Expected expected) => Add(start, true, expected);

    /// <summary>Room that the op may use as it likes.</summary>
    internal KernelCase Scratch(int count) => Add(Blank(count), true, null);

    KernelCase Add(float[] start, bool written, Expected? expected)
    {
        parts.Add(new Part(length, start, written, expected));
        length += start.Length + Gap;
        return this;
    }

    /// <summary>Runs the op on every route (the slow ones if <paramref name="slowToo"/>); its arrays come in the order in which they were added.</summary>
    internal void Check(DeviceRoutes routes, Action<ComputeDevice, DeviceSpan[]> run, bool slowToo = true)
    {
        float[] before = Blank(length);
        foreach (Part part in parts) part.Start.CopyTo(before, part.Offset);
        float[]? first = null;
        foreach (Route route in routes.All(slowToo))
        {
            float[] after = Run(route, before, run);
            string at = $"{name} on {route}";
            CheckUntouched(at, before, after);
            if (first is null) CheckExpected(at, first = after);
            else CheckSameBits(at, first, after);
        }
    }

    float[] Run(Route route, float[] before, Action<ComputeDevice, DeviceSpan[]> run)
    {
        DeviceSpan room = route.Room(length);
        route.Device.CopyToDevice(before, room);
        run(route.Device, parts.Select(part => room.Slice(part.Offset, part.Start.Length)).ToArray());
        var after = new float[length];
        route.Device.CopyToHost(room, after);
        return after;
    }

    void CheckUntouched(string at, float[] before, float[] after)
    {
        int begin = 0;
        foreach (Part part in parts.Where(part => part.Written).Append(new Part(length, [], true, null)))
        {
            for (int k = begin; k < part.Offset; k++)
                if (Bits(before[k]) != Bits(after[k])) Assert.Fail($"{at}: wrote {after[k]:R} ({Bits(after[k]):X8}) where it must not, {Place(k)}");
            begin = part.Offset + part.Start.Length;
        }
    }

    void CheckExpected(string at, float[] after)
    {
        foreach (Part part in parts)
            for (int k = 0; part.Expected is not null && k < part.Start.Length; k++)
                if (part.Expected.Complaint(k, after[part.Offset + k]) is string complaint) Assert.Fail($"{at}: {Place(part.Offset)}: {complaint}");
    }

    void CheckSameBits(string at, float[] first, float[] after)
    {
        for (int k = 0; k < length; k++)
            if (Bits(first[k]) != Bits(after[k]) && !(float.IsNaN(first[k]) && float.IsNaN(after[k])))
                Assert.Fail($"{at}: {after[k]:R}, but {first[k]:R} on the first route, {Place(k)}");
    }

    string Place(int k)
    {
        int array = parts.FindLastIndex(part => part.Offset <= k);
        return array < 0 ? $"{k - Gap} from array 0" : $"array {array} ({parts[array].Start.Length} long) at {k - parts[array].Offset}";
    }

    // NaN, so that what leaks into a result shows; another one at each place, so that a copy of it shows too
    static float[] Blank(int count) => Enumerable.Range(1, count).Select(k => BitConverter.Int32BitsToSingle(0x7FC0_0000 | k & 0x3F_FFFF)).ToArray();

    static uint Bits(float value) => BitConverter.SingleToUInt32Bits(value);
}
