import AuditLog
import Foundation
import RedactedAPI
import Store
import TestVaults
import Testing
import VaultAPI
import VoCVault

/// One vault twice, in files and in a database, under the same keys: random operations, asked of both in the same order, have
/// the same answers, the same figures with the same noise, and leave the same entries.
@Suite("Two stores, one vault", .onServer)
struct TwoStoresTests {
    /// A sample here; `TWO_STORES=50,400` runs 50 seeds of 400 operations.
    private static let (seeds, steps): (Int, Int) = {
        let asked = ProcessInfo.processInfo.environment["TWO_STORES"]?.split(separator: ",").compactMap { Int($0) } ?? []
        return asked.count == 2 ? (asked[0], asked[1]) : (3, 160)
    }()
    private static let roles = ["compliance", "analyst", "agent", "ingest", "retention", "classification", "partner"]
    private static let purpose = "subject-request"

    @Test("random operations have the same answers on both, and leave the same entries", arguments: 0..<seeds)
    func same(seed: Int) throws {
        let origin = try TestVault(onFiles: true) { Self.edit($0, TestVault.openRows($0, $1)) }
        var script = Script(seed: UInt64(seed))
        _ = try origin.ingest(script.feed(200))
        let tokens = try Dictionary(uniqueKeysWithValues: Self.roles.map { ($0, try origin.token($0)) })
        try Self.makeKeys(origin)
        let twins = [try Twin(Self.copy(of: origin), origin.clock, tokens, server: nil), try Twin(Self.copy(of: origin), origin.clock, tokens, server: origin.adminToken)]
        defer { for twin in twins { try? FileManager.default.removeItem(at: twin.folder) } }
        let beginnings = try twins.map { try $0.entries().count }
        var (kinds, before): (Set<String>, [String]) = ([], [])
        for step in 0..<Self.steps {
            let (name, operation) = script.next(among: Array(twins[0].names.values))
            let answers = try twins.map { twin in try twin.answer(operation) }
            #expect(answers[0] == answers[1], "step \(step), \(name), after \(before.suffix(20))")
            if answers[0] != answers[1] { return }
            before.append(name)
            if !answers[0].hasPrefix("error") { kinds.insert(String(name.prefix { $0 != " " })) }
            if script.isTimeToPass { origin.clock.advance(days: 9) }
        }
        let entries = try zip(twins, beginnings).map { twin, beginning in try twin.entries().dropFirst(beginning) }
        #expect(entries[0].elementsEqual(entries[1]))
        for twin in twins { #expect(throws: Never.self) { try twin.session("compliance").verifyAudit() } }
        // A walk that mostly fails would prove little.
        #expect(kinds.count >= min(Self.steps / 10, 10), "\(kinds)")
    }

    /// Analysts see all groups of two, and the partner groups with noise that stays.
    private static func edit(_ name: String, _ text: String) -> String {
        guard name == "roles.yaml" else { return text }
        return text.replacing(/quotas: \{[^}]*\}/) { $0.0.replacing(/[0-9]+/, with: "1000000") }
            .replacing("        minimum_group: 5\n", with: "        minimum_group: 2\n        disclosure: {extremes: true}\n", maxReplacements: 1)
            .replacing("        minimum_group: 10\n", with: "        minimum_group: 2\n")
            .replacing("{noise: laplace, contribution: 5, epsilon: 0.5, budget: 2, period: 30}", with: "{noise: cells}")
            .replacing("budget: 170", with: "budget: 100000")
    }

    /// Asks for what needs a key of its own, which is made at its first use.
    private static func makeKeys(_ vault: TestVault) throws {
        _ = try vault.session("compliance").page(Query(select: ["record", "subject"], limit: 1, purpose: purpose))
        _ = try vault.session("analyst").page(Query(select: ["record", "subject"], limit: 1, purpose: "insight"))
        _ = try vault.session("partner").aggregate(AggregateQuery(groupBy: [], measures: [.count], purpose: "insight"))
    }

    /// A vault at rest, file by file.
    private static func copy(of vault: TestVault) throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("twin-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: vault.folder, to: folder)
        for name in ["vault.db-shm", "keystore.db-shm"] { try? FileManager.default.removeItem(at: folder.appendingPathComponent("vault/\(name)")) }
        return folder
    }

