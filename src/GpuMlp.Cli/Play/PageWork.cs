using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Losses;
using GpuMlp.Records;
using Window = GpuMlp.Grids.Window;

namespace GpuMlp.Cli.Play;

/// <summary>What a page asks for, done: its settings, its training, its pictures and files. All of it is on one thread.</summary>
/// <param name="send">Sends a message to the page.</param>
sealed class PageWork(Action<byte[]> send) : IDisposable
{
    // a picture every thirtieth of a second is as many as one sees
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(1 / 30.0), Patience = TimeSpan.FromSeconds(1);

    readonly PagePace pace = new();
    readonly PageFrames frames = new();
    TrainConfig wanted = TrainData.Resolve(new TrainConfig());
    DroppedFile? file;
    PageTraining? training;
    PageMosaic? mosaic;
    int mosaicCount;
    long drawn;                                                    // when the last picture was sent
    bool playing, changed, waiting;                                // waiting: the page has not drawn the last picture yet
    int left;                                                      // steps to make before the training pauses; 0: it goes on
    string? devices;

    /// <summary>Says what there is, and begins with what train does by default.</summary>
    public void Begin()
    {
        send(PageHello.Message());
        Apply(wanted, fit: true);
    }

    /// <summary>Takes a message of the page.</summary>
    public void Take(byte[] message, bool isFile)
    {
        if (isFile)
        {
            TakeFile(message);
            return;
        }
        using JsonDocument read = JsonDocument.Parse(message, new JsonDocumentOptions { MaxDepth = 8 });
        JsonElement json = read.RootElement;
        switch (Text(json, "type"))
        {
            case "config": Apply(ConfigOf(message), Flag(json, "fit"), IdOf(json)); break;
            case "open": Open(Text(json, "text")); break;
            case "play": Play(0); break;
            case "pause": Pause(); break;
            case "steps": Play(Number(json, "count", 1, 1_000_000_000)); break;
            case "reset": Reset(); break;
            case "speed": pace.PerSecond = Number(json, "perSecond", 0, 1_000_000_000); break;
            case "view": Look(json); break;
            case "seen": waiting = false; break;
            case "mosaic": Compare(Number(json, "count", 0, PageMosaic.Most)); break;
            case "save": Save(Text(json, "what")); break;
            case "devices": send(PageMessage.OfText("devices", devices ??= PageHello.Devices())); break;
            case string other: throw new UsageException($"a page has no message '{UsageException.Cut(other)}'");
        }
    }

    /// <summary>Trains some steps and draws, if there is something to do.</summary>
    /// <returns>How long nothing is to be done if no message comes.</returns>
    public TimeSpan Advance()
    {
        if (training is null) return Patience;
        if (playing)
        {
            int steps = Math.Min(pace.Due(), TrainSteps.Most - training.Session.Steps);
            if (left > 0) steps = Math.Min(steps, left);
            if (steps > 0) Train(steps);
            if (playing) mosaic?.Train();
            if (training.Session.Steps == TrainSteps.Most) throw new UsageException(TrainSteps.Enough);
        }
        TimeSpan since = Stopwatch.GetElapsedTime(drawn);
        if ((playing || changed) && !waiting)
        {
            if (since >= Interval) Draw();
            else if (!playing) return Interval - since;
        }
        return playing ? pace.Rest : changed && !waiting ? TimeSpan.Zero : Patience;
    }

    void Train(int steps)
    {
        long start = Stopwatch.GetTimestamp();
        float[] losses = training!.Train(steps);
        pace.Made(losses.Length, Stopwatch.GetElapsedTime(start));
        frames.Add(losses);
        if (left > 0 && (left -= losses.Length) == 0) Pause();
        if (training.Session.DivergedStep is not int step) return;
        Pause();
        send(PageMessage.OfText("error", FormattableString.Invariant(
            $"diverged at step {step:N0}: the loss or a weight is no longer finite; a lower learning rate than {wanted.Lr} may help")));
    }

    void Draw()
    {
        drawn = Stopwatch.GetTimestamp();
        bool coarse = frames.IsCoarse && playing;
        send(frames.Draw(training!, mosaic, playing, pace.Rate));
        (waiting, changed) = (true, coarse);
    }

    // after a device failed there is no training: it begins anew
    void Play(int steps)
    {
        if (training is null) Reset();
        (playing, left) = (true, steps);
    }

    void Pause()
    {
        (playing, left, changed) = (false, 0, true);
        pace.Stop();
    }

    /// <summary>Ends what is going on after a failure of it.</summary>
    public void Stop() => Pause();

    /// <summary>Gives back what a device holds that failed.</summary>
    public void Abandon()
    {
        Pause();
        changed = false;
        Dispose();
        (training, mosaic) = (null, null);
    }

    static TrainConfig ConfigOf(ReadOnlySpan<byte> json)
    {
        try { return RunRecord.ReadConfig(Encoding.UTF8.GetString(json), "the page"); }
        catch (InvalidDataException e) { throw new UsageException(e.Message.Split(": ", 2)[^1], e); }
    }

