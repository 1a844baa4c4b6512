namespace GpuMlp.Tests.Architecture;

/// <summary>A room (a namespace of the project), what it is for, and what it may use.</summary>
/// <param name="Name">The namespace without "GpuMlp."; it is the folder, too.</param>
/// <param name="Why">What the room holds, and why it needs what it may use.</param>
/// <param name="MayUse">Rooms; a sub-room may also list single types of the room around it.</param>
readonly record struct Room(string Name, string Why, params string[] MayUse);

/// <summary>All rooms, each after the rooms that it may use. A sub-room is a folder in a room and has its own list.</summary>
/// <remarks>
/// A sub-room may use the room around it where the table says so, although that room uses the sub-room in turn: the two are one subject.
/// </remarks>
static class Rooms
{
    /// <summary>The kernels and the library.</summary>
    public static readonly Room[] All =
    [
        new("Kernels.Lanes", "floats that move together, and every operation that rounds"),
        new("Kernels", "what an op is, and how a device enters it", "Kernels.Lanes"),
        new("Kernels.Numerics", "elementary functions and the order of sums", "Kernels.Lanes"),
        new("Kernels.Networks", "a network's shape as kernels see it; its output's partial sums follow from the order of sums",
            "Kernels.Numerics"),
        new("Kernels.Randomness", "Philox on integers alone"),
        new("Kernels.Activations", "each activation beside its derivative", "Kernels", "Kernels.Lanes", "Kernels.Numerics"),
        new("Kernels.Sums", "sums of rows, and softmax, which is made of them", "Kernels", "Kernels.Lanes", "Kernels.Numerics"),
        new("Kernels.Elementwise", "arithmetic on elements", "Kernels", "Kernels.Lanes"),
        new("Kernels.Linear", "products and the gradients of a linear layer",
            "Kernels", "Kernels.Lanes", "Kernels.Numerics", "Kernels.Activations"),
        new("Kernels.SelfTest", "each operation of the lanes, to compare devices by", "Kernels", "Kernels.Lanes"),
        new("Kernels.Data", "rows drawn and gathered", "Kernels", "Kernels.Lanes", "Kernels.Randomness"),
        new("Kernels.Losses", "losses with their gradients, on sigmoids and softmaxes", "Kernels", "Kernels.Lanes", "Kernels.Numerics",
            "Kernels.Activations", "Kernels.Sums"),
        new("Kernels.Optimizers", "update rules, and clipping, which multiplies by a factor made of a sum of squares", "Kernels",
            "Kernels.Lanes", "Kernels.Numerics", "Kernels.Elementwise"),
        new("Kernels.Grids", "a whole network over many points", "Kernels", "Kernels.Lanes", "Kernels.Numerics", "Kernels.Networks",
            "Kernels.Activations"),
        new("Kernels.Training", "many steps in one launch, made of the bodies of the ops; populations go over their points as grids do",
            "Kernels", "Kernels.Lanes", "Kernels.Numerics", "Kernels.Networks", "Kernels.Randomness", "Kernels.Activations",
            "Kernels.Linear", "Kernels.Losses", "Kernels.Optimizers", "Kernels.Grids"),
        new("Kernels.Grids.Host", "ops of the processor alone, which may use arrays and bytes", "Kernels", "Kernels.Lanes",
            "Kernels.Activations", "Kernels.Grids"),

        new("Numerics", "elementary functions in float64 whose bits no system changes"),
        new("Formats", "bytes and arrays in files, and tables of names: strict readers, atomic writers; nothing of networks"),
        new("Settings", "which numbers each setting takes: options, files and arguments ask the same table; numbers in equal ratios",
            "Numerics"),
        new("Tables", "tables as files hold them: text, NumPy's arrays; their columns are numbers in float64 or texts", "Formats",
            "Settings"),
        new("Randomness", "streams of numbers on the host, the same as the kernels'", "Kernels.Randomness", "Numerics"),
        new("Devices.Host", "kernel bodies as .NET code, on all cores", "Kernels", "Kernels.Lanes"),
        new("Devices.Launching", "kernels compiled, kept and launched; a failure names the device", "Kernels", "Kernels.Lanes",
            "Formats", "Devices.DeviceDescription", "Devices.DeviceException", "Devices.DeviceKind", "Devices.DeviceOutOfMemoryException"),
        new("Devices.Memory", "blocks, buffers and the pool; a buffer knows its device", "Kernels.Lanes", "Devices"),
        new("Devices.Finding", "what the machine has, opened and tested; opening makes the device", "Kernels.Lanes", "Kernels.SelfTest",
            "Formats", "Devices.Host", "Devices.Launching", "Devices.Memory", "Devices"),
        new("Devices", "ComputeDevice, which is made of its sub-rooms, and the words and failures of devices", "Kernels",
            "Kernels.Elementwise", "Formats", "Devices.Host", "Devices.Launching", "Devices.Memory", "Devices.Finding"),
        new("Devices.Ops", "one method for each op: the only place that launches kernels for other rooms", "Kernels", "Kernels.Lanes",
            "Kernels.Numerics", "Kernels.Networks", "Kernels.Activations", "Kernels.Sums", "Kernels.Elementwise", "Kernels.Linear",
            "Kernels.Data", "Kernels.Losses", "Kernels.Optimizers", "Kernels.Training", "Kernels.Grids", "Kernels.Grids.Host",
            "Numerics", "Devices.Host", "Devices.Memory", "Devices"),
        new("Tensors", "matrices on a device, parameters and their arena", "Randomness", "Devices", "Devices.Memory", "Devices.Ops"),
        new("Autograd.Operations", "ops of the tape with their derivatives, each on the kernels' type that it is of",
            "Kernels.Activations", "Kernels.Elementwise", "Devices", "Devices.Memory", "Devices.Ops", "Tensors", "Autograd"),
        new("Autograd", "the tape", "Kernels.Activations", "Kernels.Elementwise", "Devices", "Devices.Memory", "Devices.Ops", "Tensors",
            "Autograd.Operations"),
        new("Losses", "a loss and what it asks of a network; each names its kernels' type and multiplies gradients of what follows",
            "Kernels.Elementwise", "Kernels.Losses", "Numerics", "Formats", "Devices", "Devices.Memory", "Devices.Ops", "Tensors",
            "Autograd"),
        new("Layers", "modules, layers and networks; the table of activations names the kernels' types and bounds them", "Kernels.Lanes",
            "Kernels.Numerics", "Kernels.Activations", "Numerics", "Formats", "Settings", "Randomness", "Devices", "Devices.Memory",
            "Devices.Ops", "Tensors", "Autograd", "Losses"),
        new("Optimizers", "the table of optimizers, each row with its kernels' type", "Kernels.Optimizers", "Numerics", "Formats",
            "Settings", "Devices", "Devices.Memory", "Devices.Ops", "Tensors"),
        new("Data", "data sets on the host, from tables and generators: columns chosen, encoded, filled and scaled", "Numerics", "Formats",
            "Tables", "Settings", "Randomness"),
        new("Metrics", "how well predictions match labels: functions of arrays, and the score of a network's outputs", "Numerics", "Losses",
            "Layers", "Data"),
        new("Training", "training by layers and fused, of one network or many; the fused engine hands the kernels a plan and memory",
            "Kernels.Lanes", "Kernels.Networks", "Kernels.Activations", "Kernels.Losses", "Kernels.Optimizers", "Kernels.Training",
            "Formats", "Settings", "Randomness", "Devices", "Devices.Memory", "Devices.Ops", "Tensors", "Losses", "Layers", "Optimizers",
            "Data", "Metrics"),
        new("Grids", "dense grids and boundaries; rows go straight into the host's memory, and exact boundaries know the order of sums",
            "Kernels.Lanes", "Kernels.Numerics", "Kernels.Networks", "Kernels.Activations", "Numerics", "Devices", "Devices.Host",
            "Devices.Memory",
            "Devices.Ops", "Tensors", "Layers"),
        new("Planning", "which device suits a job, by the work at hand and by what was measured; measurements lie beside cached kernels",
            "Formats", "Devices", "Devices.Host", "Devices.Launching", "Layers", "Training"),
        new("Records", "models and runs in files", "Formats", "Tables", "Settings", "Devices", "Tensors", "Losses", "Layers", "Optimizers",
            "Data",
            "Metrics", "Training", "Grids"),
    ];

