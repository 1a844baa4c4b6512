using System.Text.Json;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Randomness;
using GpuMlp.Records;
using GpuMlp.Tests.Support;
using GpuMlp.Training;

namespace GpuMlp.Tests.Cli.Play;

/// <summary>The page in a browser: every control is used as a user does, and what is seen is looked at.</summary>
[Collection("chromium")]
public sealed class PageTests(PlayProcess play, SharedChromium shared)
    : IClassFixture<PlayProcess>, IClassFixture<SharedChromium>, IAsyncLifetime
{
    Chromium browser = null!;

    public async ValueTask InitializeAsync()
    {
        browser = await shared.OpenAsync();
        await browser.SizeAsync(1280, 800, mobile: false);
        await browser.SchemeAsync("light");
        await browser.GoAsync(play.Address);
        await browser.WaitAsync("document.body && +document.body.dataset.frames > 0");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    async Task StepsAsync(int count, int upTo)
    {
        await browser.SetAsync("count", $"{count}");
        await browser.ClickAsync("#many");
        await browser.WaitAsync($"step.textContent === '{upTo:N0}'.replaceAll('.', ',') && play.textContent === 'Play'");
    }

    // what the picture is made of: 512 × 512 pixels, of each red, green and blue
    async Task<int[]> PixelsAsync()
    {
        const string Ask = "[...document.getElementById('plane').getContext('2d').getImageData(0, 0, 512, 512).data].filter((_, k) => "
            + "k % 4 < 3)";
        return [.. (await browser.AskAsync($"({Ask}).join()")).GetString()!.Split(',').Select(int.Parse)];
    }

    // changes a setting and waits until the program has taken it
    async Task TakesAsync(string id, string value, string setting, string? shown = null)
    {
        await browser.SetAsync(id, value);
        await SettingAsync(setting, shown ?? value);
    }

    Task SettingAsync(string setting, string value) =>
        browser.WaitAsync($"String(window.settings.accepted()?.config.{setting}) === {JsonSerializer.Serialize(value)}");

    Task ExposeAsync() => browser.AskAsync("import('/settings.js').then(module => { window.settings = module; })");

    async Task NothingWrongAsync()
    {
        Assert.Equal("", await browser.TextAsync("error"));
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task TheCanvasShowsTheLibrarysOwnGrid()
    {
        Assert.Equal("/", (await browser.AskAsync("location.pathname + location.search")).GetString());     // no token is left to be shared
        await StepsAsync(3000, 3000);
        TrainConfig config = new();
        DataSet moons = DataSets.MakeMoons(2000, 0.1, new PhiloxStream(0, StreamPurpose.Data));
        using ComputeDevice device = ComputeDevice.Open("cpu");
        using Sequential network = config.Recipe.Build(device);
        using var session = new TrainingSession(network, moons, config.Recipe);
        session.Train(3000);
        float[] grid = GridEvaluator.Evaluate(network, GridSpec.FromSize(new Window(-1.5, 2.5, -1.75, 2.25), 512, 512));
        int[] pixels = await PixelsAsync();
        int[] low = [134, 169, 217], middle = [248, 247, 244], high = [242, 178, 128];
        int worst = 0;
        for (int row = 0; row < 512; row++)
            for (int k = 0; k < 512; k++)
                for (int c = 0; c < 3; c++)
                {
                    float p = grid[(511 - row) * 512 + k];
                    double expected = middle[c] + ((p < 0.5 ? low : high)[c] - middle[c]) * Math.Abs(2 * p - 1);
                    worst = Math.Max(worst, (int)Math.Ceiling(Math.Abs(pixels[(row * 512 + k) * 3 + c] - expected) - 0.5));
                }
        Assert.InRange(worst, 0, 2);
        double right = Classification.Accuracy(network.Predict(moons.Flat), moons.Labels);
        Assert.Equal(FormattableString.Invariant($"{100 * right:0.0} %"), await browser.TextAsync("accuracy"));
        await NothingWrongAsync();
    }

    [Fact]
    public async Task TrainingGoesPausesStepsAndBeginsAgain()
    {
        int[] first = await PixelsAsync();
        await browser.ClickAsync("#play");
        await browser.WaitAsync("play.textContent === 'Pause' && parseInt(step.textContent.replaceAll(',', '')) > 20000 && "
            + "rate.textContent !== '–'");
        await browser.ClickAsync("#play");
        await browser.WaitAsync("play.textContent === 'Play' && rate.textContent === '–'");
        Assert.NotEqual(first, await PixelsAsync());
        string at = await browser.TextAsync("step");
        await browser.ClickAsync("#one");
        await browser.WaitAsync($"parseInt(step.textContent.replaceAll(',', '')) === {at.Replace(",", "")} + 1");
        await browser.ClickAsync("#reset");
        await browser.WaitAsync("step.textContent === '0'");
        Assert.Equal(first, await PixelsAsync());
        await browser.SetAsync("speed", "10");
        await browser.ClickAsync("#play");
        await browser.WaitAsync("parseInt(step.textContent.replaceAll(',', '')) > 12");
        Assert.True(int.Parse((await browser.TextAsync("step")).Replace(",", "")) < 100);
        await browser.SetAsync("speed", "0");
        await browser.WaitAsync("parseInt(step.textContent.replaceAll(',', '')) > 10000");
        await browser.WaitAsync("document.getElementById('losses').getContext('2d').getImageData(60, 10, 200, 100).data.some(value => "
            + "value > 0)");
        await NothingWrongAsync();
    }

    [Fact]
    public async Task EachSettingIsTaken()
    {
        await ExposeAsync();
        foreach (string name in (string[])["circles", "xor", "spirals", "blobs", "moons"]) await TakesAsync("data", name, "data");
        await TakesAsync("samples", "500", "samples");
        await browser.WaitAsync("legend.textContent.includes('500 rows')");
        await TakesAsync("noise", "0.25", "noise");
        await TakesAsync("validation", "0.2", "validation");
        await browser.WaitAsync("legend.textContent.includes('100 kept back') && !kept.hidden && keptAccuracy.textContent.includes('%')");
        await browser.ClickAsync("#standardize");
        await SettingAsync("standardize", "true");
        await browser.ClickAsync("#derived input[value='x^2']");
        await SettingAsync("derive", "x^2");
        await browser.ClickAsync("#derived input[value='sin(y)']");
        await SettingAsync("net", "4-50-1");
        await browser.WaitAsync("facts.textContent.startsWith('4-50-1, 301 parameters on ')");
        await browser.ClickAsync("#derived input[value='x^2']");
        await browser.ClickAsync("#derived input[value='sin(y)']");
        await SettingAsync("net", "2-50-1");
        await browser.ClickAsync("[aria-label='Fewer units in layer 1']");
        await SettingAsync("net", "2-49-1");
        await browser.ClickAsync("[aria-label='More units in layer 1']");
        await SettingAsync("net", "2-50-1");
        await browser.ClickAsync("[aria-label='Add a layer']");
        await SettingAsync("net", "2-50-8-1");
        await browser.ClickAsync("[aria-label='Remove layer 1']");
        await SettingAsync("net", "2-8-1");
        await browser.AskAsync("(() => { const field = document.querySelector(\"[aria-label='Units of layer 1']\"); field.value = 6; "
            + "field.onchange(); })()");
        await SettingAsync("net", "2-6-1");
        await TakesAsync("activation", "tanh", "activation");
        await TakesAsync("init", "xavier", "init");
        await TakesAsync("lossName", "bce-torch", "loss");
        await TakesAsync("seed", "41", "seed");
        await browser.ClickAsync("#dice");
        await SettingAsync("seed", "42");
        await TakesAsync("optimizer", "momentum", "optimizer");
        await browser.WaitAsync("!momentum.disabled && momentum.value === '0.9'");
        await TakesAsync("momentum", "0.5", "momentum");
        await TakesAsync("lr", "0.02", "lr");
        await TakesAsync("batch", "16", "batch");
        await TakesAsync("weightDecay", "0.001", "weightDecay");
        await TakesAsync("l1", "0.0001", "l1");
        await browser.AskAsync("device.focus()");
        await browser.WaitAsync("[...device.options].some(option => option.value === 'cpu')");
        await TakesAsync("device", "cpu", "device");
        await StepsAsync(200, 200);
        await TakesAsync("lr", "0.05", "lr");
        await browser.WaitAsync("facts.textContent.includes('changed at step 200')");
        await StepsAsync(200, 400);
        await NothingWrongAsync();

        // the address holds all of it
        await browser.WaitAsync("location.hash.includes('0.05')");
        string link = (await browser.AskAsync("location.href")).GetString()!;
        Assert.DoesNotContain("token", link);
        await browser.GoAsync("about:blank");
        await browser.GoAsync(link);
        await browser.WaitAsync("document.getElementById('activation')?.value === 'tanh' && document.getElementById('lr').value === "
            + "'0.05'");
        await browser.WaitAsync("facts.textContent.startsWith('2-6-1, ')");
        await NothingWrongAsync();
    }

    [Fact]
    public async Task ThePlaneIsSeenNearerAndFarther()
    {
        string whole = await browser.TextAsync("window");
        int[] first = await PixelsAsync();
        async Task Moves(Func<Task> act)
        {
            string before = await browser.TextAsync("window");
            await act();
            await browser.WaitAsync($"document.getElementById('window').textContent !== {JsonSerializer.Serialize(before)}");
        }

        await Moves(() => browser.ClickAsync("#nearer"));
        Assert.Equal("-0.90 to 1.90, -1.15 to 1.65", (await browser.TextAsync("window")).Replace("-0.9 ", "-0.90 "));
        await Moves(() => browser.ClickAsync("#farther"));
        (double x, double y) = await browser.PlaceAsync("#points", 0.3, 0.4);
        await Moves(() => browser.MouseAsync("mouseWheel", x, y, 0, -200));
        await Moves(async () =>
        {
            await browser.MouseAsync("mousePressed", x, y);
            await browser.MouseAsync("mouseMoved", x + 50, y + 20);
            await browser.MouseAsync("mouseReleased", x + 50, y + 20);
        });
        await browser.AskAsync("document.getElementById('points').focus()");
        foreach (string key in (string[])["+", "-", "ArrowLeft", "ArrowUp"]) await Moves(() => browser.KeyAsync(key));
        Assert.NotEqual(first, await PixelsAsync());
        await browser.ClickAsync("#whole");
        await browser.WaitAsync($"document.getElementById('window').textContent === {JsonSerializer.Serialize(whole)}");
        Assert.Equal(first, await PixelsAsync());
        await browser.ClickAsync("#nearer");
        await browser.WaitAsync("decodeURIComponent(location.hash).startsWith('#{\"window\":\"-0.')");
        string seen = await browser.TextAsync("window"), link = (await browser.AskAsync("location.href")).GetString()!;
        await browser.GoAsync("about:blank");
        await browser.GoAsync(link);
        await browser.WaitAsync($"document.getElementById('window')?.textContent === {JsonSerializer.Serialize(seen)}");
        await browser.GoAsync("about:blank");
        await browser.GoAsync($"{play.Root}#nonsense");
        await browser.WaitAsync("document.getElementById('error')?.textContent.startsWith('the address has settings')");
        await browser.WaitAsync("+document.body.dataset.frames > 0");
        for (int k = 0; k < 60; k++) await browser.AskAsync("nearer.click()");             // to float32's end and no further
        await browser.WaitAsync("decodeURIComponent(location.hash).startsWith('#{') && (([x0, x1]) => x1 - x0 < 1e-6)("
            + "JSON.parse(decodeURIComponent(location.hash.slice(1))).window.split(/[:,]/))");
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task UnitsConnectionsAndOtherSeedsAreSeen()
    {
        await browser.ClickAsync("[aria-label='Add a layer']");
        await browser.WaitAsync("document.querySelectorAll('#units button').length === 58");
        await browser.AskAsync("(() => { const field = document.querySelector(\"[aria-label='Units of layer 2']\"); field.value = 2; "
            + "field.onchange(); })()");
        await browser.WaitAsync("document.querySelectorAll('#units button').length === 52");
        foreach (string view in (string[])["weightsView", "warpView", "seedsView"]) await browser.ClickAsync($"#{view} summary");
        await StepsAsync(2000, 2000);
        await browser.ClickAsync("#units button[data-layer='1'][data-unit='1']");
        await browser.WaitAsync("!unit.hidden && unitName.textContent.startsWith('unit 2 of layer 2') && "
            + "incomingText.textContent.includes('unit ')");
        (double x, double y) = await browser.PlaceAsync("#units button[data-layer='0'][data-unit='6']");
        await browser.MouseAsync("mouseMoved", x, y, 0);
        await browser.WaitAsync("unitName.textContent.startsWith('unit 7 of layer 1, ') && incomingText.textContent.includes('x ')");
        await browser.MouseAsync("mouseMoved", 5, 5, 0);
        await browser.WaitAsync("unitName.textContent.startsWith('unit 2 of layer 2, ')");
        foreach (string canvas in (string[])["large", "incoming", "connections", "warp"])
            await browser.WaitAsync($"new Set(new Uint32Array({canvas}.getContext('2d').getImageData(0, 0, {canvas}.width, "
                + $"{canvas}.height).data.buffer)).size > 2");
        await browser.SetAsync("seeds", "4");
        await browser.ClickAsync("#mosaic");
        await browser.WaitAsync("mosaicText.textContent.startsWith('seeds 0 to 3, ')");
        await browser.WaitAsync("new Set(new Uint32Array(tiles.getContext('2d').getImageData(0, 0, tiles.width, "
            + "tiles.height).data.buffer)).size > 20");
        await browser.ClickAsync("#mosaic");
        await browser.WaitAsync("mosaic.getAttribute('aria-pressed') === 'false'");
        (x, y) = await browser.PlaceAsync("#tiles", 0.75, 0.75);
        await browser.MouseAsync("mousePressed", x, y);
        await browser.MouseAsync("mouseReleased", x, y);
        await browser.WaitAsync("seed.value === '3' && step.textContent === '0'");
        await NothingWrongAsync();
    }

    [Fact]
    public async Task PointsAreDrawnErasedAndSaved()
    {
        await browser.ClickAsync("#clear");
        async Task Stroke(double x0, double y0, double x1, double y1)
        {
            (double x, double y) = await browser.PlaceAsync("#points", x0, y0);
            (double endX, double endY) = await browser.PlaceAsync("#points", x1, y1);
            await browser.MouseAsync("mousePressed", x, y);
            for (int k = 1; k <= 10; k++) await browser.MouseAsync("mouseMoved", x + (endX - x) * k / 10, y + (endY - y) * k / 10);
            await browser.MouseAsync("mouseReleased", endX, endY);
        }

        await Stroke(0.1, 0.2, 0.8, 0.2);
        Assert.Contains("as soon as there are two classes", await browser.TextAsync("saved"));
        await browser.KeyAsync("0");
        await browser.WaitAsync("pen.value === '0'");
        await Stroke(0.1, 0.8, 0.8, 0.8);
        await browser.WaitAsync("legend.textContent.includes('22 rows') && data.value === 'csv:points.csv'");
        await browser.ClickAsync("#erase");
        await Stroke(0.05, 0.2, 0.3, 0.2);
        await browser.WaitAsync("!legend.textContent.includes('22 rows') && legend.textContent.includes('class 0')");
        await browser.ClickAsync("#erase");
        await StepsAsync(2000, 2000);
        Assert.Equal("100.0 %", await browser.TextAsync("accuracy"));
        foreach ((string button, string name) in ((string, string)[])[("saveModel", "model.safetensors"), ("saveRun", "run.json"),
            ("savePng", "boundary.png"),
            ("saveGif", "boundary.gif"), ("saveData", "points.csv")])
        {
            await browser.ClickAsync($"#{button}");
            await browser.WaitAsync($"document.body.dataset.saved?.startsWith('{name} ')");
        }
        await browser.ClickAsync("#copyLink");
        await browser.WaitAsync("saved.textContent.startsWith('http://')");
        await NothingWrongAsync();
    }

    [Fact]
    public async Task FilesAreDroppedAndFaultsAreSentences()
    {
        using var scratch = new ScratchFolder();
        File.WriteAllText(scratch.File("bad.csv"), "a,b,kind\n1,x,red\n3,4,blue\n");
        File.WriteAllText(scratch.File("good.csv"), "a;b;c;kind\n" + string.Concat(Enumerable.Range(0, 60)
            .Select(k => FormattableString.Invariant($"{k % 7};{k % 5 * 10};{k % 3};{(k % 7 > 3 ? "big" : "small")}\n"))));
        File.WriteAllText(scratch.File("run.json"),
            JsonSerializer.Serialize(new { config = RunRecord.ToJson(new TrainConfig { Data = "xor", Samples = 300, Noise = 0.1 }) }));
        JsonElement document = (await browser.CallAsync("DOM.getDocument", new { })).GetProperty("root").GetProperty("nodeId");
        int field = (await browser.CallAsync("DOM.querySelector", new
        {
            nodeId = document.GetInt32(),
            selector = "#file"
        })).GetProperty("nodeId").GetInt32();
        Task Choose(string name) => browser.CallAsync("DOM.setFileInputFiles", new
        {
            nodeId = field,
            files = new[] { scratch.File(name) }
        });

        await Choose("bad.csv");
        await browser.WaitAsync("!error.hidden && error.textContent.startsWith('bad.csv:2:2: ')");
        await Choose("good.csv");
        await browser.WaitAsync("error.hidden && data.value === 'csv:good.csv' && notes.textContent.startsWith('good: ') && "
            + "!xAxisField.hidden");
        await browser.SetAsync("xAxis", "c");
        await browser.WaitAsync("xName.textContent.startsWith('c to the right, b up')");
        await browser.SetAsync("yAxis", "a");
        await browser.WaitAsync("xName.textContent.startsWith('c to the right, a up')");
        await StepsAsync(100, 100);
        await Choose("run.json");
        await browser.WaitAsync("data.value === 'xor' && legend.textContent.includes('300 rows')");

        // dropped, as a user does with the mouse
        await browser.AskAsync("""
            (() => { const dropped = new DataTransfer(); dropped.items.add(new File(['a,b,kind\n1,2,x\n3,4,y\n'], 'drop.csv'));
              dispatchEvent(new DragEvent('dragover', { dataTransfer: dropped, cancelable: true }));
              dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, cancelable: true })); })()
            """);
        await browser.WaitAsync("data.value === 'csv:drop.csv' && legend.textContent.includes('2 rows')");
        await browser.ClickAsync("#play");
        await browser.SetAsync("lr", "-1");
        await browser.WaitAsync("!error.hidden && error.textContent.startsWith('config.lr -1: ') && play.textContent === 'Pause'");
        await browser.AskAsync("seedsView.scrollIntoView()");
        Assert.True((await browser.AskAsync("error.getBoundingClientRect().top >= 0")).GetBoolean());      // seen from everywhere
        await browser.SetAsync("lr", "0.01");
        await browser.WaitAsync("error.hidden");
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task EveryControlHasAName()
    {
        await browser.WaitAsync("document.querySelectorAll('#units button').length === 50");
        JsonElement nodes = (await browser.CallAsync("Accessibility.getFullAXTree", new { })).GetProperty("nodes");
        string[] controls = ["button", "combobox", "spinbutton", "checkbox", "textbox", "img", "image"];
        JsonElement[] found = [.. nodes.EnumerateArray().Where(node => node.TryGetProperty("role", out JsonElement role)
            && controls.Contains(role.GetProperty("value").GetString()) && !node.GetProperty("ignored").GetBoolean())];
        Assert.True(found.Length > 60);
        Assert.All(found, node => Assert.NotEqual("", node.GetProperty("name").GetProperty("value").GetString()));
    }

    [Theory]
    [InlineData(1280, 800, false)]
    [InlineData(390, 844, true)]
    public async Task NothingReachesBeyondTheScreen(int width, int height, bool mobile)
    {
        foreach (string scheme in (string[])["light", "dark"])
        {
            await browser.SizeAsync(width, height, mobile);
            await browser.SchemeAsync(scheme);
            await StepsAsync(500, scheme == "light" ? 500 : 1000);
            Assert.True((await browser.AskAsync("document.documentElement.scrollWidth <= innerWidth")).GetBoolean());
            Assert.Equal(scheme == "dark" ? 30 : 248,
                (await browser.AskAsync("import('/colours.js').then(c => c.ofShare(0.5)[0])")).GetInt32());
        }
        await NothingWrongAsync();
    }
}
