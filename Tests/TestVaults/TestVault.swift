import Foundation
import RedactedAPI
import StorePostgres
import Synchronization
import SyntheticFeed
import VoCVault

/// A vault in a folder of its own, with the default policies but for what rows show, for one test.
package final class TestVault: Sendable {
    package let folder: URL
    package let vault: Vault
    private let admin: Session
    /// The first administrator's token.
    package let adminToken: String
    private let time: TestClock
    /// The database that its data are in, where the tests run beside a server: what the engine does must not depend on it.
    package let database: String?
    /// Where its keys have a database of their own, that.
    package let keysDatabase: String?

    /// A machine's clock, and how long it has been up, as a test has them.
    package final class TestClock: Sendable {
        private let state: Mutex<(time: Int64, uptime: Uptime?)>

        package init(_ start: Int64) { state = Mutex((start, Uptime(boot: "first", milliseconds: 1000))) }

        package var now: Int64 { state.withLock { $0.time } }
        package var uptime: Uptime? { state.withLock { $0.uptime } }

        /// Time goes by; a clock that goes back was set.
        package func advance(days: Int = 0, minutes: Int = 0) {
            let passed = Int64(days) * 86_400_000 + Int64(minutes) * 60_000
            state.withLock { state in
                state.time += passed
                state.uptime?.milliseconds += max(passed, 0)
            }
        }

        /// Somebody sets the clock.
        package func set(days: Int = 0, minutes: Int = 0) {
            state.withLock { $0.time += Int64(days) * 86_400_000 + Int64(minutes) * 60_000 }
        }

        /// The machine starts anew.
        ///
        /// - Parameter tells: whether its system says how long it has been up.
        package func restart(tells: Bool = true) {
            state.withLock { $0.uptime = tells ? Uptime(boot: UUID().uuidString, milliseconds: 0) : nil }
        }
    }

    package static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The policies as they come.
    package static func shipped(_ name: String, _ text: String) -> String { text }

    /// Rows show exact times.
    package static func exactTimes(_ name: String, _ text: String) -> String {
        name == "roles.yaml" ? text.replacing("        times: month\n", with: "        times: exact\n").replacing("        times: week\n", with: "        times: exact\n") : text
    }

    /// Rows show exact times, and more than the roles that come with the vault let them: what tests of other things look at.
    package static func openRows(_ name: String, _ text: String) -> String {
        guard name == "roles.yaml" else { return text }
        func more(_ fields: String...) -> String { fields.map { "          \($0)\n" }.joined() }
        return exactTimes(name, text)
            .replacing(
                "          rating: reveal\n          language: reveal\n",
                with: more(
                    "rating: reveal", "nps: reveal", "ces: reveal", "kind: reveal", "response_minutes: reveal", "closing_hours: reveal", "app_version: reveal", "language: reveal"))
            .replacing("          name: mask\n        quotas: {lookup: 500}\n", with: more("name: mask", "channel: reveal", "text: mask") + "        disclosure: {minimum_search: 1}\n        times: exact\n        quotas: {lookup: 500}\n")
            .replacing("          phone: mask\n        # Rows", with: more("phone: mask", "channel: reveal", "text: mask") + "        disclosure: {minimum_search: 1}\n        # Rows")
            .replacing("          record: pseudonym\n          text: mask\n", with: more("record: pseudonym", "text: mask", "channel: reveal", "occurred_at: reveal", "product: reveal", "rating: reveal", "language: reveal"))
    }

    /// - Parameters:
    ///   - alerts: contents of `alerts.yaml`; without, nothing but breaking the glass raises an alert.
    ///   - sources: with the presets of `sources.yaml`, which take a while to read.
    ///   - edit: changes the copied policies, given file name and text; ``shipped(_:_:)`` leaves them as they come.
    ///   - onFiles: keeps the data in files even where the tests run beside a server.
    ///   - keysApart: gives the keys a database of their own there, as `VOCVAULT_TEST_KEYS_APART` does for all tests.
    ///   - start: what its clock says at first; 2026-11-23, noon in Shanghai.
    package init(
        alerts: String? = nil, sources: Bool = false, onFiles: Bool = false, keysApart: Bool = TestServer.hasKeysApart, start: Int64 = 1_795_406_400_000,
        edit: (String, String) -> String = TestVault.openRows
    ) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("vault-\(UUID().uuidString)")
        let policies = folder.appendingPathComponent("policies")
        try FileManager.default.createDirectory(at: policies, withIntermediateDirectories: true)
        for name in ["schema.yaml", "roles.yaml", "purposes.yaml", "retention.yaml"] + (sources ? ["sources.yaml"] : []) {
            let source = Self.repository.appendingPathComponent("policies/\(name)")
            let text = try String(contentsOf: source, encoding: .utf8)
            try edit(name, text).write(to: policies.appendingPathComponent(name), atomically: true, encoding: .utf8)
        }
        // Tests let years go by, and have one administrator after the other.
        try edit("principals.yaml", "version: 1\ntokens: {second_person: false, days: unlimited}\nissuers: []\n")
            .write(to: policies.appendingPathComponent("principals.yaml"), atomically: true, encoding: .utf8)
        try alerts?.write(to: policies.appendingPathComponent("alerts.yaml"), atomically: true, encoding: .utf8)
        _ = try KeyFileWriter.generate(at: folder.appendingPathComponent("keys").path, template: nil, today: "test")
        let clock = TestClock(start)
        time = clock
        var place = Vault.StorePlace.files
        if TestServer.isThere, !onFiles {
            let made = try TestServer.database()
            let keys = keysApart ? try TestServer.database() : nil
            (database, keysDatabase) = (made.name, keys?.name)
            place = .postgres(made.vault, owner: made.owner, keys: keys.map { KeysPlace($0.vault, owner: $0.owner) })
        } else {
            (database, keysDatabase) = (nil, nil)
        }
        let (vault, token) = try Vault.create(at: Self.location(folder), in: place, clock: { clock.now }, uptime: { clock.uptime })
        self.vault = vault
        adminToken = token
        admin = try vault.session(token: token)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    package var clock: TestClock { time }

    /// The same vault as another process of the machine sees it.
    package func reopened() throws -> Vault {
        try Vault.open(at: location, clock: { [time] in time.now }, uptime: { [time] in time.uptime })
    }

    package var location: Vault.Location { Self.location(folder) }

    private static func location(_ folder: URL) -> Vault.Location {
        Vault.Location(
            home: folder.appendingPathComponent("vault").path, keys: folder.appendingPathComponent("keys").path,
            policies: folder.appendingPathComponent("policies").path)
    }

    /// The administrator's session.
    package var administrator: Session { admin }

    /// A fresh principal with a role.
    package func session(_ role: String, named name: String? = nil) throws -> Session {
        try vault.session(token: token(role, named: name))
    }

    package func token(_ role: String, named name: String? = nil) throws -> String {
        try admin.issueToken(principal: name ?? role, role: role, days: nil).token
    }

    /// Takes in lines; returns the report and the rejects.
    @discardableResult
    package func ingest(
        _ lines: [String], format: InputFormat = .jsonl, source: String = "test", by session: Session? = nil
    ) throws -> (report: IngestReport, rejects: [Reject]) {
        let file = folder.appendingPathComponent("input-\(UUID().uuidString)")
        try Data(lines.joined(separator: "\n").utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        var rejects: [Reject] = []
        let report = try (session ?? self.session("ingest")).ingest(
            FileHandle(forReadingAtPath: file.path)!, InputOptions(format: format), source: source,
            onReject: { rejects.append($0) }, progress: { _ in })
        return (report, rejects)
    }

    /// Records of the synthetic feed.
    package static func feed(_ count: Int, seed: UInt64 = 3) -> [SyntheticRecord] {
        var feed = Feed(seed: seed, count: count)
        return (0..<count).map { _ in feed.next() }
    }

    /// The bytes of every file in the vault's home and the folders below, and of all that the server has of it.
    package func files() throws -> [(name: String, bytes: Data)] {
        let home = folder.appendingPathComponent("vault")
        let dump = try [database, keysDatabase].compactMap { $0 }.map { ("dump", try TestServer.dump($0)) }
        return try dump + FileManager.default.subpathsOfDirectory(atPath: home.path).compactMap { name in
            let file = home.appendingPathComponent(name)
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder), !isFolder.boolValue else { return nil }
            return (name, try Data(contentsOf: file))
        }
    }
}

/// A record in the input format, with what a test wants to set.
package func line(
    id: String, customer: [String: String] = [:], attributes: [String: Any] = ["product": "X5", "rating": 3],
    text: String = "空调又坏了", channel: String = "hotline", at time: String = "2026-03-04T12:37:39+08:00",
    extra: [String: Any] = [:]
) -> String {
    var record: [String: Any] = [
        "id": id, "occurred_at": time, "channel": channel, "customer": customer, "attributes": attributes, "text": text,
    ]
    record.merge(extra) { $1 }
    let data = try! JSONSerialization.data(withJSONObject: record, options: [.sortedKeys, .withoutEscapingSlashes])
    return String(decoding: data, as: UTF8.self)
}
