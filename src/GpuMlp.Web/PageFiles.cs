using System.Reflection;

namespace GpuMlp.Web;

/// <summary>
/// The files of the page, which are in the program: a path is looked up among their names, and no file of the machine is opened.
/// </summary>
static class PageFiles
{
    static readonly Dictionary<string, PageFile> files = Load();

    /// <summary>A file as it is sent.</summary>
    public sealed record PageFile(string Type, byte[] Bytes);

    /// <summary>The file at a path; null if there is none.</summary>
    public static PageFile? Find(string path) => files.GetValueOrDefault(path == "/" ? "/index.html" : path);

    static Dictionary<string, PageFile> Load()
    {
        var found = new Dictionary<string, PageFile>(StringComparer.Ordinal);
        Assembly here = typeof(PageFiles).Assembly;
        foreach (string name in here.GetManifestResourceNames())
        {
            using Stream stream = here.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            found[$"/{name}"] = new PageFile(TypeOf(name), bytes);
        }
        return found;
    }

    static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        string other => throw new NotSupportedException($"{name}: no page has files of kind {other}"),
    };
}
