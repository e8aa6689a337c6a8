import Foundation
import Policy
import VoCVault

/// What a customer gets who asks for a copy of their data: one page to read, and the same for machines.
package enum SubjectDocument {
    /// A ZIP archive with `data.json` and `index.html`.
    package static func archive(_ copy: SubjectCopy, policy: PolicySet, date: Date) -> Data {
        var archive = ZipArchive(date: date)
        archive.add("index.html", Data(page(copy, policy: policy).utf8))
        archive.add("data.json", Data(copy.json))
        return archive.data
    }

    /// Self-contained HTML, Chinese and English: the data, and what GDPR Art. 15(1) wants said with it.
    package static func page(_ copy: SubjectCopy, policy: PolicySet) -> String {
        HTML.file(
            "我的数据 · Your data", language: .chinese, style: Style.document, lead: "\(copy.made) · \(copy.subject)",
            """
            <p>本文件包含我们保存的与您有关的全部反馈记录。data.json 是相同内容的机器可读版本。<br>
            This file contains all the feedback that we hold about you. data.json has the same content in machine-readable form.</p>
            <h2>记录 · Records</h2>
            \(records(copy))
            <h2>处理目的与法律依据 · Purposes and legal basis</h2>
            \(Table([], rows: purposes(policy)).html)
            <h2>接收者类别 · Categories of recipients</h2>
            \(Table([], rows: recipients(policy)).html)
            <h2>保存期限 · Retention</h2>
            \(retention(policy))
            <h2>您的权利 · Your rights</h2>
            <p>您可以要求更正、限制处理或删除这些数据，反对处理，并向监管机构投诉。<br>
            You can ask us to correct, restrict or erase these data, object to their processing, and complain to a supervisory authority.</p>
            """
        ).text
    }

    private static func records(_ copy: SubjectCopy) -> HTML {
        if copy.records.isEmpty { return "<p>暂无记录 · No records</p>" }
        return copy.records.enumerated().html { index, record in
            let fields = record.fields.filter { !$0.value.isEmpty }
            let rows = fields.html { "<tr><th scope=\"row\">\($0.name)</th><td class=\"text\">\($0.value)</td></tr>\n" }
            return "<h3>\(index + 1). \(record.id)</h3>\n<table>\(rows)</table>\n"
        }
    }

    private static func purposes(_ policy: PolicySet) -> [[HTML]] {
        policy.purposes.values.sorted { $0.name < $1.name }.map { ["\($0.name)", "\($0.description)", "\($0.basis)"] }
    }

    private static func recipients(_ policy: PolicySet) -> [[HTML]] {
        policy.roles.values.filter { role in role.grants.contains { !$0.fields.isEmpty } }.sorted { $0.name < $1.name }
            .map { ["\($0.name)", "\($0.description)"] }
    }

    private static func retention(_ policy: PolicySet) -> HTML {
        Table(
            [.text("渠道 · Channel"), .text("删除内容 · What is deleted"), .figures("天 · Days")],
            rows: policy.retention.map { rule in
                ["\(rule.channels.isEmpty ? "*" : rule.channels.joined(separator: ", "))", "\(rule.removal.name)", "\(rule.afterDays)"]
            }, hasHeads: false
        ).html
    }
}
