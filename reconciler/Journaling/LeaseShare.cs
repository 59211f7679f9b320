namespace Reconciler.Journaling;

/// <summary>Which leases a process is to have.</summary>
internal abstract record LeaseShare
{
    /// <summary>What it should try to take now.</summary>
    public abstract IEnumerable<string> Wanted(
        IReadOnlyCollection<string> environments, IReadOnlyList<HeldLease> live, IReadOnlyList<LedgerHolder> watches, LedgerHolder me);

    /// <summary>What it holds beyond its share.</summary>
    public virtual IEnumerable<string> Surplus(
        IReadOnlyCollection<string> environments, IReadOnlyList<HeldLease> live, IReadOnlyList<LedgerHolder> watches, LedgerHolder me) => [];

    /// <exception cref="LedgerException"><see cref="LedgerFault.Locked"/>: it cannot do without, and somebody else has it.</exception>
    public virtual void Require(IEnumerable<HeldLease> others, Func<string, bool> holds)
    {
    }

    /// <summary>A watch: of what is free as many as fall to each that is alive, rounded up; all of it where it is alone.</summary>
    public sealed record Fair : LeaseShare
    {
        public override IEnumerable<string> Wanted(
            IReadOnlyCollection<string> environments, IReadOnlyList<HeldLease> live, IReadOnlyList<LedgerHolder> watches, LedgerHolder me)
        {
            var taken = live.Select(lease => lease.Environment).ToHashSet();
            var room = MostOf(environments, watches) - Mine(live, me).Count;
            return new[] { HeldLease.Repository }.Where(one => !taken.Contains(one))
                .Concat(environments.Where(environment => !taken.Contains(environment)).Order(StringComparer.Ordinal).Take(int.Max(room, 0)));
        }

        public override IEnumerable<string> Surplus(
            IReadOnlyCollection<string> environments, IReadOnlyList<HeldLease> live, IReadOnlyList<LedgerHolder> watches, LedgerHolder me) =>
            Mine(live, me).Skip(MostOf(environments, watches));

        private static int MostOf(IReadOnlyCollection<string> environments, IReadOnlyList<LedgerHolder> watches) =>
            watches.Count <= 1 ? environments.Count : (environments.Count + watches.Count - 1) / watches.Count;

        private static List<string> Mine(IReadOnlyList<HeldLease> live, LedgerHolder me) =>
        [
            .. live.Where(lease => lease.Holder.Name == me.Name && lease.Environment != HeldLease.Repository)
                .Select(lease => lease.Environment).Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>A command about one environment: that one, at once, or none.</summary>
    public sealed record One(string Environment) : LeaseShare
    {
        public override IEnumerable<string> Wanted(
            IReadOnlyCollection<string> environments, IReadOnlyList<HeldLease> live, IReadOnlyList<LedgerHolder> watches, LedgerHolder me) =>
            live.Any(lease => lease.Environment == Environment) ? [] : [Environment];

        public override void Require(IEnumerable<HeldLease> others, Func<string, bool> holds)
        {
            if (!holds(Environment))
                throw new LedgerException(LedgerFault.Locked,
                    $"{Environment} is held by {others.FirstOrDefault(lease => lease.Environment == Environment)?.Holder.ToString() ?? "another controller"}: "
                    + "one controller at a time works on an environment. Stop it, or wait until it has ended.");
        }
    }
}
