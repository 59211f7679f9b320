using Reconciler.Documents;
using Reconciler.Documents.Reading;
using Reconciler.Documents.Rules;

namespace Reconciler.Tests.Documents;

public sealed class DeletionsTests
{
    private static readonly DocumentTree Before = SmallTree.Valid;

    [Fact]
    public void Nothing_deleted_is_nothing_to_say() => Compare(Before, Before).ShouldBeEmpty();

    [Fact]
    public void The_folder_of_an_application_that_was_never_retired_stays() =>
        Compare(Before, Before.Without("production/coralnet/").WithSpec("production/host/databases.yaml", "  coralnet: null\n")).ShouldBe(
            ["deleted-application production/coralnet: the folder of coralnet, which was never retired, is deleted; its services would run on: put it back with retired: true in production/coralnet/application.yaml, and delete it when that is done"]);

    [Fact]
    public void The_folder_of_a_retired_application_may_go()
    {
        var retired = Before.Replacing("production/coralnet/application.yaml", "  code:", "  retired: true\n  code:");
        Compare(retired, Before.Without("production/coralnet/").WithSpec("production/host/databases.yaml",
            "  coralnet: null\n")).ShouldBeEmpty();
    }

    [Fact]
    public void A_server_stays_until_it_was_retired_or_gone()
    {
        var without = Before.Replacing("production/servers.yaml", "  web2: {address: 10.0.2.2, roles: [web]}\n", "");
        Compare(Before, without).ShouldBe(
            ["deleted-server production/servers.yaml: web2 (`10.0.2.2`), which was neither retired nor gone, is deleted; put it back with retired: true, or gone: with the reason when it cannot be reached any more"]);
        Compare(Before.Replacing("production/servers.yaml", "10.0.2.2, roles: [web]", "10.0.2.2, roles: [web], retired: true"),
            without).ShouldBeEmpty();
        Compare(Before.Replacing("production/servers.yaml", "10.0.2.2, roles: [web]", "10.0.2.2, roles: [web], gone: burnt"),
            without).ShouldBeEmpty();
    }

    [Fact]
    public void An_environment_with_servers_in_use_stays() =>
        Compare(Before, Before.Without("staging/").Replacing("production/environment.yaml",
            "  promotedFrom: {environment: staging, soak: 2h}\n", "")).ShouldBe(
            ["deleted-environment staging: the environment is deleted, and staging1 were in use; retire its applications and servers first, and delete it when that is done"]);

    private static IEnumerable<string> Compare(DocumentTree previous, DocumentTree current)
    {
        var (before, after) = (DocumentReader.Read(previous, ReadOptions.Default), DocumentReader.Read(current, ReadOptions.Default));
        before.Diagnostics.ShouldBeEmpty();
        after.Diagnostics.ShouldBeEmpty();
        return Deletions.Compare(before.Environments, after.Environments).Select(diagnostic => $"{diagnostic}");
    }
}
