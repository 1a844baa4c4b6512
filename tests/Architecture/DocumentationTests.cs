using System.Xml.Linq;

namespace GpuMlp.Tests.Architecture;

/// <summary>A type or member has one documentation text, which editors show.</summary>
public class DocumentationTests
{
    [Theory]
    [InlineData("GpuMlp.Kernels")]
    [InlineData("GpuMlp")]
    [InlineData("GpuMlp.Plotting")]
    public void NothingHasTwoSummariesOrRemarks(string assembly)
    {
        XElement[] members = [.. XDocument.Load(Path.Combine(AppContext.BaseDirectory, $"{assembly}.xml")).Descendants("member")];
        Assert.NotEmpty(members);
        ArchitectureTests.None(from member in members
                               from part in (string[])["summary", "remarks", "returns"]
                               where member.Elements(part).Count() > 1
                               select $"{member.Attribute("name")!.Value}: more than one {part}");
    }
}