    private typealias Operation = (Twin) throws -> String

    private final class Twin {
        let folder: URL
        let vault: Vault
        let tokens: [String: String]
        /// What each pseudonym that was seen is called here: the numbers of customers are each store's own.
        var names: [String: String] = [:]

        /// - Parameter server: a token of who moves it to a database.
        init(_ folder: URL, _ clock: TestVault.TestClock, _ tokens: [String: String], server: String?) throws {
            (self.folder, self.tokens) = (folder, tokens)
            let location = Vault.Location(
                home: folder.appendingPathComponent("vault").path, keys: folder.appendingPathComponent("keys").path,
                policies: folder.appendingPathComponent("policies").path)
            if let server {
                let (_, address, owner) = try TestServer.database()
                let files = try Vault.open(at: location, clock: { clock.now }, uptime: { clock.uptime })
                _ = try files.session(token: server).migrate(to: address, owner: owner) { _ in }
            }
            vault = try Vault.open(at: location, clock: { clock.now }, uptime: { clock.uptime })
        }

        func session(_ role: String) throws -> Session { try vault.session(token: tokens[role]!) }

        func answer(_ operation: Operation) throws -> String {
            do { return named(try operation(self)) } catch let error as VaultError { return named("error: \(error)") }
        }

        /// A text with names in the place of pseudonyms, numbered as they are seen.
        func named(_ text: String) -> String {
            text.replacing(/\b([rs])_[0-9A-Z]{26}\b/) { match in
                if let name = names[String(match.0)] { return name }
                let name = "\(match.1)#\(names.count)"
                names[String(match.0)] = name
                return name
            }
        }

        func pseudonym(_ name: String) -> String { names.first { $0.value == name }?.key ?? "r_0" }

        func ingest(_ lines: [String]) throws -> String {
            let file = folder.appendingPathComponent("input-\(UUID().uuidString)")
            try Data(lines.joined(separator: "\n").utf8).write(to: file)
            var rejects = 0
            let report = try session("ingest").ingest(FileHandle(forReadingAtPath: file.path)!, format: .jsonl, source: "test", onReject: { _ in rejects += 1 }, progress: { _ in })
            return "\(report.stored) \(report.duplicates) \(report.erasedBefore) \(report.newCustomers) \(report.setAside.sorted { $0.key < $1.key }) \(rejects)"
        }

        /// Less what tells two runs apart: numbers of entries and requests.
        func entries() throws -> [String] {
            var entries: [String] = []
            try session("compliance").exportAudit(AuditFilter()) { entry in
                // Each vault seals questions and reasons anew: of reasons, that there is one is compared, and its length.
                let detail = entry.detail.filter { !$0.key.hasPrefix("question") }.map { ($0.key, $0.key == "sealed_reason" ? String($0.value.count) : $0.value) }
                    .sorted { $0.0 < $1.0 }
                entries.append(
                    named(
                        "\(entry.action) \(entry.outcome) \(entry.principal) \(entry.rule) \(entry.target ?? "") \(entry.fields) \(entry.rows) \(entry.reason ?? "") \(detail)"
                    ))
            }
            return entries
        }
    }

    /// Draws operations.
    private struct Script {
        var random: SeededGenerator
        var number = 0

        init(seed: UInt64) { random = SeededGenerator(state: seed &* 7919 &+ 5) }

        private mutating func pick<T>(_ values: [T]) -> T { values.randomElement(using: &random)! }

        var isTimeToPass: Bool { mutating get { Int.random(in: 0..<12, using: &random) == 0 } }

