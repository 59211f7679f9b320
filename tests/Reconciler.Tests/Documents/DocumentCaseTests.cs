using Reconciler.Documents.Reading;

namespace Reconciler.Tests.Documents;

public sealed class DocumentCaseTests
{
    public static TheoryData<string> Names =>
        [.. Directory.EnumerateFiles(DocumentCase.Folder, "*.txt",
        SearchOption.AllDirectories).Select(file => Path.GetRelativePath(DocumentCase.Folder, file)).Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Bad_input_is_refused_with_every_fault_and_its_place(string name) => DocumentCase.Load(name).Check();

    [Fact]
    public void The_tree_that_cases_change_is_valid() =>
        DocumentReader.Read(SmallTree.Valid, ReadOptions.Default).Diagnostics.ShouldBeEmpty();
}
