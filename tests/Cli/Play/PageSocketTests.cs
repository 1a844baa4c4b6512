using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Records;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Play;

/// <summary>What the program answers to a page.</summary>
public sealed class PageSocketTests : IDisposable
{
    readonly PlayProcess play = new();
    readonly ScratchFolder scratch = new();

    public void Dispose()
    {
        play.Dispose();
        scratch.Dispose();
    }

    static JsonObject With(JsonElement config, params (string Name, JsonNode? Value)[] settings)
    {
        JsonObject changed = JsonNode.Parse(config.GetRawText())!.AsObject();
        foreach ((string name, JsonNode? value) in settings) changed[name] = value;
        return changed;
    }

    static async Task<JsonElement> BeginAsync(PageClient page) => (await page.WaitAsync("config")).Head.GetProperty("config");

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"optimizer":"adam","lr":0.003,"weightDecay":0.01,"batch":4,"validation":"0.2","net":"2-8-4-1","activation":"tanh"}""")]
    [InlineData("""{"data":"blobs","noise":null,"net":"2-12-3","loss":"cross-entropy","standardize":true,"seed":7}""")]
    [InlineData("""{"data":"circles","derive":"x^2,y^2,sin(x)","net":"5-6-1"}""")]
    public async Task ARunWithNothingChangedEndsInTheBitsOfTrain(string settings)
    {
        using PageClient page = await PageClient.OpenAsync(play);
        JsonElement config = await BeginAsync(page);
        JsonObject wanted = With(config, [.. JsonNode.Parse(settings)!.AsObject().Select(one => (one.Key, one.Value?.DeepClone()))]);
        await page.SendAsync(new { type = "config", fit = true, config = wanted });
        await page.WaitAsync("config");
        await page.SendAsync(new { type = "view", window = (string?)null, side = 128, tiles = true, weights = true });
        await page.StepsAsync(1, 1);
        await page.StepsAsync(4000, 4001);
        File.WriteAllBytes(scratch.File("run.json"), await page.SaveAsync("run"));
        byte[] model = await page.SaveAsync("model");
        Gpumlp.Outcome outcome = Gpumlp.Run("train --no-plots", "--config", scratch.File("run.json"), "--out", scratch.File("out"));
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(File.ReadAllBytes(Path.Combine(scratch.File("out"), "model.safetensors")), model);
    }

    [Fact]
    public async Task ThePlaneIsTheLibrarysOwnGrid()
    {
        using PageClient page = await PageClient.OpenAsync(play);
        await BeginAsync(page);
        await page.SendAsync(new { type = "view", window = "-2:3,-2:2", side = 200, tiles = false, weights = false });
        PageClient.Message frame = await page.StepsAsync(2000, 2000);
        Assert.Equal((200, "-2:3,-2:2"), (frame.Head.GetProperty("side").GetInt32(), frame.Head.GetProperty("window").GetString()));
        File.WriteAllBytes(scratch.File("model.safetensors"), await page.SaveAsync("model"));
        using ComputeDevice device = ComputeDevice.Open("cpu");
        using Sequential network = ModelFile.Load(scratch.File("model.safetensors"), device).Network;
        float[] expected = GridEvaluator.Evaluate(network, GridSpec.FromSize(new Window(-2, 3, -2, 2), 200, 200));
        byte[] plane = frame["plane"].ToArray();
        for (int row = 0; row < 200; row++)
            for (int k = 0; k < 200; k++)
                Assert.InRange(plane[row * 200 + k] / 254f - expected[(199 - row) * 200 + k], -1 / 254f, 1 / 254f);
    }

    [Fact]
    public async Task AChangeOfTheLearningRateActsAtOnceAndIsSaid()
    {
        using PageClient page = await PageClient.OpenAsync(play);
        JsonElement config = await BeginAsync(page);
        await page.SendAsync(new { type = "play" });
        await page.WaitAsync("frame", frame => frame.Head.GetProperty("step").GetInt32() > 0);
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        await page.SendAsync(new { type = "config", fit = true, config = With(config, ("lr", 0.02), ("l1", 0.0001)) });
        JsonElement head = (await page.WaitAsync("config")).Head;
        TestContext.Current.TestOutputHelper?.WriteLine($"{System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms");
        Assert.True(head.GetProperty("changedAt").GetInt32() > 0);
        Assert.Equal(0.02, head.GetProperty("config").GetProperty("lr").GetDouble(), 1e-6);
        await page.WaitAsync("frame", frame => frame.Head.GetProperty("playing").GetBoolean());
    }

    [Fact]
    public async Task ADroppedTableTrainsAndItsFaultsAreTheReadersSentences()
    {
        using PageClient page = await PageClient.OpenAsync(play);
        JsonElement config = await BeginAsync(page);
        await page.DropAsync("mine.csv", config, "a,b,kind\n1,2,red\n3,x,blue\n5,6,red\n");
        Assert.StartsWith("mine.csv:3:2: 'x' in column 'b' is not a number", await page.ErrorAsync());
        await page.DropAsync("../../etc/mine.csv", config, "a,b,kind\n1,2,red\n3,4,blue\n5,6,green\n7,8,red\n");
        JsonElement taken = (await page.WaitAsync("config")).Head.GetProperty("config");
        Assert.Equal(("csv:mine.csv", "2-50-3", "cross-entropy"), (taken.GetProperty("data").GetString(),
            taken.GetProperty("net").GetString(),
            taken.GetProperty("loss").GetString()));
        JsonElement data = (await page.WaitAsync("data")).Head;
        Assert.Equal(["blue", "green", "red"], data.GetProperty("classes").EnumerateArray().Select(name => name.GetString()));
        await page.StepsAsync(10, 10);
    }

    [Theory]
    [InlineData("samples", "1000000000", "config.samples 1000000000: a number of rows")]
    [InlineData("samples", "20000000", "--samples 20000000: a page takes 1,000,000 at most; train takes more")]
    [InlineData("net", "\"2-100000-1\"", "--net 2-100000-1: a page takes up to 8 hidden layers")]
    [InlineData("net", "\"2-1024-1024-1024-1024-1024-1024-1024-1024-1\"", null)]
    [InlineData("batch", "100000", "--batch 100000: a page takes 65,536 at most")]
    [InlineData("data", "\"/etc/passwd\"", "--data /etc/passwd: the page has no such file")]
    [InlineData("data", "\"-\"", "--data -: the page has no such file")]
    [InlineData("validation", "\"/etc/passwd\"", "--validation /etc/passwd: a page keeps back a share")]
    [InlineData("test", "\"/etc/passwd\"", "--test /etc/passwd: play does not have it")]
    [InlineData("lr", "-1", "config.lr -1: ")]
    [InlineData("schedule", "\"cosine\"", "--schedule cosine: play does not have it")]
    [InlineData("device", "\"cuda:99\"", null)]
    [InlineData("nonsense", "1", "'nonsense' is not a setting of config")]
    public async Task AWrongSettingIsASentenceAndThePageGoesOn(string setting, string value, string? sentence)
    {
        using PageClient page = await PageClient.OpenAsync(play);
        JsonElement config = await BeginAsync(page);
        await page.SendAsync(new { type = "config", fit = true, config = With(config, (setting, JsonNode.Parse(value))) });
        if (sentence is null && setting == "net") await page.WaitAsync("config");                // large, but it fits
        else Assert.StartsWith(sentence ?? "", await page.ErrorAsync());
        await page.SendAsync(new { type = "config", fit = true, config });
        await page.WaitAsync("config");
        await page.StepsAsync(5, 5);
    }

    [Fact]
    public async Task APageThatDrawsNothingGetsNoMorePictures()
    {
        using PageClient page = await PageClient.OpenAsync(play);
        await page.WaitAsync("frame");
        await page.SendAsync(new { type = "play" });
        await page.WaitAsync("frame", frame => frame.Head.GetProperty("playing").GetBoolean());
        using var other = await PageClient.OpenAsync(play);                                      // meanwhile the first page reads nothing
        await other.StepsAsync(1000, 1000);
        await Task.Delay(1500, TestContext.Current.CancellationToken);
        int waiting = 0;
        await page.SendAsync(new { type = "save", what = "run" });
        while ((await page.NextAsync())!.Kind != "file") waiting++;
        Assert.InRange(waiting, 0, 4);
    }

    [Fact]
    public async Task OtherSeedsTrainBesideIt()
    {
        using PageClient page = await PageClient.OpenAsync(play);
        await BeginAsync(page);
        await page.SendAsync(new { type = "mosaic", count = 4 });
        await page.SendAsync(new { type = "play" });
        PageClient.Message frame = await page.WaitAsync("frame", frame => frame.Has("mosaic")
            && frame.Head.GetProperty("mosaicStep").GetInt32() > 3000);
        int side = frame.Head.GetProperty("mosaicSide").GetInt32();
        byte[][] tiles = [.. frame["mosaic"].ToArray().Chunk(side * side)];
        Assert.Equal(4, tiles.Length);
        Assert.All(tiles, tile => Assert.Contains(tile, pixel => pixel > 200));
        Assert.NotEqual(tiles[0], tiles[1]);
    }

    [Fact]
    public async Task PicturesAreSaved()
    {
        using PageClient page = await PageClient.OpenAsync(play);
        await BeginAsync(page);
        await page.StepsAsync(500, 500);
        await page.StepsAsync(500, 1000);
        Assert.Equal("PNG", Encoding.Latin1.GetString(await page.SaveAsync("png"), 1, 3));
        Assert.Equal("GIF89a", Encoding.Latin1.GetString(await page.SaveAsync("gif"), 0, 6));
        JsonElement record = JsonDocument.Parse(await page.SaveAsync("run")).RootElement;
        Assert.Equal("completed", record.GetProperty("stopReason").GetString());
    }
}
