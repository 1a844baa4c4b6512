using SkiaSharp;

namespace GpuMlp.Plotting;

/// <summary>Puts pictures on disk: a file appears under its name whole or not at all.</summary>
static class PictureFile
{
    // Half the time of the encoder's default settings for 4 % more bytes (measured on 480×360 frames).
    static readonly SKPngEncoderOptions Quick = new(SKPngEncoderFilterFlags.Sub, 3);

    /// <summary>Writes a PNG file.</summary>
    public static void WritePng(string path, SKBitmap picture) => Write(path, stream => EncodePng(stream, picture));

    /// <summary>Encodes a picture as PNG.</summary>
    public static void EncodePng(Stream stream, SKBitmap picture)
    {
        using SKPixmap pixels = picture.PeekPixels();
        pixels.Encode(stream, Quick);
    }

    /// <summary>Writes beside <paramref name="path"/>, flushes, and renames.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        string full = Path.GetFullPath(path);
        string temporary = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{Environment.ProcessId}.tmp");
        try
        {
            using (FileStream stream = File.Create(temporary))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, full, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
