import Foundation
import RedactedAPI
import TestVaults
import VaultAPI
import VoCVault

/// A vault at work, as every role's pages show it: feedback of half a year with topics, improvements, requests, approvals.
struct ConsoleScene {
    let vault: TestVault
    /// By role, with what the walk through the console types in.
    private(set) var given: [String: String]

    init() throws {
        vault = try TestVault()
        let records = TestVault.feed(600)
        try vault.ingest(records.map(\.json))
        try vault.ingest([line(id: "x", customer: ["id": "C-x", "phone": "13800138000", "national_id": "11010519491231002X"])])
        // Two who share a number, and somebody whom another's text mentions.
        try vault.ingest([
            line(id: "s1", customer: ["phone": "13611110002", "name": "赵甲"]), line(id: "s2", customer: ["phone": "13611110002", "name": "钱乙"]),
            line(id: "m1", customer: ["id": "M-1", "name": "王小明", "phone": "13611110009"]),
            line(id: "m2", customer: ["id": "F-1", "name": "李丽"], text: "我叫李丽,我的朋友叫王小明,他的电话是13611110009"),
        ])
        given = try [
            "compliance": vault.token("compliance"), "analyst": vault.token("analyst"), "privacy-lead": vault.token("privacy-lead"), "agent": vault.token("agent"),
            "manager": vault.token("manager"), "improver": vault.token("improver"), "administrator": vault.adminToken, "phone": "138 0013 8000",
            "other": records[7].customer.phone, "named": "13611110009", "shared": "13611110002",
        ]
        try addFeedback()
        try addImprovements()
        try addRequests()
        try FormTests.policy().write(toFile: vault.location.policies + "/forms.yaml", atomically: true, encoding: .utf8)
        try FileManager.default.copyItem(
            atPath: TestVault.repository.appendingPathComponent("policies/codeframe.yaml").path, toPath: vault.location.policies + "/codeframe.yaml")
    }

    /// Of May to October 2026, in which deliveries get worse.
    private func addFeedback() throws {
        let kinds: [(text: String, topic: String, mood: String, rating: Int)] = [
            ("快递太慢了，等了一周才送到", "delivery", "negative", 1), ("空调噪音很大，晚上睡不着", "product.noise", "negative", 2), ("客服很耐心，问题很快解决", "service.attitude", "positive", 5),
            ("The price is fair and the app works", "price", "positive", 4), ("包装破损，少了一个配件", "packaging", "negative", 2),
        ]
        let lines = (0..<360).map { number -> (line: String, kind: Int) in
            let month = 5 + number % 6
            let kind = month >= 8 && number % 3 == 0 ? 0 : number % kinds.count
            return (
                line(
                    id: "r\(number)", customer: ["id": "R\(number % 180)", "name": ["陈静", "刘洋", "孙磊", "Anna Lee"][number % 4], "phone": "137\(10_000_000 + number % 180)"],
                    attributes: ["product": ["X5", "Mini", "Air 3"][number % 3], "region": ["北京", "上海", "广州"][number / 3 % 3], "rating": kinds[kind].rating],
                    text: kinds[kind].text, channel: ["hotline", "app", "survey"][number / 9 % 3], at: "2026-\(month < 10 ? "0" : "")\(month)-\(10 + number % 18)T10:00:00+08:00"),
                kind
            )
        }
        try vault.ingest(lines.map(\.line), source: "recent")
        let coder = try vault.session("classification")
        var cursor: String?
        repeat {
            let page = try coder.page(Query(select: ["record", "text"], limit: 500, cursor: cursor, purpose: "insight"))
            let said = page.rows.flatMap { row -> [Annotation] in
                guard let kind = kinds.first(where: { row[1].description.hasPrefix($0.text.prefix(6)) }) else { return [] }
                let record = row[0].description
                return [Annotation(record: record, module: "topic", labels: [kind.topic: 1]), Annotation(record: record, module: "sentiment", labels: [kind.mood: 1])]
            }
            if !said.isEmpty { _ = try coder.annotate(said, purpose: "insight") }
            cursor = page.nextCursor
        } while cursor != nil
    }

    private func addImprovements() throws {
        let (analyst, manager, improver) = (try vault.session("analyst"), try vault.session("manager"), try vault.session("improver"))
        let titles = ["更换承运商，缩短送货时间", "Quieter fan for the X5", "Stronger boxes for small parts", "客服回电时限改为 24 小时"]
        for (number, title) in titles.enumerated() {
            _ = try ProposeTask(
                title: title, where: Condition(parsing: "topic = 'delivery'"), owner: "improver", due: Timestamp("2026-12-0\(number + 1)")!,
                expected: "half the complaints"
            ).perform(in: analyst)
        }
        for number: Int64 in [1, 2, 3] { _ = try DecideTask(number: number, step: .approve).perform(in: manager) }
        for number: Int64 in [1, 2] { _ = try ProgressTask(number: number, step: .start).perform(in: improver) }
        _ = try ProgressTask(number: 1, step: .finish, note: "another courier since October").perform(in: improver)
    }

    /// Something waits for a second principal, and something was denied.
    private func addRequests() throws {
        let officer = try vault.session("compliance")
        let subject = try LookUp(field: "phone", value: "13800138000", purpose: "subject-request").perform(in: officer).subjects[0]
        let rows = try officer.page(.init(select: ["record"], filter: .compare(field: "subject", .equal, .text(subject)), purpose: "subject-request"))
        _ = try? RevealField(record: rows.rows[0][0].description, field: "national_id", purpose: "subject-request", reason: "case 9").perform(in: officer)
        _ = try? ListTokens().perform(in: vault.session("analyst"))
    }
}
