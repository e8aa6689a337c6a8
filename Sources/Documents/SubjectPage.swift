import Foundation
import Mustache
import Policy
import VoCVault

/// What a customer gets who asks for a copy of their data: one page to read, and the same for machines.
package enum SubjectDocument {
    /// A ZIP archive with `data.json` and `index.html`.
    package static func archive(_ copy: SubjectCopy, policy: PolicySet, date: Date) throws -> Data {
        var archive = ZipArchive(date: date)
        archive.add("index.html", Data(try page(copy, policy: policy).utf8))
        archive.add("data.json", Data(copy.json))
        return archive.data
    }

    /// Self-contained HTML, Chinese and English: the data, and what GDPR Art. 15(1) wants said with it.
    package static func page(_ copy: SubjectCopy, policy: PolicySet) throws -> String {
        let context: [String: Any] = [
            "css": PageStyle.css, "subject": copy.subject, "made": copy.made,
            "purposes": policy.purposes.values.sorted { $0.name < $1.name }.map {
                ["name": $0.name, "description": $0.description, "basis": $0.basis]
            },
            "recipients": policy.roles.values.filter { role in role.grants.contains { !$0.fields.isEmpty } }
                .sorted { $0.name < $1.name }.map { ["name": $0.name, "description": $0.description] },
            "retention": policy.retention.map { rule in
                [
                    "channels": rule.channels.isEmpty ? "*" : rule.channels.joined(separator: ", "), "removes": rule.removal.name,
                    "days": String(rule.afterDays),
                ]
            },
            "records": copy.records.enumerated().map { index, record in
                [
                    "number": index + 1, "id": record.id,
                    "fields": record.fields.filter { !$0.value.isEmpty }.map { ["name": $0.name, "value": $0.value] },
                ] as [String: Any]
            },
        ]
        return try MustacheTemplate(string: template).render(context)
    }

    private static let template = """
        <!DOCTYPE html>
        <html lang="zh"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>我的数据 · Your data</title><style>{{{css}}}</style></head><body>
        <h1>我的数据 · Your data</h1>
        <p class="lead">{{made}} · {{subject}}</p>
        <p>本文件包含我们保存的与您有关的全部反馈记录。data.json 是相同内容的机器可读版本。<br>
        This file contains all the feedback that we hold about you. data.json has the same content in machine-readable form.</p>
        <h2>记录 · Records</h2>
        {{#records}}
        <h3>{{number}}. {{id}}</h3>
        <table>{{#fields}}<tr><th scope="row">{{name}}</th><td class="text">{{value}}</td></tr>
        {{/fields}}</table>
        {{/records}}
        {{^records}}<p>暂无记录 · No records</p>{{/records}}
        <h2>处理目的与法律依据 · Purposes and legal basis</h2>
        <table>{{#purposes}}<tr><th scope="row">{{name}}</th><td>{{description}}</td><td>{{basis}}</td></tr>
        {{/purposes}}</table>
        <h2>接收者类别 · Categories of recipients</h2>
        <table>{{#recipients}}<tr><th scope="row">{{name}}</th><td>{{description}}</td></tr>
        {{/recipients}}</table>
        <h2>保存期限 · Retention</h2>
        <table><thead><tr><th scope="col">渠道 · Channel</th><th scope="col">删除内容 · What is deleted</th><th scope="col" class="n">天 · Days</th></tr></thead><tbody>
        {{#retention}}<tr><td>{{channels}}</td><td>{{removes}}</td><td class="n">{{days}}</td></tr>
        {{/retention}}</tbody></table>
        <h2>您的权利 · Your rights</h2>
        <p>您可以要求更正、限制处理或删除这些数据,反对处理,并向监管机构投诉。<br>
        You can ask us to correct, restrict or erase these data, object to their processing, and complain to a supervisory authority.</p>
        </body></html>

        """
}
