import Foundation
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
    package static func page(_ report: ProcessingReport) -> String {
        let isBounded = report.since != nil || report.until != nil
        let period = isBounded ? "\(report.since ?? "…") – \(report.until ?? "…")" : ""
        return HTML.file(
            "处理活动记录 · Record of processing", language: .chinese, style: Style.document,
            lead: "\(report.vault) · \(report.software) · \(report.generated) \(period)<br>GDPR Art. 30 · PIPL Art. 54–56 · 个人信息保护法第五十四至五十六条",
            sections(report).html { heading, content in "<h2>\(heading)</h2>\n\(content)\n" }
        ).text
    }

    private static func sections(_ report: ProcessingReport) -> [(heading: String, content: HTML)] {
        [
            ("日志校验 · Log verification", verification(report.verification)), ("现存数据 · Data held", holdings(report.holdings)),
            ("处理目的 · Purposes", purposes(report.purposes)), ("数据类别 · Categories of data", categories(report.categories)),
            ("接收者 · Recipients", report.recipients.html(recipient)), ("保存期限 · Retention", retention(report.retention)),
            ("技术与组织措施 · Measures", Table([], rows: report.measures.map { ["\($0.name)", "\($0.value)"] }).html), ("密钥 · Keys", keys(report.keys)),
            ("访问 · Accesses", accesses(report.accesses)), ("明文查看 · Fields revealed in plaintext", reveals(report.reveals)),
            ("告警 · Alerts", alerts(report.alerts)), ("删除与请求 · Erasures and requests", done(report.erasures, report.cases)),
        ]
    }

    private static func list(_ texts: [String], _ none: String = "") -> HTML { "\(texts.isEmpty ? none : texts.joined(separator: ", "))" }
    private static func tick(_ condition: Bool) -> HTML { when(condition, "✓") }

    // MARK: What is there

    private static func verification(_ found: ProcessingReport.Verification) -> HTML {
        let result: HTML =
            found.isIntact
            ? "<p class=\"good\">✓ 完整 intact: \(found.result)</p>\n<pre>\(found.checkpoint)</pre>" : "<p class=\"bad\">✗ 不完整 not intact: \(found.result)</p>"
        return "\(result)\n<p>\(found.verifierKey)</p>"
    }

    private static func holdings(_ found: ProcessingReport.Holdings) -> HTML {
        Table(
            [
                .figures("记录 records"), .figures("客户 customers"), .figures("已删除 erased"), .figures("保全 on hold"), .figures("限制处理 restricted"),
            ],
            rows: [["\(found.records)", "\(found.customers)", "\(found.customersErased)", "\(found.customersOnHold)", "\(found.customersRestricted)"]], hasHeads: false
        ).html
    }

    private static func keys(_ keys: [ProcessingReport.Key]) -> HTML {
        Table(
            [
                .text("根密钥 root key"), .text("使用中 active"), .text("创建 created"), .figures("客户密钥 customers' keys"), .figures("系统密钥 vault keys"),
                .text("需轮换 rotation due"),
            ],
            rows: keys.map { key in
                [
                    "\(key.id)", tick(key.isActive), "\(key.created)", "\(key.subjectKeys)", "\(key.dataKeys)",
                    when(key.needsRotation, "<span class=\"bad\">✓</span>"),
                ]
            }
        ).html
    }

    // MARK: What the policies say

    private static func purposes(_ purposes: [ProcessingReport.Purpose]) -> HTML {
        Table(
            [.text("目的 purpose"), .text("说明 description"), .text("法律依据 basis"), .text("角色 roles")],
            rows: purposes.map { ["\($0.name)", "\($0.description)", "\($0.basis)", list($0.roles)] }
        ).html
    }

    private static func categories(_ categories: [ProcessingReport.Category]) -> HTML {
        Table(
            [
                .text("字段 field"), .text("类别 class"), .text("存储 stored"), .text("索引 index"), .text("泛化 generalized"), .figures("审批人数 approvals"),
            ],
            rows: categories.map { category in
                [
                    "\(category.field)", "\(category.fieldClass)", "\(category.isSealed ? "密文 sealed" : "明文 readable")", tick(category.isIndexed),
                    "\(category.generalization ?? "")", when(category.approvals > 1, "\(category.approvals)"),
                ]
            }
        ).html
    }

    private static func recipient(_ role: ProcessingReport.Recipient) -> HTML {
        let columns: [Table.Column] = [.text("授权 grant"), .text("目的 purposes"), .long("操作 actions"), .long("字段 fields")]
        let grants = role.grants.map { grant -> [HTML] in ["\(grant.name)", list(grant.purposes), list(grant.actions), list(grant.fields)] }
        return "<h3>\(role.role)</h3><p>\(role.description)<br>账号 principals: \(list(role.principals, "–"))</p>\n\(Table(columns, rows: grants).html)"
    }

    private static func retention(_ rules: [ProcessingReport.Retention]) -> HTML {
        Table(
            [.text("规则 rule"), .text("渠道 channels"), .text("删除内容 removes"), .figures("天 days"), .figures("到期 due"), .figures("保全 held")],
            rows: rules.map { ["\($0.rule)", list($0.channels, "*"), "\($0.removes)", "\($0.afterDays)", "\($0.due)", "\($0.held)"] }
        ).html
    }

    // MARK: What was done

    private static func accesses(_ accesses: [ProcessingReport.Access]) -> HTML {
        Table(
            [
                .text("账号 principal"), .text("角色 role"), .text("操作 action"), .figures("允许 allowed"), .figures("拒绝 denied"), .figures("失败 failed"),
                .figures("行 rows"), .figures("非工作时间 out of hours"),
            ],
            rows: accesses.map { access in
                [
                    "\(access.principal)", "\(access.role)", "\(access.action)", "\(access.allowed)", "\(access.denied)", "\(access.failed)",
                    "\(access.rows)", "\(access.outOfHours)",
                ]
            }
        ).html
    }

    private static func reveals(_ reveals: [ProcessingReport.Reveal]) -> HTML {
        Table(
            [.text("账号 principal"), .text("字段 field"), .figures("次数 times"), .text("首次 first time")],
            rows: reveals.map { ["\($0.principal)", "\($0.field)", "\($0.times)", tick($0.isNew)] }
        ).html
    }

    private static func alerts(_ alerts: [ProcessingReport.Alert]) -> HTML {
        Table(
            [.text("规则 rule"), .text("账号 principal"), .figures("次数 times")], rows: alerts.map { ["\($0.rule)", "\($0.principal)", "\($0.times)"] }
        ).html
    }

    private static func done(_ erasures: ProcessingReport.Erasures, _ cases: ProcessingReport.Cases) -> HTML {
        let rows: [(String, Int64)] = [
            ("应请求删除的客户 customers erased on request", erasures.customersOnRequest),
            ("到期删除的客户 customers erased by retention", erasures.customersByRetention), ("删除的记录 records deleted", erasures.records),
            ("部分删除的记录 records partly deleted", erasures.recordsStripped), ("未结请求 requests open", Int64(cases.open)),
            ("逾期请求 requests overdue", Int64(cases.overdue)), ("已答复 answered", Int64(cases.answered)), ("已拒绝 refused", Int64(cases.refused)),
        ]
        return "<table><tbody>\n\(rows.html { "<tr><th scope=\"row\">\($0.0)</th><td class=\"n\">\($0.1)</td></tr>\n" })</tbody></table>"
    }
}
