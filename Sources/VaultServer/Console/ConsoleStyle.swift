/// The console's look: light and dark, narrow and wide, no external asset.
enum ConsoleStyle {
    static let css = """
        :root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --soft: #f4f5f7; --line: #c9ced6; --dim: #57606a; --accent: #0b5cad;
          --good: #1a7f37; --bad: #b42318; --mid: #9a6700; --c0: #0b5cad }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --soft: #161b22; --line: #3d444d; --dim: #9198a1;
          --accent: #79b8ff; --good: #56d364; --bad: #ff8f87; --mid: #e3b341; --c0: #79b8ff } }
        * { box-sizing: border-box }
        body { margin: 0; font: 15px/1.55 system-ui, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif;
          color: var(--ink); background: var(--paper) }
        a { color: var(--accent) }
        .skip { position: absolute; left: -100rem } .skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .4rem .8rem; z-index: 1 }
        header { border-bottom: 1px solid var(--line); background: var(--soft); padding: .6rem 1.2rem; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem;
          align-items: center }
        header strong { font-size: 1.05rem } header form { display: inline } header .who { margin-left: auto; color: var(--dim) }
        nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem .4rem; margin: 0; padding: 0 }
        nav a { display: block; padding: .25rem .6rem; border-radius: .4rem; text-decoration: none }
        nav a[aria-current] { background: var(--accent); color: var(--paper) }
        main { max-width: 76rem; margin: 0 auto; padding: 1rem 1.2rem 4rem }
        h1 { font-size: 1.5rem; margin: .4rem 0 1rem } h2 { font-size: 1.15rem; margin: 1.8rem 0 .6rem }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .8rem; margin: 0; padding: 0; list-style: none }
        .tiles li { border: 1px solid var(--line); border-radius: .5rem; padding: .7rem .9rem } .tiles b { display: block; font-size: 1.4rem; font-weight: 600;
          overflow-wrap: anywhere } .tiles span { color: var(--dim) }
        .wide { overflow-x: auto } table { border-collapse: collapse; width: 100% } caption { text-align: left; color: var(--dim); padding: .2rem 0 }
        th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line);
          overflow-wrap: break-word } th { font-weight: 600; white-space: nowrap } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums }
        td.long { min-width: 16rem } code, pre { font: .86em/1.5 ui-monospace, "Noto Sans Mono", monospace; overflow-wrap: anywhere; white-space: pre-wrap }
        pre { background: var(--soft); padding: .8rem; border-radius: .5rem; overflow-x: auto }
        form.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .7rem 1rem; align-items: end }
        label, legend { font-weight: 600; display: block; margin-bottom: .15rem } fieldset { border: 1px solid var(--line); border-radius: .5rem;
          grid-column: 1 / -1; margin: 0 } fieldset label { display: inline-block; font-weight: 400; margin: .1rem .9rem .1rem 0 }
        .full { grid-column: 1 / -1 } .hint { color: var(--dim); font-weight: 400 }
        input:not([type=checkbox]), select, textarea { width: 100%; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--dim);
          border-radius: .4rem; padding: .35rem .5rem }
        button { font: inherit; border: 1px solid var(--accent); background: var(--accent); color: var(--paper); border-radius: .4rem; padding: .38rem 1rem;
          cursor: pointer } button.plain { background: none; color: var(--accent) } button.danger { background: var(--bad); border-color: var(--bad) }
        td form { display: flex; flex-wrap: wrap; gap: .3rem; align-items: center } td form input, td form select { width: auto !important; min-width: 8rem }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
        .note { border-left: .3rem solid var(--accent); background: var(--soft); padding: .6rem 1rem; margin: 0 0 1rem } .note.bad { border-color: var(--bad) }
        .good { color: var(--good) } .bad { color: var(--bad) } .dim { color: var(--dim) }
        .narrow { max-width: 30rem }
        svg { width: 100%; max-width: 60rem; height: auto; display: block; margin: .6rem 0 } svg text { font-size: 12px; fill: var(--ink) } svg text.light { fill: var(--paper) }
        .grid-line, line.grid { stroke: var(--line) } .line { fill: none; stroke-width: 2; stroke: var(--c0) } .fill { fill: var(--c0) } .cell { fill: var(--c0) }
        .dot { fill: var(--c0) } .fill.p0, .dot.p0 { fill: var(--c0) } .fill.p1, .dot.p1 { fill: var(--bad) } .line.p0 { stroke: var(--c0) } .line.p1 { stroke: var(--bad) }
        @media print { header, form { display: none } }
        """
}
