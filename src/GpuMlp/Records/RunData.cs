using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using System.Text.Json.Serialization;
using GpuMlp.Data;

namespace GpuMlp.Records;

/// <summary>The data of a run as its record identifies it.</summary>
/// <param name="Path">The file, relative to the record's folder, with / on every system; absent where there was none.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Hash">XXH128 of all features in float64, all labels and the names of the classes, in hexadecimal.</param>
public sealed record RunData(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Path, int Rows, string Hash)
{
    /// <summary>The hash of the rows in the file of --validation; absent where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Validation { get; init; }

    /// <summary>The hash of the rows in the file of --test; absent where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Test { get; init; }

    /// <summary>The file of --validation, as <see cref="Path"/>; absent where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ValidationPath { get; init; }

    /// <summary>The file of --test, as <see cref="Path"/>; absent where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TestPath { get; init; }

    /// <summary>The options whose files have other rows now; a record that says nothing of a file is silent about it.</summary>
    public IReadOnlyList<string> OtherFiles(RunData now)
    {
        ArgumentNullException.ThrowIfNull(now);
        bool validation = Validation is not null && now.Validation is not null && Validation != now.Validation;
        bool test = Test is not null && now.Test is not null && Test != now.Test;
        return [.. validation ? ["validation"] : (string[])[], .. test ? ["test"] : (string[])[]];
    }

    /// <summary>Identifies a data set.</summary>
    /// <param name="data">The data in its own units.</param>
    /// <param name="file">The file that it was read from; null if it was not read from one.</param>
    /// <param name="folder">The folder that the record goes into.</param>
    public static RunData Of(DataSet data, string? file, string folder)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(folder);
        return new RunData(file is null ? null : PathOf(file, folder), data.Count, HashOf(data));
    }

    /// <summary>A file's path as a record in a folder has it.</summary>
    public static string PathOf(string file, string folder)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(folder);
        return System.IO.Path.GetRelativePath(folder, file).Replace('\\', '/');
    }

    /// <summary>What <see cref="Hash"/> is of a data set.</summary>
    public static string HashOf(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var hash = new XxHash128();
        var row = new byte[sizeof(double) * data.Features + sizeof(float) * data.Targets];
        for (int k = 0; k < data.Count; k++)
        {
            for (int feature = 0; feature < data.Features; feature++)
                BinaryPrimitives.WriteDoubleLittleEndian(row.AsSpan(sizeof(double) * feature), data.Value(k, feature));
            for (int target = 0; target < data.Targets; target++)
            {
                Span<byte> place = row.AsSpan(sizeof(double) * data.Features + sizeof(float) * target);
                BinaryPrimitives.WriteSingleLittleEndian(place, data.Labels[k * data.Targets + target]);
            }
            hash.Append(row);
        }
        foreach (string name in data.ClassNames) hash.Append(Encoding.UTF8.GetBytes($"{name}\n"));
        return System.Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