        mutating func feed(_ count: Int) -> [String] {
            (0..<count).map { _ in
                number += 1
                let person = Int.random(in: 0..<40, using: &random)
                var customer = ["id": "C\(person)", "phone": "138\(10_000_000 + person)", "name": "客户\(person)"]
                if Bool.random(using: &random) { customer["email"] = "c\(person)@example.com" }
                var attributes: [String: Any] = ["product": pick(["X5", "Mini", "x5"]), "region": pick(["北京", "上海", "广州"])]
                if Bool.random(using: &random) { attributes["rating"] = pick([1, 2, 3, 4, 5]) }
                let month = pick(["2024-11", "2025-10", "2026-03", "2026-09"])
                return line(
                    // Some come twice.
                    id: Int.random(in: 0..<10, using: &random) == 0 ? "\(max(1, number - 5))" : "\(number)", customer: customer, attributes: attributes,
                    text: pick(["空调坏了,请打 138\(10_000_000 + person)", "the FAN is whistling", "很好", "noise at night, delivery late", ""]),
                    channel: pick(["hotline", "app", "store"]), at: "\(month)-0\(Int.random(in: 1...9, using: &random))T12:37:39+08:00")
            }
        }

        mutating func condition() -> Condition? {
            let all: [Condition] = [
                .compare(field: "rating", pick([.less, .greaterOrEqual, .equal, .notEqual]), .integer(pick([1, 3, 5]))), .contains(field: "text", pick(["空调", "FAN", "late"])),
                .isIn(field: "product", [.text("X5"), .text("Mini")]), .isNull(field: "rating"), .compare(field: "channel", .equal, .text(pick(["app", "hotline"]))),
                .compare(field: "sentiment", .equal, .text("negative")), .compare(field: "topic", .notEqual, .text("delivery")),
            ]
            let leaves = all.shuffled(using: &random)
            return switch Int.random(in: 0..<5, using: &random) {
            case 0: nil
            case 1: .and(Array(leaves.prefix(2)))
            case 2: .or(Array(leaves.prefix(2)))
            case 3: .not(leaves[0])
            default: leaves[0]
            }
        }

