import Foundation
import Mustache
import VoCVault

/// The record of processing activities as documents.
package enum ProcessingDocument {
    /// Pretty-printed, keys sorted.
    package static func json(_ report: ProcessingReport) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(report) + Data([0x0A])
    }

    /// Self-contained HTML, headings in Chinese and English.
    package static func page(_ report: ProcessingReport) throws -> String {
        let isBounded = report.since != nil || report.until != nil
        let context: [String: Any] = [
            "css": PageStyle.css, "report": report, "period": isBounded ? "\(report.since ?? "…") – \(report.until ?? "…")" : "",
            "categories": report.categories.map { category in
                [
                    "field": category.field, "class": category.fieldClass, "stored": category.isSealed ? "密文 sealed" : "明文 readable",
                    "index": category.isIndexed ? "✓" : "", "coarse": category.generalization ?? "",
                    "approvals": category.approvals > 1 ? String(category.approvals) : "",
                ]
            },
            "recipients": report.recipients.map { role in
                [
                    "role": role.role, "description": role.description,
                    "principals": role.principals.isEmpty ? "–" : role.principals.joined(separator: ", "),
                    "grants": role.grants.map { grant in
                        [
                            "name": grant.name, "purposes": grant.purposes.joined(separator: ", "),
                            "actions": grant.actions.joined(separator: ", "), "fields": grant.fields.joined(separator: ", "),
                        ]
                    },
                ] as [String: Any]
            },
            "purposes": report.purposes.map {
                ["name": $0.name, "description": $0.description, "basis": $0.basis, "roles": $0.roles.joined(separator: ", ")]
            },
            "retention": report.retention.map { rule in
                [
                    "rule": rule.rule, "channels": rule.channels.isEmpty ? "*" : rule.channels.joined(separator: ", "),
                    "removes": rule.removes, "days": String(rule.afterDays), "due": String(rule.due), "held": String(rule.held),
                ]
            },
            "reveals": report.reveals.map {
                ["principal": $0.principal, "field": $0.field, "times": String($0.times), "new": $0.isNew ? "✓" : ""]
            },
        ]
        return try MustacheTemplate(string: template).render(context)
    }

    private static let template = """
        <!DOCTYPE html>
        <html lang="zh"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>处理活动记录 · Record of processing</title><style>{{{css}}}</style></head><body>
        <h1>处理活动记录 · Record of processing</h1>
        <p class="lead">{{report.vault}} · {{report.software}} · {{report.generated}} {{period}}<br>
        GDPR Art. 30 · PIPL Art. 54–56 · 个人信息保护法第五十四至五十六条</p>
        <h2>日志校验 · Log verification</h2>
        {{#report.verification.isIntact}}<p class="good">✓ 完整 intact: {{report.verification.result}}</p>
        <pre>{{report.verification.checkpoint}}</pre>{{/report.verification.isIntact}}
        {{^report.verification.isIntact}}<p class="bad">✗ 不完整 not intact: {{report.verification.result}}</p>{{/report.verification.isIntact}}
        <p>{{report.verification.verifierKey}}</p>
        <h2>现存数据 · Data held</h2>
        <table><thead><tr><th scope="col" class="n">记录 records</th><th scope="col" class="n">客户 customers</th><th scope="col" class="n">已删除 erased</th>
        <th scope="col" class="n">保全 on hold</th><th scope="col" class="n">限制处理 restricted</th></tr></thead>
        <tbody><tr><td class="n">{{report.holdings.records}}</td><td class="n">{{report.holdings.customers}}</td><td class="n">{{report.holdings.customersErased}}</td>
        <td class="n">{{report.holdings.customersOnHold}}</td><td class="n">{{report.holdings.customersRestricted}}</td></tr></tbody></table>
        <h2>处理目的 · Purposes</h2>
        <table><thead><tr><th scope="col">目的 purpose</th><th scope="col">说明 description</th><th scope="col">法律依据 basis</th><th scope="col">角色 roles</th></tr></thead><tbody>
        {{#purposes}}<tr><th scope="row">{{name}}</th><td>{{description}}</td><td>{{basis}}</td><td>{{roles}}</td></tr>
        {{/purposes}}</tbody></table>
        <h2>数据类别 · Categories of data</h2>
        <table><thead><tr><th scope="col">字段 field</th><th scope="col">类别 class</th><th scope="col">存储 stored</th><th scope="col">索引 index</th>
        <th scope="col">泛化 generalized</th><th scope="col" class="n">审批人数 approvals</th></tr></thead><tbody>
        {{#categories}}<tr><th scope="row">{{field}}</th><td>{{class}}</td><td>{{stored}}</td><td>{{index}}</td><td>{{coarse}}</td><td class="n">{{approvals}}</td></tr>
        {{/categories}}</tbody></table>
        <h2>接收者 · Recipients</h2>
        {{#recipients}}<h3>{{role}}</h3><p>{{description}}<br>账号 principals: {{principals}}</p>
        <table>{{#grants}}<tr><th scope="row">{{name}}</th><td>{{purposes}}</td><td>{{actions}}</td><td>{{fields}}</td></tr>
        {{/grants}}</table>
        {{/recipients}}
        <h2>保存期限 · Retention</h2>
        <table><thead><tr><th scope="col">规则 rule</th><th scope="col">渠道 channels</th><th scope="col">删除内容 removes</th><th scope="col" class="n">天 days</th>
        <th scope="col" class="n">到期 due</th><th scope="col" class="n">保全 held</th></tr></thead><tbody>
        {{#retention}}<tr><th scope="row">{{rule}}</th><td>{{channels}}</td><td>{{removes}}</td><td class="n">{{days}}</td><td class="n">{{due}}</td><td class="n">{{held}}</td></tr>
        {{/retention}}</tbody></table>
        <h2>技术与组织措施 · Measures</h2>
        <table>{{#report.measures}}<tr><th scope="row">{{name}}</th><td>{{value}}</td></tr>
        {{/report.measures}}</table>
        <h2>密钥 · Keys</h2>
        <table><thead><tr><th scope="col">根密钥 root key</th><th scope="col">使用中 active</th><th scope="col">创建 created</th><th scope="col" class="n">客户密钥 customers' keys</th>
        <th scope="col" class="n">系统密钥 vault keys</th><th scope="col">需轮换 rotation due</th></tr></thead><tbody>
        {{#report.keys}}<tr><th scope="row">{{id}}</th><td>{{#isActive}}✓{{/isActive}}</td><td>{{created}}</td><td class="n">{{subjectKeys}}</td><td class="n">{{dataKeys}}</td>
        <td>{{#needsRotation}}<span class="bad">✓</span>{{/needsRotation}}</td></tr>
        {{/report.keys}}</tbody></table>
        <h2>访问 · Accesses</h2>
        <table><thead><tr><th scope="col">账号 principal</th><th scope="col">角色 role</th><th scope="col">操作 action</th><th scope="col" class="n">允许 allowed</th>
        <th scope="col" class="n">拒绝 denied</th><th scope="col" class="n">失败 failed</th><th scope="col" class="n">行 rows</th><th scope="col" class="n">非工作时间 out of hours</th></tr></thead><tbody>
        {{#report.accesses}}<tr><th scope="row">{{principal}}</th><td>{{role}}</td><td>{{action}}</td><td class="n">{{allowed}}</td><td class="n">{{denied}}</td>
        <td class="n">{{failed}}</td><td class="n">{{rows}}</td><td class="n">{{outOfHours}}</td></tr>
        {{/report.accesses}}</tbody></table>
        <h2>明文查看 · Fields revealed in plaintext</h2>
        <table><thead><tr><th scope="col">账号 principal</th><th scope="col">字段 field</th><th scope="col" class="n">次数 times</th><th scope="col">首次 first time</th></tr></thead><tbody>
        {{#reveals}}<tr><th scope="row">{{principal}}</th><td>{{field}}</td><td class="n">{{times}}</td><td>{{new}}</td></tr>
        {{/reveals}}</tbody></table>
        <h2>告警 · Alerts</h2>
        <table><thead><tr><th scope="col">规则 rule</th><th scope="col">账号 principal</th><th scope="col" class="n">次数 times</th></tr></thead><tbody>
        {{#report.alerts}}<tr><th scope="row">{{rule}}</th><td>{{principal}}</td><td class="n">{{times}}</td></tr>
        {{/report.alerts}}</tbody></table>
        <h2>删除与请求 · Erasures and requests</h2>
        <table><tbody>
        <tr><th scope="row">应请求删除的客户 customers erased on request</th><td class="n">{{report.erasures.customersOnRequest}}</td></tr>
        <tr><th scope="row">到期删除的客户 customers erased by retention</th><td class="n">{{report.erasures.customersByRetention}}</td></tr>
        <tr><th scope="row">删除的记录 records deleted</th><td class="n">{{report.erasures.records}}</td></tr>
        <tr><th scope="row">部分删除的记录 records partly deleted</th><td class="n">{{report.erasures.recordsStripped}}</td></tr>
        <tr><th scope="row">未结请求 requests open</th><td class="n">{{report.cases.open}}</td></tr>
        <tr><th scope="row">逾期请求 requests overdue</th><td class="n">{{report.cases.overdue}}</td></tr>
        <tr><th scope="row">已答复 answered</th><td class="n">{{report.cases.answered}}</td></tr>
        <tr><th scope="row">已拒绝 refused</th><td class="n">{{report.cases.refused}}</td></tr>
        </tbody></table>
        </body></html>

        """
}
