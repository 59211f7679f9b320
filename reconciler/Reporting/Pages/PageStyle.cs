namespace Reconciler.Reporting.Pages;

/// <summary>How the page looks. No character in it that XML would write otherwise: the policy names its digest.</summary>
internal static class PageStyle
{
    public const string Text =
        """

        :root { color-scheme: light dark; --page: #f5f6f8; --card: #ffffff; --ink: #1c2530; --dim: #5a6675; --line: #dde2e8; --code: #f1f3f6;
          --bad: #b3261e; --bad-on: #fdebe9; --warn: #8a5800; --warn-on: #fff3d9; --info: #1d5fa8; --info-on: #e7f0fb;
          --good: #1a7442; --good-on: #e5f4eb; --quiet: #55606e; --quiet-on: #eceff3; }
        @media (prefers-color-scheme: dark) { :root { --page: #12161c; --card: #1a2029; --ink: #e4e8ee; --dim: #9aa6b5; --line: #2d3541; --code: #141920;
          --bad: #ff9a91; --bad-on: #43201f; --warn: #f3c06a; --warn-on: #3c2f14; --info: #8fc0ff; --info-on: #1c304a;
          --good: #7fd6a3; --good-on: #17361f; --quiet: #aab5c2; --quiet-on: #2a323d; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
        main, footer { max-width: 76rem; margin: 0 auto; padding: 1.5rem 1.25rem; }
        footer { color: var(--dim); font-size: .85rem; padding-top: 0; }
        h1 { margin: 0; font-size: 1.75rem; letter-spacing: -.01em; }
        h2 { margin: 2.2rem 0 .8rem; font-size: 1.15rem; }
        h2 small { display: block; font-size: .9rem; font-weight: 400; color: var(--dim); }
        h3 { margin: 0 0 .35rem; font-size: 1rem; line-height: 1.4; overflow-wrap: anywhere; unicode-bidi: isolate; }
        h3 .chip { margin-left: .6rem; }
        .environment + .environment { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 2rem; }
        .sub { margin: .25rem 0 0; color: var(--dim); overflow-wrap: anywhere; }
        .count { color: var(--dim); font-weight: 400; }
        .tiles { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1.2rem 0; }
        .tile { display: flex; align-items: baseline; gap: .5rem; padding: .5rem .9rem; border-radius: .6rem; background: var(--quiet-on); color: var(--quiet); }
        .tile b { font-size: 1.35rem; font-variant-numeric: tabular-nums; }
        .bad { background: var(--bad-on); color: var(--bad); } .warn { background: var(--warn-on); color: var(--warn); }
        .info { background: var(--info-on); color: var(--info); } .good { background: var(--good-on); color: var(--good); }
        .quiet { background: var(--quiet-on); color: var(--quiet); }
        .card, .scroll { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
        .card { padding: .9rem 1.1rem; margin: 0 0 .8rem; border-left: .3rem solid var(--line); }
        .card.corrective, .card.both, .card.refused { border-left-color: var(--bad); } .card.unknown, .card.unseen { border-left-color: var(--warn); }
        .card.intentional { border-left-color: var(--info); } .card.beside { border-left-color: var(--quiet); } .card.loud { border-left-color: var(--bad); }
        .card:target { outline: 2px solid var(--info); }
        .chip { display: inline-block; padding: .05rem .55rem; border-radius: 1rem; background: var(--quiet-on); color: var(--quiet); font-size: .8rem;
          font-weight: 500; white-space: nowrap; }
        .chip.bad { background: var(--bad-on); color: var(--bad); } .chip.warn { background: var(--warn-on); color: var(--warn); }
        .chip.info { background: var(--info-on); color: var(--info); } .chip.good { background: var(--good-on); color: var(--good); }
        .meta { margin: .1rem 0 .5rem; color: var(--dim); font-size: .88rem; overflow-wrap: anywhere; }
        .meta code { margin: 0 .35rem; } .meta .chip { margin-right: .1rem; }
        .names { unicode-bidi: isolate; } details.names { display: inline-block; vertical-align: top; max-width: 100%; }
        code, pre { font: .85em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
        code { overflow-wrap: anywhere; unicode-bidi: isolate; }
        code.command { background: var(--code); border: 1px solid var(--line); border-radius: .3rem; padding: .1rem .4rem;
          display: inline-block; max-width: 100%; overflow-x: auto; white-space: nowrap; }
        dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .2rem 1rem; margin: .4rem 0 0; font-size: .92rem; }
        dt { color: var(--dim); } dd { margin: 0; overflow-wrap: anywhere; unicode-bidi: isolate; }
        .origin { color: var(--dim); } .time { font-variant-numeric: tabular-nums; white-space: nowrap; }
        ul { margin: 0; padding-left: 1.1rem; } li { overflow-wrap: anywhere; } li p { margin: 0; } .who { list-style: none; padding: 0; }
        .card.beside li + li { margin-top: .5rem; } .card.beside .meta { margin-bottom: 0; } summary small { font-weight: 400; }
        small { color: var(--dim); }
        pre { margin: .8rem 0 0; padding: .6rem 0; overflow-x: auto; background: var(--code); border: 1px solid var(--line); border-radius: .4rem; }
        pre span { display: block; padding: 0 .8rem; min-width: max-content; unicode-bidi: isolate; }
        pre .more-there { background: var(--good-on); color: var(--good); } pre .less-there { background: var(--bad-on); color: var(--bad); }
        pre .file { color: var(--dim); } pre .at { color: var(--info); }
        summary { cursor: pointer; } .card summary { margin: .2rem 0; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: .9rem; }
        th, td { padding: .45rem .8rem; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top; }
        tbody tr:last-child th, tbody tr:last-child td { border-bottom: 0; }
        thead th { color: var(--dim); font-weight: 500; font-size: .82rem; white-space: nowrap; }
        .grid th.kind, .grid .cell { text-align: center; }
        .grid tbody th { font-weight: 600; min-width: 9rem; max-width: 26rem; position: sticky; left: 0; background: var(--card); overflow-wrap: anywhere; }
        .mark { display: inline-block; min-width: 1.9rem; padding: .05rem .4rem; border-radius: .4rem; text-align: center; text-decoration: none; font-weight: 600;
          font-variant-numeric: tabular-nums; }
        .none { color: var(--dim); opacity: .6; }
        .more { color: var(--dim); font-size: .9rem; }
        .verified { margin-top: 2.2rem; }
        @media (max-width: 40rem) { body { font-size: 14px; } main, footer { padding: 1rem .8rem; } dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
          dd { margin-bottom: .45rem; } .card { padding: .8rem .85rem; } th, td { padding: .4rem .55rem; } .grid tbody th { min-width: 8.5rem; }
          .grid .chip { white-space: normal; border-radius: .5rem; line-height: 1.3; } .grid td:nth-child(2) { min-width: 6.5rem; } }

        """;
}
