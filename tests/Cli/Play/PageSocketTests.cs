using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Records;
using GpuMlp.Tests.Emulator;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Play;

/// <summary>What the program answers to a page.</summary>
public sealed class PageSocketTests(PlayProcess play) : IClassFixture<PlayProcess>, IDisposable
{
    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

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
        var taken = Stopwatch.StartNew();
        await page.SendAsync(new { type = "config", fit = true, config = With(config, ("lr", 0.02), ("l1", 0.0001)) });
        int pictures = 0;
        JsonElement head;
        while ((head = (await page.NextAsync())!.Head).GetProperty("kind").GetString() != "config") pictures++;
        TestContext.Current.TestOutputHelper?.WriteLine($"{taken.Elapsed.TotalMilliseconds:0} ms");
        Assert.InRange(pictures, 0, 2);                            // there are thirty a second
        Assert.True(head.GetProperty("changedAt").GetInt32() > 0);
        Assert.Equal(0.02, head.GetProperty("config").GetProperty("lr").GetDouble(), 1e-6);
        await page.WaitAsync("frame", frame => frame.Head.GetProperty("playing").GetBoolean());
    }

    [Fact]
    public async Task WhatIsRefusedDoesNotEndTheTraining()
    {
        using PageClient page = await PageClient.OpenAsync(play);
        JsonElement config = await BeginAsync(page);
        await page.SendAsync(new { type = "play" });
        await page.SendAsync(new { type = "config", fit = true, config = With(config, ("lr", -1)) });
        Assert.StartsWith("config.lr -1: ", await page.ErrorAsync());
        int step = (await page.WaitAsync("frame")).Head.GetProperty("step").GetInt32();
        await page.WaitAsync("frame", frame => frame.Head.GetProperty("playing").GetBoolean()
            && frame.Head.GetProperty("step").GetInt32() > step);
    }

    [Fact]
    public async Task ThirtyOfTheLargestPicturesAre24Megabytes()
    {
        using PageClient page = await PageClient.OpenAsync(play);
        JsonElement config = await BeginAsync(page);
        await page.SendAsync(new { type = "config", fit = true, config = With(config, ("net", "2-178-178-2-1"), ("samples", 100)) });
        await page.WaitAsync("config");
        await page.SendAsync(new { type = "mosaic", count = 64 });
        await page.SendAsync(new { type = "view", window = (string?)null, side = 512, tiles = true, weights = true });
        PageClient.Message largest = await page.WaitAsync("frame", frame =>
            ((string[])["plane", "tiles", "bent", "weights", "mosaic"]).All(frame.Has));
        Assert.InRange(largest.Numbers.Length, 700_000, 795_000);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 2)]
    [InlineData(1, 3)]
    [InlineData(2, 0)]
    public async Task CurvesAndMapsOfNumbersAreTheNetworksOwn(int features, int classes)
    {
        using PageClient page = await PageClient.OpenAsync(play);
        JsonElement config = await BeginAsync(page);
        string table = string.Concat(Enumerable.Range(0, 60).Select(k =>
        {
            double x = k * 37 % 60 / 10.0, y = k * 17 % 60 / 10.0, t = 5 * Math.Sin(x) + (features - 1) * y;
            string label = classes == 0 ? t.ToString("R", CultureInfo.InvariantCulture) : $"class{(int)(x * classes / 6)}";
            return FormattableString.Invariant($"{x},") + (features > 1 ? FormattableString.Invariant($"{y},") : "") + $"{label}\n";
        }));
        await page.DropAsync("own.csv", With(config, ("batch", 8), ("lr", 0.001)), $"x,{(features > 1 ? "y," : "")}t\n{table}");
        JsonElement taken = (await page.WaitAsync("config")).Head.GetProperty("config");
        Assert.Equal(classes switch { 0 => "mse", 2 => "bce", _ => "cross-entropy" }, taken.GetProperty("loss").GetString());
        string window = features == 1 ? "-1:7,-6:6" : "0:6,0:6";
        await page.SendAsync(new { type = "view", window, side = 64, tiles = true, weights = true });
        PageClient.Message frame = await page.StepsAsync(3000, 3000);
        File.WriteAllBytes(scratch.File("model.safetensors"), await page.SaveAsync("model"));
        using ComputeDevice device = ComputeDevice.Open("cpu");
        using Sequential network = ModelFile.Load(scratch.File("model.safetensors"), device).Network;
        if (features == 1) CheckCurve(frame, network);
        else CheckMap(frame, network);
        Assert.Equal("PNG", Encoding.Latin1.GetString(await page.SaveAsync("png"), 1, 3));
        Assert.Equal("GIF89a", Encoding.Latin1.GetString(await page.SaveAsync("gif"), 0, 6));
        if (classes > 0) return;
        await page.SendAsync(new { type = "config", fit = true, config = With(taken, ("loss", "bce")) });
        Assert.Contains(" different numbers ", await page.ErrorAsync());
    }

    static void CheckCurve(PageClient.Message frame, Sequential network)
    {
        int curves = frame.Head.GetProperty("curves").GetInt32();
        ReadOnlySpan<float> curve = MemoryMarshal.Cast<byte, float>(frame["curve"]);
        int places = curve.Length / curves;
        float[] expected = network.Predict([.. Enumerable.Range(0, places).Select(k => -1 + 8f * k / (places - 1))]);
        for (int at = 0; at < expected.Length; at += curves)
        {
            double sum = curves == 1 ? 1 : expected.AsSpan(at, curves).ToArray().Sum(z => Math.Exp(z));
            for (int k = at; k < at + curves; k++) Assert.Equal(curves == 1 ? expected[k] : Math.Exp(expected[k]) / sum, curve[k], 1e-3);
        }
        byte[] plane = frame["plane"].ToArray();
        Assert.All(plane.Chunk(64), row => Assert.Equal(plane[..64], row));
    }

    static void CheckMap(PageClient.Message frame, Sequential network)
    {
        (double low, double high) = (frame.Head.GetProperty("low").GetDouble(), frame.Head.GetProperty("high").GetDouble());
        Assert.True(high - low > 8);
        float[] expected = network.Predict(
            [.. Enumerable.Range(0, 64 * 64).SelectMany(k => (float[])[k % 64 * 6f / 63, (63 - k / 64) * 6f / 63])]);
        ReadOnlySpan<byte> plane = frame["plane"];
        for (int k = 0; k < expected.Length; k++)
            Assert.InRange(plane[k] - Math.Clamp((expected[k] - low) / (high - low) * 254, 0, 254), -1, 1);
    }

    [Fact]
    public async Task ADeviceThatFailsIsASentenceAndTrainingBeginsAnew()
    {
        using var failing = new PlayProcess(EmulatedCard.Environment(("FAIL_LAUNCH", "400"), ("MEMORY", "20M")));
        using PageClient page = await PageClient.OpenAsync(failing);
        JsonElement config = await BeginAsync(page);
        await page.SendAsync(new { type = "config", fit = true, config = With(config, ("device", "cuda"), ("net", "2-1024-1024-1024-1")) });
        Assert.Contains("cuda:0", await page.ErrorAsync());        // it is too large
        JsonObject small = With(config, ("device", "cuda"), ("net", "2-3-1"), ("samples", 20));
        await page.SendAsync(new { type = "config", fit = true, config = small });
        await page.WaitAsync("config");
        await page.SendAsync(new { type = "view", window = (string?)null, side = 64, tiles = false, weights = false });
        await page.SendAsync(new { type = "play" });
        string sentence = await page.ErrorAsync();
        Assert.StartsWith("device cuda:0 (GpuMlp emulated card (sm_80)) failed ", sentence);
        Assert.EndsWith("; Play begins anew, and another device may be chosen", sentence);
        await page.SendAsync(new { type = "config", fit = true, config = With(config, ("samples", 20)) });
        await page.WaitAsync("config");
        await page.StepsAsync(100, 100);
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
    public async Task AClosedPageStopsItsWork()
    {
        using (PageClient page = await PageClient.OpenAsync(play))
        {
            await page.SendAsync(new { type = "play" });
            await page.WaitAsync("frame", frame => frame.Head.GetProperty("step").GetInt32() > 0);
        }
        TimeSpan before, spent = TimeSpan.MaxValue;
        for (int k = 0; k < 100 && spent > TimeSpan.FromMilliseconds(20); k++)
        {
            before = play.ProcessorTime;
            await Task.Delay(200, TestContext.Current.CancellationToken);
            spent = play.ProcessorTime - before;
        }
        Assert.InRange(spent, TimeSpan.Zero, TimeSpan.FromMilliseconds(20));
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
