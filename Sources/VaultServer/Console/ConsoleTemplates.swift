import Mustache

/// The console's pages as Mustache templates: logic-free, every value escaped.
enum ConsoleTemplates {
    static func library() throws -> MustacheLibrary {
        MustacheLibrary(templates: try texts.mapValues { try MustacheTemplate(string: $0) })
    }

    private static let texts: [String: String] = [
        "head": """
            <!DOCTYPE html>
            <html lang="{{language}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{{title}} · VoC Vault</title><link rel="stylesheet" href="/console/style.css"></head><body>
            <a class="skip" href="#main">{{t.skip}}</a>
            <header><strong>VoC Vault</strong>
            {{#principal}}<nav aria-label="{{t.console}}"><ul>{{#pages}}<li><a href="{{path}}"{{#current}} aria-current="page"{{/current}}>{{name}}</a></li>{{/pages}}</ul></nav>{{/principal}}
            <div class="who">{{#principal}}{{t.signedInAs}} <b>{{principal}}</b> ({{role}}){{/principal}}
            <a href="?lang={{otherCode}}" lang="{{otherCode}}" hreflang="{{otherCode}}">{{t.otherLanguage}}</a>
            {{#principal}}<form method="post" action="/console/sign-out"><input type="hidden" name="csrf" value="{{csrf}}"><button class="plain">{{t.signOut}}</button></form>{{/principal}}</div>
            </header><main id="main"><h1>{{title}}</h1>
            {{#message}}<p class="note{{#isBad}} bad{{/isBad}}" role="status">{{message}}</p>{{/message}}

            """,
        "foot": "</main></body></html>\n",
        "sign-in": """
            {{> head}}
            <form method="post" action="/console/sign-in" class="narrow">
            <p><label for="token">{{t.token}}</label><input id="token" name="token" type="password" autocomplete="off" required autofocus aria-describedby="hint">
            <span id="hint" class="hint">{{t.tokenHint}}</span></p>
            <p><button>{{t.signIn}}</button></p></form>
            {{> foot}}
            """,
        "problem": "{{> head}}<p><a href=\"/console\">{{t.back}}</a></p>{{> foot}}",
        "overview": """
            {{> head}}{{#overview}}
            <ul class="tiles">
            <li><b>{{records}}</b><span>{{t.records}}</span></li><li><b>{{customers}}</b><span>{{t.customers}}</span></li>
            <li><b>{{openCases}}{{#overdue}} <span class="bad">({{overdue}} {{t.overdue}})</span>{{/overdue}}</b><span>{{t.openCases}}</span></li>
            <li><b>{{waiting}}</b><span>{{t.waiting}}</span></li><li><b>{{due}}</b><span>{{t.due}}</span></li>
            <li><b>{{auditEntries}}</b><span>{{t.auditEntries}}</span></li>
            <li><b>{{#verified}}{{verified}}{{/verified}}{{^verified}}<span class="bad">{{t.never}}</span>{{/verified}}</b><span>{{t.lastVerified}}</span></li></ul>
            <h2>{{t.accesses}}</h2>{{{chart}}}
            <details><summary>{{t.accesses}}</summary><table><caption>{{t.accesses}}</caption><thead><tr><th scope="col">{{t.time}}</th><th scope="col" class="n">{{t.allowed}}</th><th scope="col" class="n">{{t.denied}}</th></tr></thead><tbody>
            {{#days}}<tr><th scope="row">{{day}}</th><td class="n">{{allowed}}</td><td class="n">{{denied}}</td></tr>{{/days}}</tbody></table></details>
            <h2>{{t.alerts}}</h2>{{#hasAlerts}}<div class="wide" tabindex="0" role="region" aria-label="{{title}}"><table><caption class="dim">{{t.alerts}}</caption>{{> events-head}}<tbody>{{#alerts}}{{> event}}{{/alerts}}</tbody></table></div>{{/hasAlerts}}{{^hasAlerts}}<p class="dim">{{t.none}}</p>{{/hasAlerts}}
            <h2>{{t.denials}}</h2>{{#hasDenials}}<div class="wide" tabindex="0" role="region" aria-label="{{title}}"><table><caption class="dim">{{t.denials}}</caption>{{> events-head}}<tbody>{{#denials}}{{> event}}{{/denials}}</tbody></table></div>{{/hasDenials}}{{^hasDenials}}<p class="dim">{{t.none}}</p>{{/hasDenials}}
            <h2>{{t.keys}}</h2><div class="wide" tabindex="0" role="region" aria-label="{{title}}"><table><caption class="dim">{{t.keys}}</caption><thead><tr><th scope="col">{{t.key}}</th><th scope="col">{{t.state}}</th><th scope="col">{{t.created}}</th><th scope="col" class="n">{{t.subjectKeys}}</th><th scope="col" class="n">{{t.dataKeys}}</th></tr></thead><tbody>
            {{#keys}}<tr><th scope="row">{{id}}</th><td>{{state}}{{#rotate}} <span class="bad">{{rotate}}</span>{{/rotate}}</td><td>{{created}}</td><td class="n">{{subjects}}</td><td class="n">{{own}}</td></tr>{{/keys}}</tbody></table></div>
            {{/overview}}{{^overview}}<p>{{t.noRight}}</p>{{/overview}}{{> foot}}
            """,
        "events-head": "<thead><tr><th scope=\"col\" class=\"n\">{{t.entry}}</th><th scope=\"col\">{{t.time}}</th><th scope=\"col\">{{t.principal}}</th><th scope=\"col\">{{t.action}}</th><th scope=\"col\">{{t.rule}}</th></tr></thead>",
        "event": "<tr><td class=\"n\"><a href=\"/console/audit/{{entry}}\">{{entry}}</a></td><td>{{time}}</td><td>{{principal}}</td><td>{{action}}</td><td>{{rule}}</td></tr>",
        "audit": """
            {{> head}}
            <form method="get" class="grid" role="search">
            {{#inputs}}<p><label for="{{id}}">{{name}}</label><input id="{{id}}" name="{{id}}" value="{{value}}"{{#type}} type="{{type}}"{{/type}}></p>{{/inputs}}
            <p><label for="outcome">{{t.outcome}}</label><select id="outcome" name="outcome"><option value="">{{t.any}}</option>{{#outcomes}}<option value="{{id}}"{{#chosen}} selected{{/chosen}}>{{name}}</option>{{/outcomes}}</select></p>
            <p><button>{{t.search}}</button></p></form>
            {{#canVerify}}<form method="post" action="/console/audit/verify"><input type="hidden" name="csrf" value="{{csrf}}"><p><button class="plain">{{t.verify}}</button></p></form>{{/canVerify}}
            <div class="wide" tabindex="0" role="region" aria-label="{{title}}"><table><caption>{{count}} {{t.rows}}</caption><thead><tr><th scope="col" class="n">{{t.entry}}</th><th scope="col">{{t.time}}</th><th scope="col">{{t.principal}}</th><th scope="col">{{t.action}}</th><th scope="col">{{t.outcome}}</th><th scope="col">{{t.purpose}}</th><th scope="col">{{t.target}}</th><th scope="col">{{t.fields}}</th><th scope="col" class="n">{{t.rows}}</th><th scope="col">{{t.reason}}</th></tr></thead><tbody>
            {{#entries}}<tr><td class="n"><a href="/console/audit/{{seq}}">{{seq}}</a></td><td>{{time}}</td><td>{{principal}} <span class="dim">({{role}})</span></td><td>{{action}}</td><td class="{{tone}}">{{outcome}}</td><td>{{purpose}}</td><td><code>{{target}}</code></td><td>{{fields}}</td><td class="n">{{rows}}</td><td>{{reason}}</td></tr>{{/entries}}</tbody></table></div>
            {{> foot}}
            """,
        "entry": """
            {{> head}}<div class="wide" tabindex="0" role="region" aria-label="{{title}}"><table><caption class="dim">{{t.entry}} {{number}}</caption><tbody>{{#members}}<tr><th scope="row">{{name}}</th><td><code>{{value}}</code></td></tr>{{/members}}</tbody></table></div>
            <p><a href="/console/audit/{{number}}/proof">{{t.proof}}</a> · <a href="/console/audit">{{t.back}}</a></p>{{> foot}}
            """,
        "subjects": """
            {{> head}}<h2>{{t.find}}</h2>
            <form method="post" action="/console/subjects/find" class="grid"><input type="hidden" name="csrf" value="{{csrf}}">
            <p><label for="field">{{t.field}}</label><select id="field" name="field">{{#indexed}}<option>{{.}}</option>{{/indexed}}</select></p>
            <p><label for="value">{{t.value}}</label><input id="value" name="value" autocomplete="off" required></p><p><button>{{t.search}}</button></p></form>
            {{#searched}}<p role="status">{{#found}}{{t.found}}: <code>{{.}}</code> {{/found}}{{^found}}{{t.notFound}}{{/found}}</p>{{/searched}}
            <h2>{{t.rights}}</h2>
            <form method="post" action="/console/subjects/act" class="grid"><input type="hidden" name="csrf" value="{{csrf}}">
            <p><label for="subject">{{t.subjectPseudonym}}</label><input id="subject" name="subject" value="{{subject}}" autocomplete="off" required></p>
            <p><label for="act">{{t.action}}</label><select id="act" name="act">{{#acts}}<option value="{{id}}">{{name}}</option>{{/acts}}</select></p>
            <p class="full"><label for="reason">{{t.reason}}</label><input id="reason" name="reason" required maxlength="2000"></p>
            <p><label for="hold">{{t.holdNumber}}</label><input id="hold" name="hold" inputmode="numeric" pattern="[0-9]*" autocomplete="off"></p>
            <p><button class="danger">{{t.do}}</button> <span class="hint">{{t.danger}}</span></p></form>{{> foot}}
            """,
        "confirm-erasure": """
            {{> head}}
            <form method="post" action="/console/subjects/act" class="narrow"><input type="hidden" name="csrf" value="{{csrf}}"><input type="hidden" name="act" value="erase">
            <input type="hidden" name="subject" value="{{subject}}"><input type="hidden" name="reason" value="{{reason}}">
            <p>{{t.subjectPseudonym}}: <code>{{subject}}</code></p><p>{{t.goForGood}}: <b>{{goes}}</b></p>
            <p><label for="confirm">{{t.typeNumber}}</label><input id="confirm" name="confirm" inputmode="numeric" autocomplete="off" required autofocus></p>
            <p><button class="danger">{{t.erase}}</button> <a href="/console/subjects">{{t.back}}</a></p></form>{{> foot}}
            """,
        "cases": """
            {{> head}}<form method="get"><p><a href="?closed={{toggle}}">{{t.showClosed}}</a></p></form>
            <div class="wide" tabindex="0" role="region" aria-label="{{title}}"><table><caption>{{count}} {{t.rows}}</caption><thead><tr><th scope="col" class="n">#</th><th scope="col">{{t.kind}}</th><th scope="col">{{t.subjectPseudonym}}</th><th scope="col">{{t.status}}</th><th scope="col">{{t.opened}}</th><th scope="col">{{t.deadline}}</th><th scope="col">{{t.note}}</th><th scope="col">{{t.close}}</th></tr></thead><tbody>
            {{#cases}}<tr><td class="n">{{number}}</td><td>{{kind}}</td><td><code>{{subject}}</code></td><td>{{status}}</td><td>{{opened}}</td><td>{{due}}{{#overdue}} <b class="bad">{{overdue}}</b>{{/overdue}}</td><td>{{note}}</td>
            <td>{{#isOpen}}<form method="post" action="/console/cases/{{number}}/close"><input type="hidden" name="csrf" value="{{csrf}}"><input name="note" aria-label="{{t.note}} {{number}}" required maxlength="2000"><select name="outcome" aria-label="{{t.outcome}} {{number}}"><option value="answered">{{t.answered}}</option><option value="refused">{{t.refused}}</option></select><button>{{t.close}}</button></form>{{/isOpen}}</td></tr>{{/cases}}</tbody></table></div>
            <h2>{{t.open}}</h2><form method="post" action="/console/cases" class="grid"><input type="hidden" name="csrf" value="{{csrf}}">
            <p><label for="subject">{{t.subjectPseudonym}}</label><input id="subject" name="subject" required autocomplete="off"></p>
            <p><label for="kind">{{t.kind}}</label><select id="kind" name="kind">{{#kinds}}<option>{{.}}</option>{{/kinds}}</select></p>
            <p class="full"><label for="note">{{t.note}}</label><input id="note" name="note" maxlength="2000"></p><p><button>{{t.open}}</button></p></form>{{> foot}}
            """,
        "approvals": """
            {{> head}}<div class="wide" tabindex="0" role="region" aria-label="{{title}}"><table><caption>{{count}} {{t.rows}}</caption><thead><tr><th scope="col" class="n">#</th><th scope="col">{{t.principal}}</th><th scope="col">{{t.purpose}}</th><th scope="col">{{t.record}}</th><th scope="col">{{t.field}}</th><th scope="col">{{t.reason}}</th><th scope="col">{{t.asked}}</th><th scope="col">{{t.state}}</th><th scope="col">{{t.decision}}</th></tr></thead><tbody>
            {{#approvals}}<tr><td class="n">{{number}}</td><td>{{who}} <span class="dim">({{inRole}})</span></td><td>{{purpose}}</td><td><code>{{record}}</code></td><td>{{field}}</td><td>{{reason}}</td><td>{{asked}}</td><td>{{state}}{{#by}} <span class="dim">({{by}})</span>{{/by}}</td>
            <td>{{#isPending}}<form method="post" action="/console/approvals/{{number}}"><input type="hidden" name="csrf" value="{{csrf}}"><input name="reason" aria-label="{{t.reason}} {{number}}" maxlength="2000"><button name="decision" value="grant">{{t.grant}}</button><button name="decision" value="deny" class="plain">{{t.deny}}</button></form>{{/isPending}}</td></tr>{{/approvals}}</tbody></table></div>{{> foot}}
            """,
        "policies": """
            {{> head}}<h2>{{t.explain}}</h2><form method="get" class="grid">
            <p><label for="principal">{{t.principal}}</label><input id="principal" name="principal" value="{{asked.principal}}" required></p>
            <p><label for="action">{{t.action}}</label><select id="action" name="action">{{#actions}}<option{{#chosen}} selected{{/chosen}}>{{id}}</option>{{/actions}}</select></p>
            <p><label for="purpose">{{t.purpose}}</label><select id="purpose" name="purpose">{{#purposes}}<option{{#chosen}} selected{{/chosen}}>{{id}}</option>{{/purposes}}</select></p>
            <p><label for="fields">{{t.fields}}</label><input id="fields" name="fields" value="{{asked.fields}}"></p><p><button>{{t.explainDo}}</button></p></form>
            {{#decisions}}<h3>{{decidedRole}}: <span class="{{tone}}">{{answer}}</span></h3><p>{{t.rule}}: <code>{{rule}}</code></p>{{#hasTreatments}}<ul>{{#treatments}}<li>{{field}}: {{treatment}}</li>{{/treatments}}</ul>{{/hasTreatments}}<ol>{{#steps}}<li><code>{{.}}</code></li>{{/steps}}</ol>{{/decisions}}
            <h2>{{t.rolesTable}}</h2><div class="wide" tabindex="0" role="region" aria-label="{{title}}"><table><caption class="dim">{{t.rolesTable}}</caption><thead><tr><th scope="col">{{t.role}}</th><th scope="col">{{t.purposes}}</th><th scope="col">{{t.actions}}</th><th scope="col">{{t.fields}}</th></tr></thead><tbody>
            {{#grants}}<tr><th scope="row">{{grantOf}}</th><td>{{for}}</td><td class="long">{{may}}</td><td class="long">{{shows}}</td></tr>{{/grants}}</tbody></table></div>{{> foot}}
            """,
        "retention": """
            {{> head}}<div class="wide" tabindex="0" role="region" aria-label="{{title}}"><table><caption>{{t.plan}}</caption><thead><tr><th scope="col">{{t.rule}}</th><th scope="col">{{t.removes}}</th><th scope="col">{{t.before}}</th><th scope="col" class="n">{{t.due}}</th><th scope="col" class="n">{{t.held}}</th></tr></thead><tbody>
            {{#rules}}<tr><th scope="row">{{rule}}</th><td>{{removes}}</td><td>{{before}}</td><td class="n">{{due}}</td><td class="n">{{held}}</td></tr>{{/rules}}</tbody></table></div>
            <p>{{t.due}}: <b>{{all}}</b> · {{t.wouldBeErased}}: <b>{{erased}}</b></p>{{> foot}}
            """,
        "query": """
            {{> head}}<form method="post" action="/console/query" class="grid"><input type="hidden" name="csrf" value="{{csrf}}">
            <p><label for="purpose">{{t.purpose}}</label><select id="purpose" name="purpose">{{#purposes}}<option{{#chosen}} selected{{/chosen}}>{{id}}</option>{{/purposes}}</select></p>
            <p><label for="since">{{t.since}}</label><input id="since" name="since" type="date" value="{{asked.since}}"></p><p><label for="until">{{t.until}}</label><input id="until" name="until" type="date" value="{{asked.until}}"></p>
            <p><label for="limit">{{t.limit}}</label><input id="limit" name="limit" type="number" min="1" max="1000" value="{{asked.limit}}"></p>
            <p class="full"><label for="where">{{t.where}}</label><input id="where" name="where" value="{{asked.where}}" autocomplete="off" aria-describedby="where-hint"><span class="hint" id="where-hint">{{t.whereHint}}</span></p>
            <fieldset><legend>{{t.select}}</legend>{{#fields}}<label><input type="checkbox" name="select" value="{{id}}"{{#chosen}} checked{{/chosen}}> {{id}} <span class="hint">{{treatment}}</span></label>{{/fields}}</fieldset>
            <p><label for="group">{{t.groupBy}}</label><select id="group" name="group"><option value="">{{t.none}}</option>{{#groups}}<option{{#chosen}} selected{{/chosen}}>{{id}}</option>{{/groups}}</select></p>
            <p><button>{{t.run}}</button> <button class="plain" formaction="/console/query.csv">{{t.csv}}</button></p></form>
            {{#hasResult}}<h2>{{t.results}}</h2><p class="dim">{{t.receipt}} {{receipt}}{{#suppressed}} · {{suppressed}} {{t.suppressed}}{{/suppressed}}{{#more}} · {{t.more}}{{/more}}</p>{{{chart}}}
            <div class="wide" tabindex="0" role="region" aria-label="{{title}}"><table><caption>{{count}} {{t.rows}}</caption><thead><tr>{{#columns}}<th scope="col">{{.}}</th>{{/columns}}</tr></thead><tbody>{{#rows}}<tr>{{#cells}}<td>{{.}}</td>{{/cells}}</tr>{{/rows}}</tbody></table></div>{{/hasResult}}{{> foot}}
            """,
    ]
}
