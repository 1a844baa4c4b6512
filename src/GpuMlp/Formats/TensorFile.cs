using System.IO.Compression;

namespace GpuMlp.Formats;

/// <summary>Named tensors in a safetensors or an .npz file: its first bytes say which of the two it is, and what it is otherwise.</summary>
static class TensorFile
{
    /// <summary>The extension of a NumPy archive; all other files are written as safetensors.</summary>
    public const string NumPy = ".npz";

    /// <summary>Reads a file of either kind, or a pipe.</summary>
    /// <exception cref="InvalidDataException">The file is of another kind, which the message names, or is damaged.</exception>
    public static SafetensorsFile Read(string path)
    {
        const int BytesAByte = 3;                                  // the file itself, its tensors, and the layers made of them
        using Stream stream = InputFile.OpenSeekable(path, BytesAByte);
        return Read(stream, path);
    }

    /// <summary>Reads a seekable stream, all of which is the file.</summary>
    internal static SafetensorsFile Read(Stream stream, string path)
    {
        var first = new byte[9];
        int got = stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        if (first[8] == '{' && first[7] == 0) return SafetensorsFile.Read(stream, path);
        if (first.AsSpan().StartsWith("PK"u8))
            return IsPickled(stream) ? throw Pickled(path) : FromArrays(NpzFile.Read(stream, path), path);
        string? what = Named(first.AsSpan(0, got), path);
        if (what is "pickle") throw Pickled(path);
        return what is null ? SafetensorsFile.Read(stream, path)
            : throw new InvalidDataException($"{path}: is {what}; a model is a safetensors or an .npz file");
    }

    /// <summary>Writes float32 tensors and metadata as the path's extension says, atomically.</summary>
    public static void Write(string path, SafetensorsFile file)
    {
        if (!path.EndsWith(NumPy, StringComparison.OrdinalIgnoreCase)) file.Write(path);
        else ToArrays(file).Write(path);
    }

    const string Onnx = "an ONNX file, which is written and not read";

    static string? Named(ReadOnlySpan<byte> first, string path)
    {
        if (first.Length > 1 && first[0] == 0x80 && first[1] is >= 2 and <= 5) return "pickle";
        if (first.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'H', (byte)'D', (byte)'F'])) return "an HDF5 file, as Keras writes";
        if (first.StartsWith((ReadOnlySpan<byte>)[0x93, (byte)'N', (byte)'U', (byte)'M'])) return "a single NumPy array";
        if (first.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B])) return "packed by gzip";
        if (first.StartsWith("GGUF"u8)) return "a GGUF file";
        if (first.StartsWith("{"u8)) return "JSON text, such as run.json, which stands beside a model";
        if (first.StartsWith("version "u8)) return "a pointer of Git LFS: git lfs pull brings the file itself";
        if (first.Length > 2 && first[0] == 8 && first[1] is > 0 and < 32 && first[2] is 0x12 or 0x1A or 0x3A) return Onnx;
        bool onnx = Path.GetExtension(path).Equals(".onnx", StringComparison.OrdinalIgnoreCase);
        return onnx ? Onnx : null;
    }

    // torch.save makes a zip archive around a pickle
    static bool IsPickled(Stream stream)
    {
        try
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            return zip.Entries.Any(entry => entry.FullName.EndsWith("data.pkl", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException or ArgumentException)
        {
            // one that is cut short: the pickle is its first entry
            var first = new byte[512];
            stream.Position = 0;
            return first.AsSpan(0, stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false)).IndexOf("data.pkl"u8) >= 0;
        }
        finally
        {
            stream.Position = 0;
        }
    }

    static InvalidDataException Pickled(string path) => new(
        $"{path}: is a pickle, as torch.save writes (.pth, .pt), which is never read: opening one can run any code in it. " +
        "In PyTorch write safetensors.torch.save_file(net.state_dict(), \"model.safetensors\") or " +
        "numpy.savez(\"model.npz\", **{name: tensor.numpy() for name, tensor in net.state_dict().items()})");

    static SafetensorsFile FromArrays(NpzFile archive, string path)
    {
        IReadOnlyDictionary<string, string>? metadata = archive.Find(SafetensorsHeader.MetadataKey) is NpyArray text
            ? SafetensorsHeaderParser.Parse(text.Values<byte>(), path).Metadata : null;
        var tensors = archive.Arrays.Where(array => array.Name != SafetensorsHeader.MetadataKey);
        return new SafetensorsFile(tensors.Select(array => ToTensor(array.Name, array.Array, path)), metadata);
    }

    static SafeTensor ToTensor(string name, NpyArray array, string path)
    {
        float Narrow(double value) => !double.IsFinite(value) || float.IsFinite((float)value) ? (float)value
            : throw new InvalidDataException($"{path}: array {Quoted.Quote(name)}: {value:R} is beyond float32.");
        int[] shape = [.. array.Shape];
        if (array.ElementType == typeof(float)) return SafeTensor.Float32(name, shape, array.Values<float>());
        if (array.ElementType == typeof(double)) return SafeTensor.Float32(name, shape, Array.ConvertAll(array.Values<double>(), Narrow));
        if (array.ElementType == typeof(byte)) return SafeTensor.Opaque(name, shape, "U8", array.Values<byte>());
        return SafeTensor.Int64(name, shape, array.ElementType == typeof(long) ? array.Values<long>()
            : Array.ConvertAll(array.Values<int>(), value => (long)value));
    }

    // the metadata is an array of the bytes of its JSON, as a safetensors header has it
    static NpzFile ToArrays(SafetensorsFile file)
    {
        byte[] header = SafetensorsHeader.Encode([], [], file.Metadata);
        return new NpzFile([.. file.Tensors.Select(tensor => (tensor.Name, NpyArray.Of([.. tensor.Shape], tensor.Floats))),
            (SafetensorsHeader.MetadataKey, NpyArray.Of([header.Length], header))]);
    }
}
