using System.Globalization;
using System.Text;
using GpuMlp.Devices;
using GpuMlp.Devices.Launching;
using GpuMlp.Formats;

namespace GpuMlp.Planning;

/// <summary>How fast this machine's devices were measured to be, per device and driver, by this build of the program.</summary>
/// <remarks>
/// The file lies beside the cached kernels. It is text with a line per device and kind of work; a file of another build counts as none.
/// </remarks>
public sealed class Measurements
{
    const string FileName = "measured.tsv";
    const int Longest = 1 << 20, Fixed = 5;

    readonly Dictionary<string, DeviceRates> devices = [];

    static string Head => $"gpumlp measurements 1\t{KernelKey.Build}";

    /// <summary>How many devices were measured.</summary>
    public int Count => devices.Count;

    /// <summary>The file in this user's cache; null where there is no cache.</summary>
    public static string? DefaultFile =>
        KernelCacheFolder.Root(Environment.GetEnvironmentVariable) is string root ? Path.Combine(root, FileName) : null;

    /// <summary>The rates of a device; null where it was not measured.</summary>
    internal DeviceRates? Of(DeviceDescription device) => devices.GetValueOrDefault(Key(device));

    /// <summary>Takes what was measured of a device; jobs of one kind and of several sizes give its rate.</summary>
    /// <param name="device">The device.</param>
    /// <param name="open">Seconds to open it.</param>
    /// <param name="jobs">Jobs, the seconds that each took, and those that its first run took beyond them.</param>
    /// <exception cref="ArgumentOutOfRangeException">A job of no items or operations, or a time that is no time.</exception>
    public void Add(DeviceDescription device, double open, IReadOnlyList<(Work Work, double Seconds, double Compile)> jobs)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(jobs);
        if (!(open >= 0 && double.IsFinite(open))) throw new ArgumentOutOfRangeException(nameof(open), open, "a device takes time to open");
        foreach ((Work work, double seconds, double compile) in jobs)
            if (work is not { Items: > 0, Operations: > 0 } || !(seconds > 0 && double.IsFinite(seconds)) || !double.IsFinite(compile))
                throw new ArgumentOutOfRangeException(nameof(jobs), seconds, "a job has items and operations and takes time");
        int groups = Estimates.Of(device).Groups;
        var kinds = new Dictionary<WorkKind, Rate>();
        foreach (var kind in jobs.GroupBy(job => job.Work.Kind))
        {
            (double Operations, double Seconds) SizeOf(Work work, double seconds) =>
                (work.Operations / work.Stages, seconds / work.Items / work.Stages * Math.Min(work.Networks, groups));
            kinds[kind.Key] = new Rate(kind.Max(job => Math.Max(0, job.Compile)),
            [
                .. kind.Select(job => SizeOf(job.Work, job.Seconds))
                    .DistinctBy(size => size.Operations).OrderBy(size => size.Operations),
            ]);
        }
        if (kinds.Count > 0) devices[Key(device)] = new DeviceRates(open, groups, kinds);
    }

    // a name may hold anything
    static string Key(DeviceDescription device) =>
        string.Join('|', device.Id, device.Name, device.Driver).Replace('\t', ' ').ReplaceLineEndings(" ");

    /// <summary>The measurements of a file; none where there is no file, or nothing of this build in it.</summary>
    public static Measurements Load(string? file)
    {
        var read = new Measurements();
        try
        {
            // a pipe would keep the program waiting for a writer
            if (!File.Exists(file) || FileStatus.Of(file)?.Kind is not (null or FileKind.File)) return read;
            string[] lines = Encoding.UTF8.GetString(InputFile.ReadAll(file, Longest)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (lines.Length > 0 && lines[0] == Head && !lines.Skip(1).All(read.Take)) return new Measurements();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException)
        {
            // it is a cache: what cannot be read is measured again
        }
        return read;
    }

    /// <summary>Keeps these measurements in a file, in place of those that are there.</summary>
    /// <returns>Whether that could be done.</returns>
    public bool Save(string? file)
    {
        if (file is null) return false;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            IEnumerable<string> lines = devices.SelectMany(
                device => device.Value.Kinds.Select(kind => Line(device.Key, device.Value, kind)));
            byte[] text = Encoding.UTF8.GetBytes(string.Join('\n', [Head, .. lines]));
            AtomicFile.Write(file, stream => stream.Write(text));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    static string Line(string key, DeviceRates rates, KeyValuePair<WorkKind, Rate> kind)
    {
        IEnumerable<double> sizes = kind.Value.Sizes.SelectMany(size => new[] { size.Operations, size.Seconds });
        double[] numbers = [rates.Open, rates.Groups, kind.Value.Compile, .. sizes];
        return string.Join('\t', [key, $"{kind.Key}", .. numbers.Select(Text)]);
    }

    static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    bool Take(string line)
    {
        string[] parts = line.Split('\t');
        if (parts.Length < Fixed + 2 || (parts.Length - Fixed) % 2 != 0) return false;
        if (!Enum.TryParse(parts[1], out WorkKind kind) || !Enum.IsDefined(kind)) return false;
        var numbers = new double[parts.Length - 2];
        for (int k = 0; k < numbers.Length; k++)
        {
            if (!double.TryParse(parts[k + 2], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[k])) return false;
            if (!(numbers[k] is >= 0 and < 1e15)) return false;
        }
        if (numbers[1] is not (>= 1 and < int.MaxValue)) return false;
        var sizes = new (double Operations, double Seconds)[(parts.Length - Fixed) / 2];
        for (int k = 0; k < sizes.Length; k++)
        {
            sizes[k] = (numbers[3 + 2 * k], numbers[4 + 2 * k]);
            if (!(sizes[k].Seconds > 0) || !(sizes[k].Operations > (k == 0 ? 0 : sizes[k - 1].Operations))) return false;
        }
        var kinds = devices.TryGetValue(parts[0], out DeviceRates? known) ? (Dictionary<WorkKind, Rate>)known.Kinds : [];
        kinds[kind] = new Rate(numbers[2], sizes);
        devices[parts[0]] = new DeviceRates(numbers[0], (int)numbers[1], kinds);
        return true;
    }
}