        /// - Parameter names: what can be asked about.
        mutating func next(among names: [String]) -> (name: String, Operation) {
            let record = names.filter { $0.hasPrefix("r") }.sorted().randomElement(using: &random) ?? "r#0"
            let subject = names.filter { $0.hasPrefix("s") }.sorted().randomElement(using: &random) ?? "s#0"
            let purpose = TwoStoresTests.purpose
            switch Int.random(in: 0..<24, using: &random) {
            case 22:
                let (decision, about) = (pick([ConsentWord.given, .withdrawn, .objected]), pick(["insight", "follow-up"]))
                return (
                    "consent",
                    { twin in
                        let done = try twin.session("compliance").recordConsent(
                            twin.pseudonym(subject), purpose: purpose, about: about, decision: decision, version: "3", proof: "form 17")
                        return "\(done.counts) \(done.effect) \(done.unlabelled)"
                    }
                )
            case 23: return ("consents", { "\(try $0.session("compliance").consents(of: $0.pseudonym(subject), purpose: purpose))" })
            case 0:
                let lines = feed(Int.random(in: 1...30, using: &random))
                return ("ingest", { twin in try twin.ingest(lines) })
            case 1: return ("erase", { "\(try $0.session("compliance").eraseSubject($0.pseudonym(subject), purpose: purpose, reason: "asked").records)" })
            case 2:
                let ends = pick([nil, Timestamp("2027-06-01")])
                return ("hold", { "\(try $0.session("compliance").holdSubject($0.pseudonym(subject), purpose: purpose, reason: "court", ends: ends).hold)" })
            case 3: return ("release", { "\(try $0.session("compliance").releaseSubject($0.pseudonym(subject), purpose: purpose, reason: "closed").hold)" })
            case 4: return ("holds", { "\(try $0.session("compliance").holds(on: $0.pseudonym(subject), purpose: purpose))" })
            case 5:
                let lift = Bool.random(using: &random)
                return ("restrict", { "\(try $0.session("compliance").restrictSubject($0.pseudonym(subject), purpose: purpose, reason: "contested", lift: lift).records)" })
            case 6:
                let phone = "139\(Int.random(in: 10_000_000..<99_999_999, using: &random))"
                return (
                    "correct", { "\(try $0.session("compliance").correctSubject($0.pseudonym(subject), field: "phone", to: phone, purpose: purpose, reason: "letter").records)" }
                )
            case 7, 8:
                let field = pick(["phone", "name", "email", "national_id"])
                return (
                    "reveal",
                    { twin in
                        var value = ""
                        _ = try twin.session("compliance").reveal(record: twin.pseudonym(record), field: field, purpose: purpose, reason: "case") { value = $0 }
                        return value
                    }
                )
            case 9:
                return (
                    "export",
                    { twin in
                        var copy = ""
                        _ = try twin.session("compliance").exportSubject(twin.pseudonym(subject), purpose: purpose, reason: nil) {
                            copy = "\($0.records.map { ($0.id, $0.fields.map { "\($0.name)=\($0.value)" }) })"
                        }
                        return copy
                    }
                )
            case 10:
                let value = "138\(10_000_000 + Int.random(in: 0..<40, using: &random))"
                return ("lookup", { "\(try $0.session("compliance").lookup(field: "phone", value: value, purpose: purpose).subjects)" })
            case 11: return ("case", { "\(try $0.session("compliance").openCase(.access, of: $0.pseudonym(subject), purpose: purpose, note: "a letter"))" })
            case 12:
                let id = Int64.random(in: 1...6, using: &random)
                return (
                    "close",
                    { twin in
                        _ = try twin.session("compliance").closeCase(id, as: .answered, purpose: purpose, note: "sent")
                        return "closed"
                    }
                )
            case 13: return ("cases", { "\(try $0.session("compliance").cases(purpose: purpose, closed: true))" })
            case 14: return ("retention plan", { "\(try $0.session("retention").retentionForecast())" })
            case 15:
                let batch = pick([1, 7, 1000])
                return (
                    "retention",
                    { twin in
                        let report = try twin.session("retention").retentionRun(batch: batch, consent: RetentionConsent(clock: true, records: 100_000))
                        return "\(report.done.sorted { $0.key < $1.key }) \(report.customersErased) \(report.isComplete)"
                    }
                )
            case 16:
                let labels = ["topic": [pick(["delivery", "noise", "price"]): 0.5, "quality": 0.25], "sentiment": [pick(["negative", "positive"]): 1.0]]
                return (
                    "annotate",
                    { twin in
                        // Under its own purpose's pseudonyms.
                        let records = try twin.session("classification").page(Query(select: ["record"], limit: 40, purpose: "insight")).rows.map { $0[0].description }
                        let annotations = records.flatMap { record in labels.sorted { $0.key < $1.key }.map { Annotation(record: record, module: $0.key, labels: $0.value) } }
                        return "\(try twin.session("classification").annotate(annotations, purpose: "insight"))"
                    }
                )
            case 17, 18:
                let (filter, limit) = (condition(), pick([5, 50, 500]))
                return (
                    "page",
                    { twin in
                        let page = try twin.session("compliance").page(
                            Query(select: ["record", "subject", "channel", "occurred_at", "text", "phone"], limit: limit, purpose: purpose))
                        let analysed = try twin.session("analyst").page(
                            Query(select: ["record", "text", "product", "rating", "topic", "sentiment", "occurred_at"], filter: filter, limit: limit, purpose: "insight"))
                        return "\(page.rows) \(page.nextCursor == nil) \(analysed.rows) \(analysed.nextCursor == nil)"
                    }
                )
            default:
                let keys: [[GroupKey]] = [
                    [], [.field("product")], [.field("region"), .field("channel")], [.time("occurred_at", .month)], [.field("topic")], [.field("sentiment"), .field("rating")],
                ]
                let measures: [[Measure]] = [[.count], [.count, .average("rating")], [.average("rating")], [.count, .distinct("product")]]
                let query = AggregateQuery(groupBy: pick(keys), measures: pick(measures), filter: condition(), purpose: "insight")
                let shared = AggregateQuery(groupBy: pick([[], [.field("product")], [.field("region")]]), measures: [.count, .average("rating")], purpose: "insight")
                return (
                    "figures",
                    { twin in
                        let (exact, noisy) = (try twin.session("analyst").aggregate(query), try twin.session("partner").aggregate(shared))
                        return "\(exact.rows) \(noisy.rows) \(noisy.noise ?? 0)"
                    }
                )
            }
        }
    }
}
