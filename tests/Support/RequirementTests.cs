using Xunit.Sdk;

namespace GpuMlp.Tests.Support;

/// <summary>A missing requirement skips the test, which says so, or fails it where the requirement is demanded.</summary>
public class RequirementTests
{
    const string HowToGet = "Install it.";

    [Theory]
    [InlineData(null)]
    [InlineData("ptxas")]
    [InlineData("opencl, ptxas")]
    public void PresentGoesOn(string? required) => Requirement.Need("ptxas", true, HowToGet, required);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("opencl")]
    public void AbsentSkipsWithTheReason(string? required)
    {
        string? reason = null;
        try                                             // Assert.Throws would let the skip through and skip this test
        {
            Requirement.Need("ptxas", false, HowToGet, required);
        }
        catch (SkipException skip)
        {
            reason = skip.Message;
        }
        Assert.EndsWith("This machine has no ptxas. Install it.", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ptxas")]
    [InlineData("opencl, ptxas")]
    public void AbsentFailsWhereItIsDemanded(string required)
    {
        var failure = Assert.Throws<FailException>(() => Requirement.Need("ptxas", false, HowToGet, required));
        Assert.Contains("GPUMLP_REQUIRE lists ptxas", failure.Message, StringComparison.Ordinal);
        Assert.Contains(HowToGet, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ptxas", "ptaxs")]
    [InlineData("vulkan", null)]
    public void AnUnknownNameFails(string name, string? required) =>
        Assert.Throws<FailException>(() => Requirement.Need(name, true, HowToGet, required));
}
