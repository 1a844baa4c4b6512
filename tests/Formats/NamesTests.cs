using GpuMlp.Formats;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;

namespace GpuMlp.Tests.Formats;

/// <summary>
/// A name is looked up in the table of its kind; the message about an unknown name gives the nearest one, if one is near.
/// </summary>
public class NamesTests
{
    [Theory]
    [InlineData("rleu", "; did you mean relu?")]
    [InlineData("leaky_relu", "; did you mean leaky-relu?")]
    [InlineData("Tanh", "; did you mean tanh?")]
    [InlineData("step", "elu")]
    [InlineData("", "elu")]
    public void TheNearestIsNamed(string name, string ending)
    {
        var thrown = Assert.Throws<FormatException>(() => Activations.Names.Parse(name));
        Assert.StartsWith("allowed are relu, leaky-relu, tanh, ", thrown.Message);
        Assert.EndsWith(ending, thrown.Message);
    }

    [Fact]
    public void ANameThatIsReadIsTheOneThatIsWritten()
    {
        foreach (string name in Activations.Names.All) Assert.Equal(name, Activations.Names.Of(Activations.Names.Parse(name)));
        foreach (string name in Initializer.Names.All) Assert.Equal(name, Initializer.Names.Of(Initializer.Names.Parse(name)));
        foreach (string name in UpdateRules.Names.All) Assert.Equal(name, UpdateRules.Names.Of(UpdateRules.Names.Parse(name)));
        foreach (string name in Schedule.Names.All) Assert.Equal(name, Schedule.Names.Parse(name).Name);
        foreach (string name in Loss.Names.All) Assert.Equal(name, Loss.Names.Parse(name).Name);
        Assert.Equal(Enum.GetValues<Initialization>().Length, Initializer.Names.All.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Names.Of((Initialization)99));
    }
}
