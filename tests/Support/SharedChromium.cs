namespace GpuMlp.Tests.Support;

/// <summary>One browser for the tests of a class, which starts with the first of them; each begins on an empty page.</summary>
public sealed class SharedChromium : IAsyncDisposable
{
    Chromium? browser;

    /// <summary>The browser; the test is skipped where there is none.</summary>
    internal async Task<Chromium> OpenAsync()
    {
        browser ??= await Chromium.StartAsync();
        await browser.GoAsync("about:blank");
        browser.Errors.Clear();
        return browser;
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
    }
}
