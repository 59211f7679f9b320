using Reconciler.Benchmarks.NoChange;

return args switch
{
    ["check", .. var counts] => await CheckCommand.RunAsync(counts),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: tests/Benchmarks/run check [SERVERS...]");
    return 64;
}