    /// <summary>The rooms of the program: verbs do not know each other, and what they share does not know the verbs.</summary>
    public static readonly Room[] Program =
    [
        new("Cli.Shell", "streams, signals, messages, help and exit codes"),
        new("Cli.Input", "what options name: devices, models, data, windows", "Cli.Shell"),
        new("Cli.Options", "the table of train's options, which sweep takes too", "Cli.Shell", "Cli.Input"),
        new("Cli.Output", "folders of runs, and scores", "Cli.Shell"),
        new("Cli.Samples", "programs to copy: they use the library alone"),
        new("Cli.Bench", "a verb", "Cli.Shell"),
        new("Cli.Compare", "a verb", "Cli.Shell", "Cli.Input", "Cli.Options", "Cli.Output", "Cli.Samples"),
        new("Cli.Plan", "a verb", "Cli.Shell"),
        new("Cli.Completion", "a verb", "Cli.Shell"),
        new("Cli.Conversion", "a verb", "Cli.Shell", "Cli.Input", "Cli.Output"),
        new("Cli.DataFiles", "the verb data", "Cli.Shell", "Cli.Input", "Cli.Options", "Cli.Output"),
        new("Cli.Devices", "a verb", "Cli.Shell", "Cli.Input"),
        new("Cli.Gradcheck", "a verb", "Cli.Shell", "Cli.Input"),
        new("Cli.Grid", "a verb", "Cli.Shell", "Cli.Input", "Cli.Output"),
        new("Cli.Map", "a verb", "Cli.Shell", "Cli.Input", "Cli.Options", "Cli.Output"),
        new("Cli.Play", "a verb; what a page shows is computed here, and GpuMlp.Web carries it", "Cli.Shell", "Cli.Input"),
        new("Cli.Predict", "two verbs, predict and evaluate", "Cli.Shell", "Cli.Input", "Cli.Output"),
        new("Cli.Sweep", "a verb", "Cli.Shell", "Cli.Input", "Cli.Options", "Cli.Output"),
        new("Cli.Train", "a verb", "Cli.Shell", "Cli.Input", "Cli.Options", "Cli.Output", "Cli.Samples"),
        new("Cli", "Program: the verbs, and failures as exit codes", "Cli.Shell", "Cli.Output", "Cli.Bench", "Cli.Compare",
            "Cli.Completion", "Cli.Conversion", "Cli.DataFiles", "Cli.Devices", "Cli.Gradcheck", "Cli.Grid", "Cli.Map", "Cli.Plan",
            "Cli.Play",
            "Cli.Predict", "Cli.Sweep", "Cli.Train"),
    ];
}
