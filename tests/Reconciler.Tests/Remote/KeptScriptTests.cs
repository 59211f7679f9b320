using Reconciler.Remote;

namespace Reconciler.Tests.Remote;

public sealed class KeptScriptTests
{
    [Fact]
    public void Its_text_comes_back_as_it_was()
    {
        var text = string.Concat(Enumerable.Range(0, 200).Select(number => $"stat -c '%n %i' -- /srv/www/größe/{number}\n"));
        ShellRequest.Of(new(text), TimeSpan.FromSeconds(1)).Script.ShouldBe(text);
    }
}
