using GpuMlp.Tests.Fuzz;
using SharpFuzz;

// GpuMlp.Fuzz TARGET: what AFL runs; it sends one file after another. GpuMlp.Fuzz TARGET FILE...: reads these, as it does what AFL found.
if (args.Length == 0 || FuzzTargets.All.GetValueOrDefault(args[0]) is not { } read)
{
    Console.Error.WriteLine($"usage: GpuMlp.Fuzz {string.Join('|', FuzzTargets.All.Keys)} [FILE...]");
    return 2;
}
if (args.Length == 1) Fuzzer.OutOfProcess.Run(stream => Try(ReadAll(stream)));
foreach (string file in args.Skip(1)) Console.WriteLine($"{file}: {Try(File.ReadAllBytes(file)) ?? "read"}");
return 0;

string? Try(byte[] bytes)
{
    try
    {
        read(bytes);
        return null;
    }
    catch (InvalidDataException e)
    {
        return e.Message;
    }
}

static byte[] ReadAll(Stream stream)
{
    using var all = new MemoryStream();
    stream.CopyTo(all);
    return all.ToArray();
}
