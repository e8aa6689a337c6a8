/// The look that all documents share: readable on screen, in the dark, and on paper; no external asset.
enum PageStyle {
    static let css = """
        :root { color-scheme: light dark; --line: #8884; --soft: #8881; --good: #1a7f37; --bad: #c0392b }
        body { font: 15px/1.5 system-ui, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif;
          max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
        h1 { font-size: 1.6rem; margin-bottom: .2rem }
        h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; border-bottom: 1px solid var(--line); padding-bottom: .2rem }
        h3 { font-size: 1rem; margin: 1.2rem 0 .3rem }
        p.lead { margin-top: 0; opacity: .75 }
        table { border-collapse: collapse; width: 100%; margin: .4rem 0 }
        th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line);
          overflow-wrap: anywhere }
        th { font-weight: 600; white-space: nowrap }
        td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
        td.text { white-space: pre-wrap }
        pre { background: var(--soft); padding: .6rem; overflow-x: auto; font-size: .85rem }
        .good { color: var(--good) } .bad { color: var(--bad) }
        @media print { body { max-width: none; margin: 0; font-size: 11px } h2 { break-after: avoid } tr { break-inside: avoid } }
        """
}