    void Open(string text)
    {
        TrainConfig config = RunRecord.ReadConfig(text, "run.json");
        // what is only for files and pictures of train
        Apply(config with { Window = null, CheckpointEvery = null, Device = "auto" }, fit: false);
    }

    // where another training begins, the old one goes only when all is known to be in order
    void Apply(TrainConfig config, bool fit, int id = 0)
    {
        if (training is not null && training.Session.Steps > 0 && PageConfig.GoesOn(training.Config, config = TrainData.Resolve(config)))
        {
            training.Change(config);
            mosaic?.Change(training.Session.Recipe);
            wanted = config;
            SendConfig([], id);
            return;
        }
        (TrainConfig checkedConfig, TrainInput input) = PageConfig.Load(config, file, fit);
        Restart(checkedConfig, input, id);
    }

    void Restart(TrainConfig config, TrainInput input, int id = 0)
    {
        PageTraining begun;
        try { begun = PageTraining.Begin(config, input); }
        catch (DeviceException e) { throw new UsageException(e.Message, e); }              // of a device that was not yet in use
        Dispose();
        mosaic = null;
        (training, wanted) = (begun, config);
        frames.Begin(begun, isGenerated: !TrainData.IsFile(config.Data));
        Pause();
        SendConfig(input.Notes, id);
        send(PageData.Message(input));
        Compare(mosaicCount);
    }

    void Compare(int count)
    {
        mosaic?.Dispose();
        mosaic = null;
        mosaicCount = 0;
        if (count > 0 && training is not null) mosaic = new PageMosaic(training, count);
        (mosaicCount, changed) = (count, true);
    }

    void Reset()
    {
        (TrainConfig config, TrainInput input) = training is null ? PageConfig.Load(wanted, file, fit: false)
            : (training.Config, training.Input);
        Restart(config, input);
    }

    void SendConfig(IReadOnlyList<string> notes, int id = 0)
    {
        var message = new PageMessage("config");
        message.Json.WritePropertyName("config");
        RunRecord.ToJson(training!.Config).WriteTo(message.Json);
        message.Json.WriteNumber("id", id);
        PageHello.Describe(message.Json, training, notes);
        send(message.ToBytes());
        changed = true;
    }

    void TakeFile(byte[] message)
    {
        if (message.Length < sizeof(int)) throw new UsageException("the file has no name");
        int length = BinaryPrimitives.ReadInt32LittleEndian(message);
        if (length < 2 || length > message.Length - sizeof(int)) throw new UsageException("the file has no name");
        using JsonDocument head = JsonDocument.Parse(message.AsMemory(sizeof(int), length));
        string name = Path.GetFileName(Text(head.RootElement, "name").Replace('\\', '/'));
        if (name.Length is 0 or > 200 || name.Any(char.IsControl)) throw new UsageException("the file's name has 1 to 200 characters");
        TrainConfig config = ConfigOf(message.AsSpan(sizeof(int), length));
        DroppedFile? before = file;
        file = new DroppedFile(name, message[(sizeof(int) + length)..]);
        try
        {
            // numbers were another table's
            if (before?.Data != file.Data && config.Loss.Labels == LabelKind.Number) config = config with { Loss = new TrainConfig().Loss };
            ApplyTable(config with { Data = file.Data, Samples = null, Noise = null });
        }
        catch
        {
            file = before;
            throw;
        }
    }

    // labels that are no classes may be numbers
    void ApplyTable(TrainConfig config)
    {
        try
        {
            Apply(config, fit: true);
        }
        catch (UsageException) when (config.Loss.Labels != LabelKind.Number)
        {
            try
            {
                Apply(config with { Loss = PageConfig.Numbers }, fit: true);
                return;
            }
            catch (UsageException)
            {
                // what was wrong at first is said
            }
            throw;
        }
    }

    void Look(JsonElement json)
    {
        frames.Look(json);
        changed = true;
    }

    void Save(string what)
    {
        PageTraining of = training ?? throw new UsageException("there is nothing to save yet");
        send(PageFile.Of(what, of, frames.View!));
    }

    // which of its settings the page is answered to, where it says
    static int IdOf(JsonElement json) => json.TryGetProperty("id", out _) ? Number(json, "id", 0, int.MaxValue) : 0;

    internal static string Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()! : throw new UsageException($"the message lacks the text '{name}'");

    internal static bool Flag(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement flag) && flag.ValueKind == JsonValueKind.True;

    internal static int Number(JsonElement json, string name, int least, int most) =>
        json.TryGetProperty(name, out JsonElement number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out int value)
            && value >= least && value <= most ? value
            : throw new UsageException(FormattableString.Invariant($"'{name}' is a whole number from {least:N0} to {most:N0}"));

    public void Dispose()
    {
        mosaic?.Dispose();
        training?.Dispose();
    }
}
