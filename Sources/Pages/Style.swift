/// The stylesheet of all pages, light and dark, on screen and on paper; nothing in it comes from elsewhere.
enum Style {
    static let report = base + tables + charts + sheet
    static let document = base + tables + sheet
    static let console = base + tables + charts + desk + work
    static let form = base + sending

    // MARK: Base

    private static let base: HTML = """
        :root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --soft: #f4f5f7; --line: #c9ced6; --dim: #57606a; --accent: #0b5cad;
          --good: #1a7f37; --bad: #b42318 }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --soft: #161b22; --line: #3d444d; --dim: #9198a1;
          --accent: #79b8ff; --good: #56d364; --bad: #ff8f87 } }
        * { box-sizing: border-box }
        body { margin: 0; font: 15px/1.5 system-ui, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif;
          color: var(--ink); background: var(--paper) }
        h3 { font-size: 1rem; margin: 1.2rem 0 .3rem }
        code, pre { font: .86em/1.5 ui-monospace, "Noto Sans Mono", monospace; overflow-wrap: anywhere; white-space: pre-wrap }
        pre { background: var(--soft); padding: .6rem .8rem; border-radius: .5rem; overflow-x: auto }
        .good { color: var(--good) } .bad { color: var(--bad) } .dim { color: var(--dim) }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .8rem; margin: 0; padding: 0; list-style: none } .tiles + .tiles { margin-top: 1.2rem }
        .tiles li { border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .9rem } .tiles li > span { color: var(--dim) }
        .tiles b { display: block; font-size: 1.4rem; font-weight: 600; font-variant-numeric: tabular-nums; overflow-wrap: anywhere }

        """

    // MARK: Tables

    private static let tables: HTML = """
        table { border-collapse: collapse; width: 100% } caption { text-align: left; color: var(--dim); padding: .2rem 0 }
        th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); overflow-wrap: break-word }
        th { font-weight: 600 } thead th { white-space: nowrap } td { font-variant-numeric: tabular-nums }
        td.n, th.n { text-align: right; white-space: nowrap } td.long { min-width: 16rem }

        """

    // MARK: Charts

    /// Moods are bad, neither, good (`m`); outcomes are allowed, denied (`o`); kinds are just different (`k`).
    private static let charts: HTML = """
        :root { --c0: #2f6fb2; --c1: #b5772a; --c2: #7a5ba8; --m0: #c8553d; --m1: #9aa5b1; --m2: #3d8b5f }
        @media (prefers-color-scheme: dark) { :root { --c0: #6aa5e0; --c1: #d9a05a; --c2: #a78bd0; --m0: #e07a63; --m1: #7b8794; --m2: #63b587 } }
        svg { width: 100%; max-width: 60rem; height: auto; display: block; margin: .6rem 0; break-inside: avoid }
        svg text { font-size: 12px; fill: var(--ink) } svg text.light { fill: var(--paper) } .grid { stroke: var(--line) }
        .fill, .cell { fill: var(--c0) } .line { fill: none; stroke-width: 2; stroke: var(--c0) }
        .fill.m0, .fill.o1 { fill: var(--m0) } .fill.m1 { fill: var(--m1) } .fill.m2 { fill: var(--m2) } .fill.m3, .fill.k3 { fill: var(--line) } .fill.k1 { fill: var(--c1) } .fill.k2 { fill: var(--c2) }
        .line.m0, .line.o1 { stroke: var(--m0) } .line.m1 { stroke: var(--m1) } .line.m2 { stroke: var(--m2) } .line.k1 { stroke: var(--c1) } .line.k2 { stroke: var(--c2) }

        """

    // MARK: Reports and documents

    private static let sheet: HTML = """
        main { max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
        h1 { font-size: 1.7rem; margin: 0 } h2 { font-size: 1.2rem; margin: 2rem 0 .6rem; border-bottom: 1px solid var(--line); padding-bottom: .2rem }
        .lead { color: var(--dim); margin: .2rem 0 1rem } td.text { white-space: pre-wrap } td.text, td.long { overflow-wrap: anywhere }
        @media print { main { max-width: none; margin: 0; font-size: 11px } h2 { break-after: avoid } tr { break-inside: avoid } }

        """

    // MARK: Forms

    private static let sending: HTML = """
        main { max-width: 38rem; margin: 0 auto; padding: 1.2rem 1rem 3rem; font-size: 1.05rem } h1 { font-size: 1.5rem; line-height: 1.3; margin: .2rem 0 .6rem }
        a { color: var(--accent) } .lead, .hint, .language { color: var(--dim) } .language { float: right; margin: .3rem 0 0 1rem; font-size: .95rem }
        .lead, .consent p { white-space: pre-line } .field { margin: 0 0 1.3rem; padding: 0; border: 0; min-width: 0 }
        label, legend { font-weight: 600; display: block; padding: 0; margin-bottom: .3rem } .hint { display: block; font-size: .92rem; margin-bottom: .3rem } .dim { font-weight: 400 }
        input:not([type=radio], [type=checkbox]), textarea { width: 100%; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--dim); border-radius: .4rem;
          padding: .6rem .7rem } textarea { resize: vertical } [aria-invalid] { border: 2px solid var(--bad) !important }
        .option { display: flex; gap: .6rem; align-items: baseline; font-weight: 400; padding: .5rem .2rem; margin: 0 } .option input { flex: none; width: 1.15rem; height: 1.15rem;
          accent-color: var(--accent); transform: translateY(.15rem) }
        .consent { border: 1px solid var(--line); border-radius: .5rem; padding: .6rem 1rem } .consent legend { padding: 0 .4rem } .consent p { margin: .2rem 0 .5rem; font-size: .95rem }
        .fault { display: block; color: var(--bad); font-weight: 600; margin-bottom: .3rem } .alert { border: 2px solid var(--bad); border-radius: .5rem; padding: .6rem 1rem; margin: 0 0 1.2rem }
        .alert p { margin: 0 } .alert ul { margin: .3rem 0 0; padding-left: 1.2rem }
        button { font: inherit; font-weight: 600; min-height: 2.9rem; border: 1px solid var(--accent); background: var(--accent); color: var(--paper); border-radius: .4rem; padding: .5rem 1.8rem; cursor: pointer }
        .trap { position: absolute; left: -100rem } .receipt code { font-size: 1.3rem; background: var(--soft); border-radius: .4rem; padding: .4rem .7rem; display: inline-block }
        .foot { margin-top: 2rem; font-size: .95rem } :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
        @media (max-width: 30rem) { button { width: 100% } }

        """
}
