extension Style {
    // MARK: What stands around each page, and forms

    /// Fields of a form stand in a grid: labels at one height, fields of one height, buttons in a row of their own.
    static let desk: HTML = """
        a { color: var(--accent) } footer { color: var(--dim); font-size: .87rem; max-width: 76rem; margin: 0 auto; padding: 0 1.2rem 2rem }
        .skip { position: absolute; left: -100rem } .skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .4rem .8rem; z-index: 1 }
        header { border-bottom: 1px solid var(--line); background: var(--soft); padding: .5rem 1.2rem; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem;
          align-items: center }
        .brand { font-size: 1.05rem; font-weight: 700; color: var(--ink); text-decoration: none } header form { display: inline }
        .who { margin-left: auto; display: flex; gap: .3rem .9rem; align-items: center; flex-wrap: wrap } .me { text-decoration: none; color: var(--ink) }
        nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem .3rem; margin: 0; padding: 0 }
        nav a { display: block; padding: .25rem .6rem; border-radius: .4rem; text-decoration: none; white-space: nowrap }
        nav a[aria-current] { background: var(--accent); color: var(--paper) }
        main { max-width: 76rem; margin: 0 auto; padding: 1rem 1.2rem 2.5rem }
        h1 { font-size: 1.5rem; margin: .4rem 0 1rem } h2 { font-size: 1.15rem; margin: 1.8rem 0 .6rem } h1 + h2 { margin-top: .6rem }
        .lead { color: var(--dim); margin: -.6rem 0 1rem } time { white-space: nowrap } .tiles { grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)) } .tiles time { font-size: 1.15rem }
        form.grid, .fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: .7rem 1rem; align-items: start } form p { margin: 0 }
        label, legend { font-weight: 600; display: block; line-height: 1.4rem; margin-bottom: .2rem }
        fieldset { border: 1px solid var(--line); border-radius: .5rem; grid-column: 1 / -1; margin: 0; padding: .4rem .9rem .6rem }
        fieldset label { display: inline-block; font-weight: 400; margin: .1rem .9rem .1rem 0 } .full { grid-column: 1 / -1 }
        .hint { color: var(--dim); font-weight: 400; font-size: .92rem } .narrow { max-width: 30rem } form.narrow p { margin: 0 0 .9rem }
        input:not([type=checkbox], [type=radio]), select, textarea { width: 100%; height: 2.4rem; font: inherit; color: inherit; background: var(--paper);
          border: 1px solid var(--dim); border-radius: .4rem; padding: .3rem .5rem } textarea { height: 5rem; resize: vertical } select { text-overflow: ellipsis }
        input[type=checkbox], input[type=radio] { width: 1.1rem; height: 1.1rem; accent-color: var(--accent); vertical-align: -.15rem }
        button, .button { font: inherit; line-height: 1.4; min-height: 2.4rem; border: 1px solid var(--accent); background: var(--accent); color: var(--paper);
          border-radius: .4rem; padding: .4rem 1rem; cursor: pointer; text-decoration: none; display: inline-block }
        button.plain, .button.plain { background: none; color: var(--accent) } button.danger { background: var(--bad); border-color: var(--bad) }
        td form { display: flex; flex-wrap: wrap; gap: .3rem; align-items: center } td form input, td form select { width: auto !important; min-width: 8rem }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
        .note { border-left: .3rem solid var(--accent); background: var(--soft); padding: .6rem 1rem; margin: 0 0 1rem } .note.bad { border-color: var(--bad) }
        .empty { border: 1px dashed var(--line); border-radius: .5rem; padding: 1rem; color: var(--dim); margin: .4rem 0 }
        @media print { header, form, footer { display: none } }
        @media (max-width: 44rem) { header { padding: .5rem .8rem } main { padding: .6rem .8rem 2rem } footer { padding: 0 .8rem 1.5rem }
          nav { width: 100%; order: 3; overflow-x: auto } nav ul { flex-wrap: nowrap } .who { gap: .3rem .7rem } button.wide-on-phone { width: 100% } }

        """

    // MARK: Tables, cards, boards and texts

    /// Below 44rem a row of a table is a card, in which each cell is headed by its column.
    static let work: HTML = """
        .wide { overflow-x: auto } tbody th { white-space: nowrap } td.bar { width: 40%; min-width: 8rem } td.bar svg, .bar svg { max-width: none; height: .9rem; margin: .25rem 0 }
        .bars svg.flat { max-width: none } tr[class] > :first-child { box-shadow: inset .2rem 0 var(--bad); padding-left: .6rem }
        .panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(27rem, 100%), 1fr)); gap: 0 2rem } .panels > section { min-width: 0 }
        .tag { display: inline-block; border: 1px solid var(--line); border-radius: 1rem; padding: 0 .6rem; font-size: .87rem; white-space: nowrap }
        .tag.bad { border-color: var(--bad) } .tag.good { border-color: var(--good) } .keys { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; margin: 0 0 1rem }
        .keys dt { color: var(--dim) } .keys dd { margin: 0; overflow-wrap: anywhere }
        .board { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(15rem, 100%), 1fr)); gap: 1rem; align-items: start }
        .board > section { background: var(--soft); border-radius: .5rem; padding: .6rem .8rem .8rem; min-width: 0 } .board h2 { font-size: 1rem; margin: .1rem 0 .6rem }
        .board ul, .texts, .steps { list-style: none; margin: 0; padding: 0 } .board li { background: var(--paper); border: 1px solid var(--line); border-radius: .4rem;
          padding: .5rem .7rem; margin-top: .5rem; overflow-wrap: anywhere } .board li > a { font-weight: 600 } .board small { display: block; color: var(--dim) }
        .texts > li { border-bottom: 1px solid var(--line); padding: .7rem 0 } .texts blockquote { margin: 0 0 .3rem; white-space: pre-wrap; overflow-wrap: anywhere; max-width: 55rem }
        .texts p { margin: 0; color: var(--dim); font-size: .92rem } mark { background: #ffe38a; color: #1b1f24; border-radius: .2rem; padding: 0 .1rem }
        .steps > li { border-left: .2rem solid var(--line); padding: .1rem 0 .5rem .9rem } .value { font-size: 1.25rem; font-weight: 600; overflow-wrap: anywhere }
        .secret { font-size: 1rem; background: var(--soft); border: 1px solid var(--line); border-radius: .4rem; padding: .5rem .7rem; display: block; max-width: 46rem }
        td .row { margin: 0 } .row { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin: .6rem 0 } .up { color: var(--bad) } .down { color: var(--good) }
        svg.small { max-width: 34rem } svg.small text { font-size: 10px }
        @media (max-width: 44rem) { svg.small text { font-size: 13px }
          .wide table, .wide tbody, .wide caption { display: block } .wide thead { display: none }
          .wide tr { display: block; border: 1px solid var(--line); border-radius: .5rem; padding: .4rem .8rem; margin: 0 0 .6rem }
          .wide th, .wide td { display: block; border: 0; padding: .15rem 0; white-space: normal; text-align: left; min-width: 0; width: auto; overflow-wrap: anywhere }
          .wide td[data-label] { position: relative; padding-left: 7.4rem; min-height: 1.8rem } .wide td[data-label]::before { content: attr(data-label); color: var(--dim); position: absolute; left: 0; width: 7rem }
          .wide td:empty { display: none } .wide td form { width: 100% } .wide td form input, .wide td form select { flex: 1 } .keys { grid-template-columns: 1fr } .keys dd { margin-bottom: .4rem } }

        """
}
