using System.Runtime.InteropServices;
using System.Text.Json;
using GpuMlp.Formats;
using GpuMlp.Layers;
using GpuMlp.Losses;

namespace GpuMlp.Records;

/// <summary>
/// Writes models as ONNX: one input <c>x</c> (n, features) of raw values, float32 or, where the model standardizes, float64; one output,
/// <c>probability</c> or <c>value</c> in its own units, float32 (n, outputs). The names of classes are a JSON array in metadata_props,
/// <c>class_names</c>.
/// </summary>
/// <remarks>Format: onnx.ai/onnx/repo-docs/IR.html; the numbers of fields are those of onnx.proto.</remarks>
public static class OnnxFile
{
    const int IrVersion = 8, OperatorSet = 17, Float32 = 1, Float64 = 11;
    const long MostBytes = int.MaxValue - (1 << 20);               // a protobuf message ends before 2 GiB

    /// <summary>The name of the output: probability, or value where the network returns numbers.</summary>
    public static string OutputOf(StoredModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Net.LinearOutput && model.Loss.Labels != LabelKind.Class ? "value" : "probability";
    }

    /// <summary>Writes a model atomically: equal models give equal bytes.</summary>
    /// <exception cref="ArgumentException">The model is larger than 2 GiB, which no ONNX file can hold.</exception>
    public static void Write(string path, StoredModel model)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(model);
        if (model.Net.ParameterCount * sizeof(float) > MostBytes)
            throw new ArgumentException($"{model.Net.ParameterCount} parameters; an ONNX file holds less than 2 GiB", nameof(model));
        ProtobufMessage whole = Encode(model);
        AtomicFile.Write(path, stream => stream.Write(whole.Bytes));
    }

    static ProtobufMessage Encode(StoredModel model)
    {
        ProtobufMessage whole = new ProtobufMessage()
            .Add(1, IrVersion)
            .Add(2, "gpumlp")
            .Add(7, Graph(model))
            .Add(8, new ProtobufMessage().Add(1, "").Add(2, OperatorSet));
        if (model.ClassNames.Count > 0)
        {
            string names = JsonSerializer.Serialize([.. model.ClassNames], ModelJson.Default.StringArray);
            whole.Add(14, new ProtobufMessage().Add(1, "class_names").Add(2, names));
        }
        return whole;
    }

    static ProtobufMessage Graph(StoredModel model)
    {
        (int inputs, int outputs) = (model.Net.Widths[0], model.Net.Widths[^1]);
        var graph = new GraphBuilder("x");
        if (model.Standardizer is not null)
        {
            graph.Apply("Sub", graph.Constant("mean", [inputs], [.. model.Standardizer.Mean]));
            graph.Apply("Div", graph.Constant("deviation", [inputs], [.. model.Standardizer.Deviation]));
            graph.Node("Cast", [graph.Current], GraphBuilder.Integer("to", Float32));
        }
        for (int l = 0; l < model.Net.Depth; l++)
        {
            string weight = graph.Constant($"{2 * l}.weight", [model.Net.Widths[l + 1], model.Net.Widths[l]], model.Rows(l));
            string bias = graph.Constant($"{2 * l}.bias", [model.Net.Widths[l + 1]], model.Biases(l));
            graph.Node("Gemm", [graph.Current, weight, bias], GraphBuilder.Integer("transB", 1));
            if (l + 1 < model.Net.Depth) Activate(graph, model.Net.Activation);
        }
        if (!model.Net.LinearOutput) graph.Node("Sigmoid", [graph.Current]);
        else if (model.Loss.Labels == LabelKind.Class) graph.Node("Softmax", [graph.Current], GraphBuilder.Integer("axis", 1));
        if (model.Targets is not null)
        {
            graph.Node("Cast", [graph.Current], GraphBuilder.Integer("to", Float64));
            graph.Apply("Mul", graph.Constant("target_deviation", [outputs], [.. model.Targets.Deviation]));
            graph.Apply("Add", graph.Constant("target_mean", [outputs], [.. model.Targets.Mean]));
            graph.Node("Cast", [graph.Current], GraphBuilder.Integer("to", Float32));
        }
        return graph.End(OutputOf(model), inputs, outputs, model.Standardizer is null ? Float32 : Float64);
    }

    static void Activate(GraphBuilder graph, Activation activation)
    {
        string before = graph.Current;
        switch (activation)
        {
            case Activation.ReLU: graph.Node("Relu", [before]); break;
            case Activation.LeakyReLU: graph.Node("LeakyRelu", [before], GraphBuilder.Number("alpha", 0.01f)); break;
            case Activation.Tanh: graph.Node("Tanh", [before]); break;
            case Activation.Sigmoid: graph.Node("Sigmoid", [before]); break;
            case Activation.ELU: graph.Node("Elu", [before], GraphBuilder.Number("alpha", 1)); break;
            case Activation.SiLU:
                graph.Node("Sigmoid", [before]);
                graph.Node("Mul", [before, graph.Current]);
                break;
            case Activation.GELU:                                  // x·Φ(x) = x · ½(1 + erf(x/√2))
                graph.Apply("Mul", graph.Shared("root_half", MathF.Sqrt(0.5f)));
                graph.Node("Erf", [graph.Current]);
                graph.Apply("Add", graph.Shared("one", 1));
                graph.Apply("Mul", graph.Shared("half", 0.5f));
                graph.Node("Mul", [before, graph.Current]);
                break;
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, "there is no such activation");
        }
    }

    /// <summary>A chain of operators, each on the result of the one before.</summary>
    sealed class GraphBuilder
    {
        readonly string input;
        readonly List<(string Operator, string[] Inputs, string Output, ProtobufMessage[] Attributes)> nodes = [];
        readonly List<ProtobufMessage> constants = [];
        readonly HashSet<string> shared = [];

        /// <summary>The name of the latest result.</summary>
        public string Current { get; private set; }

        public GraphBuilder(string input) => this.input = Current = input;

        public void Node(string operation, string[] inputs, params ProtobufMessage[] attributes)
        {
            Current = $"{operation.ToLowerInvariant()}_{nodes.Count}";
            nodes.Add((operation, inputs, Current, attributes));
        }

        /// <summary>Adds an operator on the latest result and a constant.</summary>
        public void Apply(string operation, string constant) => Node(operation, [Current, constant]);

        public string Constant(string name, int[] shape, float[] values) =>
            Constant(name, shape, Float32, MemoryMarshal.AsBytes<float>(values));

        public string Constant(string name, int[] shape, double[] values) =>
            Constant(name, shape, Float64, MemoryMarshal.AsBytes<double>(values));

        /// <summary>A number that several operators use.</summary>
        public string Shared(string name, float value) => shared.Add(name) ? Constant(name, [], new[] { value }) : name;

        string Constant(string name, int[] shape, int type, ReadOnlySpan<byte> values)
        {
            var tensor = new ProtobufMessage();
            foreach (int size in shape) tensor.Add(1, size);
            constants.Add(tensor.Add(2, type).Add(8, name).Add(9, values));
            return name;
        }

        public static ProtobufMessage Integer(string name, int value) => new ProtobufMessage().Add(1, name).Add(3, value).Add(20, 2);

        public static ProtobufMessage Number(string name, float value) => new ProtobufMessage().Add(1, name).Add(2, value).Add(20, 1);

        /// <summary>The graph, its latest result under the output's name.</summary>
        public ProtobufMessage End(string output, int inputs, int outputs, int inputType)
        {
            var graph = new ProtobufMessage();
            foreach (var (operation, from, to, attributes) in nodes)
            {
                var node = new ProtobufMessage();
                foreach (string name in from) node.Add(1, name);
                graph.Add(1, node.Add(2, to == Current ? output : to).Add(4, operation).Add(5, attributes));
            }
            return graph.Add(2, "gpumlp").Add(5, constants)
                .Add(11, Value(input, inputType, inputs)).Add(12, Value(output, Float32, outputs));
        }

        // a matrix of any number of rows
        static ProtobufMessage Value(string name, int type, int columns)
        {
            ProtobufMessage shape = new ProtobufMessage()
                .Add(1, new ProtobufMessage().Add(2, "n")).Add(1, new ProtobufMessage().Add(1, columns));
            ProtobufMessage tensor = new ProtobufMessage().Add(1, type).Add(2, shape);
            return new ProtobufMessage().Add(1, name).Add(2, new ProtobufMessage().Add(1, tensor));
        }
    }
}
