using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Kernels;

/// <summary>
/// One call of an op, run on every route. The op's arrays are side by side in one buffer, with canaries between them. The first route must
/// give what is expected; every other route must give the first route's bits, or come close where its device does not claim them. No route
/// may change an input or a canary.
/// </summary>
sealed class KernelCase(string name)
{
    // wider than the widest lanes, and odd, so that arrays start at no useful alignment
    const int Gap = 19;

    readonly List<Part> parts = [];
    int length = Gap;

    sealed record Part(int Offset, float[] Start, bool Written, Expected? Expected);

    internal KernelCase Input(float[] values) => Add(values, false, null);

    internal KernelCase Output(Expected expected) => InPlace(Blank(expected.Values.Length), expected);

    internal KernelCase InPlace(float[] start, Expected expected) => Add(start, true, expected);

    /// <summary>Memory that the op may use as it likes.</summary>
    internal KernelCase Scratch(int count) => Add(Blank(count), true, null);

    KernelCase Add(float[] start, bool written, Expected? expected)
    {
        parts.Add(new Part(length, start, written, expected));
        length += start.Length + Gap;
        return this;
    }

    /// <summary>
    /// Runs the op on every route (on slow ones if <paramref name="slowToo"/>); its arrays are in the order in which they were added.
    /// </summary>
    internal void Check(DeviceRoutes routes, Action<ComputeDevice, DeviceSpan[]> run, bool slowToo = true)
    {
        float[] before = Blank(length);
        foreach (Part part in parts) part.Start.CopyTo(before, part.Offset);
        float[]? first = null;
        foreach (Route route in routes.All(slowToo))
        {
            if (length > route.MostFloats || Run(route, before, run) is not float[] after) continue;
            string at = $"{name} on {route}";
            CheckUntouched(at, before, after);
            if (first is null) CheckExpected(at, first = after, expected => expected);
            else if (route.Device.SameBits) CheckSameBits(at, first, after);
            else CheckExpected(at, after, expected => expected.OfCloseDevice());
        }
    }

    // null where the device's driver is known to end launches early without an error and did so: the launch watch then must have found it
    float[]? Run(Route route, float[] before, Action<ComputeDevice, DeviceSpan[]> run)
    {
        try
        {
            return RunWhole(route, before, run);
        }
        catch (DeviceException e) when (e.IsStopped && route.Device.MostTurns is not null)
        {
            return null;
        }
    }

    float[] RunWhole(Route route, float[] before, Action<ComputeDevice, DeviceSpan[]> run)
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
            {
                if (Bits(before[k]) == Bits(after[k])) continue;
                Assert.Fail($"{at}: wrote {after[k]:R} ({Bits(after[k]):X8}) where it must not, {Place(k)}");
            }
            begin = part.Offset + part.Start.Length;
        }
    }

    void CheckExpected(string at, float[] after, Func<Expected, Expected> onDevice)
    {
        foreach (Part part in parts)
        {
            if (part.Expected is null) continue;
            Expected expected = onDevice(part.Expected);
            for (int k = 0; k < part.Start.Length; k++)
            {
                string? complaint = expected.Complaint(k, after[part.Offset + k]);
                if (complaint is not null) Assert.Fail($"{at}: {Place(part.Offset)}: {complaint}");
            }
        }
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

    // NaN, so that a blank that enters a result shows; a different NaN at each place, so that a copied blank shows, too
    static float[] Blank(int count) =>
        Enumerable.Range(1, count).Select(k => BitConverter.Int32BitsToSingle(0x7FC0_0000 | k & 0x3F_FFFF)).ToArray();

    static uint Bits(float value) => BitConverter.SingleToUInt32Bits(value);
}
