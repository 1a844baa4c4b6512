using System.Text.Json;
using GpuMlp.Cli.Input;
using GpuMlp.Data;

namespace GpuMlp.Cli.Play;

/// <summary>The points of the data as a page draws them.</summary>
static class PageData
{
    const int MostPoints = 5000;

    /// <summary>The message with the points on the axes of the plane: x, y, label, and 1 for a row that is kept back.</summary>
    public static byte[] Message(TrainInput input)
    {
        PictureAxes axes = input.Axes;
        DataSet[] parts = [input.Raw, .. input.HeldOut.Select(part => part.Raw)];
        int rows = parts.Sum(part => part.Count), shown = Math.Min(rows, MostPoints), at = 0;
        var points = new float[4 * shown];
        for (int part = 0; part < parts.Length; part++)
        {
            int some = part == parts.Length - 1 ? shown - at : (int)((long)shown * parts[part].Count / rows);
            for (int k = 0; k < some; k++, at++)
            {
                int row = (int)((long)k * parts[part].Count / some);
                points[4 * at] = (float)parts[part].Value(row, axes.X);
                float label = points[4 * at + 2] = parts[part].Labels[row];
                points[4 * at + 1] = (float)(axes.Y is int y ? parts[part].Value(row, y) : PageView.Height(input.Raw, label));
                points[4 * at + 3] = part > 0 ? 1 : 0;
            }
        }
        var message = new PageMessage("data");
        Utf8JsonWriter json = message.Json;
        json.WriteString("name", input.Raw.Name);
        json.WriteNumber("rows", input.Raw.Count);
        json.WriteNumber("keptBack", rows - input.Raw.Count);
        json.WriteString("x", PictureAxes.NameOf(input.Raw, axes.X));
        json.WriteString("y", PageView.NameOfY(input));
        json.WriteString("held", axes.Held);
        json.WriteStartArray("classes");
        foreach (string name in input.Raw.ClassNames) json.WriteStringValue(name);
        json.WriteEndArray();
        message.Add("points", points);
        return message.ToBytes();
    }
}
