import Foundation
import GRDB
import RedactedAPI
import Synchronization
import TestVaults
import Testing
import VoCVault

/// Every write, flush, rename and open of the vault's files fails once, in turn: as an error, torn in the middle, on a
/// disk that stays full or read-only, and as the end of the process.
@Suite("Faults of the system", .serialized)
struct FaultTests {
    enum Operation: String, CaseIterable, CustomTestStringConvertible {
        case ingest, erase, retention, rotate, reseal, reindex, auditKey, backup
        var testDescription: String { rawValue }
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        var name: String
        var environment: [String: String]
        var testDescription: String { name }

        static let all = [
            Fault(name: "an error", environment: ["FAULT_MODE": "error", "FAULT_ERRNO": "5"]),
            Fault(name: "a torn write", environment: ["FAULT_MODE": "torn", "FAULT_ERRNO": "5"]),
            Fault(name: "a disk that is full from then on", environment: ["FAULT_MODE": "torn", "FAULT_ERRNO": "28", "FAULT_STAYS": "1"]),
            Fault(name: "a disk that is read-only from then on", environment: ["FAULT_MODE": "error", "FAULT_ERRNO": "30", "FAULT_STAYS": "1"]),
            Fault(name: "the end of the process", environment: ["FAULT_MODE": "kill"]),
        ]
    }

    /// A vault with a past: records, a customer who was erased, entries enough for a tile.
    final class Original: Sendable {
        let vault: TestVault
        let tokens: [String: String]
        let library: URL
        /// The phone of a customer who was erased, and one of a customer to be erased.
        let (gone, next) = ("13800138001", "13800138002")

        init() throws {
            // The operations run in real time.
            let vault = try TestVault(start: Vault.systemClock())
            self.vault = vault
            try vault.ingest((0..<24).map { line(id: "\($0)", customer: ["id": "C\($0 % 8)", "phone": "1380013800\($0 % 8)"], text: "第\($0)条", at: $0 < 6 ? "2020-01-01" : "2026-11-01") })
            tokens = try Dictionary(uniqueKeysWithValues: ["ingest", "compliance", "retention", "analyst"].map { ($0, try vault.token($0)) }
                + [("administrator", vault.adminToken)])
            let officer = try vault.vault.session(token: tokens["compliance"]!)
            let subject = try officer.lookup(field: "phone", value: gone, purpose: "subject-request").subjects[0]
            _ = try officer.eraseSubject(subject, purpose: "subject-request", reason: "asked")
            let analyst = try vault.vault.session(token: tokens["analyst"]!)
            for _ in 0..<250 { _ = try analyst.page(Query(select: ["record"], limit: 1, purpose: "insight")) }
            library = try FaultLibrary.file.get()
            // Whoever opens a copy makes it anew: to copy it hundreds of times takes longer than all the rest.
            try FileManager.default.removeItem(at: vault.folder.appendingPathComponent("vault/reserve"))
        }

        static let shared = Result { try Original() }
    }

    /// A copy of the original, at which one fault is tried.
    final class Copy {
        let folder: URL
        let original: Original
        static let feed = (100..<112).map { line(id: "\($0)", customer: ["id": "N\($0)", "phone": "139001391\($0 % 100 + 10)"], text: "新的第\($0)条", at: "2026-11-02") }

        init(_ original: Original) throws {
            self.original = original
            folder = FileManager.default.temporaryDirectory.appendingPathComponent("faulty-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for name in ["vault", "policies", "keys"] {
                try FileManager.default.copyItem(at: original.vault.folder.appendingPathComponent(name), to: folder.appendingPathComponent(name))
            }
            try Self.feed.joined(separator: "\n").write(to: folder.appendingPathComponent("feed.jsonl"), atomically: true, encoding: .utf8)
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        func open() throws -> Vault {
            // The test's clock stood still: the operations ran in real time.
            try Vault.open(
                at: .init(
                    home: folder.appendingPathComponent("vault").path, keys: folder.appendingPathComponent("keys").path,
                    policies: folder.appendingPathComponent("policies").path))
        }

        func session(_ role: String, _ vault: Vault) throws -> Session { try vault.session(token: original.tokens[role]!) }

        func subject(_ phone: String, _ vault: Vault) throws -> String? {
            try session("compliance", vault).lookup(field: "phone", value: phone, purpose: "subject-request").subjects.first
        }

        /// Runs an operation in a process of its own; returns its status and the number of operations on files.
        func run(_ operation: Operation, _ faults: [String: String]) throws -> (status: Int32, operations: Int) {
            let process = Process()
            process.executableURL = CommandLineVault.binary
            process.currentDirectoryURL = folder
            let role: String
            switch operation {
            case .ingest: (role, process.arguments) = ("ingest", ["ingest", "feed.jsonl", "--source", "faults"])
            case .erase:
                let subject = try #require(try subject(original.next, open()))
                (role, process.arguments) = ("compliance", ["subject", "erase", subject, "--purpose", "subject-request", "--reason", "asked"])
            case .retention: (role, process.arguments) = ("retention", ["retention", "run"])
            case .rotate: (role, process.arguments) = ("administrator", ["keys", "rotate", "--new-root"])
            case .reseal: (role, process.arguments) = ("administrator", ["keys", "rotate", "--reseal", "--batch", "6"])
            case .reindex: (role, process.arguments) = ("administrator", ["keys", "rotate", "--indexes", "--batch", "3"])
            case .auditKey: (role, process.arguments) = ("administrator", ["keys", "rotate", "--audit"])
            case .backup:
                // A snapshot that is there already; then more to take.
                let admin = try session("administrator", open())
                _ = try admin.backup(to: folder.appendingPathComponent("vault-data").path, keysTo: folder.appendingPathComponent("vault-keys").path)
                (role, process.arguments) = ("administrator", ["backup", "vault-data", "--keystore", "vault-keys", "--keep", "1"])
            }
            let count = folder.appendingPathComponent("count")
            process.environment = [
                "PATH": "/usr/bin:/bin", "VOCVAULT_TOKEN": original.tokens[role]!, "LD_PRELOAD": original.library.path, "FAULT_DIR": "/\(folder.lastPathComponent)/vault",
                "FAULT_COUNT": count.path, "FAULT_KIND": "any", "VOCVAULT_HOME": folder.appendingPathComponent("vault").path,
            ].merging(faults) { $1 }
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            let seen = (try? String(contentsOf: count, encoding: .utf8)).flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? 0
            return (process.terminationReason == .exit ? process.terminationStatus : 137, seen)
        }

        /// What holds after whatever went wrong: nothing acknowledged is lost, nothing erased is back, the log verifies,
        /// and the operation can be done again.
        func check(_ operation: Operation, _ status: Int32, _ place: String) throws {
            let vault = try open()
            let officer = try session("compliance", vault)
            #expect(throws: Never.self, "\(place)") { try officer.verifyAudit() }
            let overview = try officer.overview()
            #expect(try subject(original.gone, vault) == nil, "\(place): an erased customer is back")
            #expect(try subject("13800138000", vault) != nil, "\(place): a customer is lost")
            switch operation {
            case .ingest:
                #expect(overview.records == 33 || overview.records == 21 && status != 0, "\(place): status \(status), \(overview.records) records")
                let feed = Mutex(Array(Copy.feed.joined(separator: "\n").utf8))
                let again = try session("ingest", vault).ingest(format: .jsonl, source: "faults") { feed.withLock { all in defer { all = [] }; return all[...] } } onBatch: { _ in }
                #expect(again.stored + again.duplicates == 12 && again.duplicates == Int(overview.records) - 21, "\(place)")
            case .erase:
                let there = try subject(original.next, vault)
                #expect(there == nil || status != 0, "\(place): acknowledged, and still there")
                if let there { _ = try officer.eraseSubject(there, purpose: "subject-request", reason: "again") }
                #expect(try officer.overview().customers == 6, "\(place)")
            case .retention:
                let due = try session("retention", vault).retentionPlan().reduce(0) { $0 + $1.due }
                #expect(due == 0 || status != 0, "\(place): acknowledged, and \(due) are due")
                #expect(try session("retention", vault).retentionRun().isComplete, "\(place)")
            case .rotate:
                let keys = try session("administrator", vault).keys().roots
                let active = keys.filter(\.isActive)
                #expect(active.count == 1 && keys.map(\.subjectKeys).reduce(0, +) >= 7, "\(place)")
                if status == 0 { #expect(active[0].subjectKeys >= 7 && keys.allSatisfy { $0.isActive || $0.subjectKeys == 0 }, "\(place)") }
                try expectReadable(vault, place)
            case .reseal:
                try expectReadable(vault, place)
                let admin = try session("administrator", vault)
                let former = try admin.keys().versions.filter { $0.use == "customer" && $0.state == .former }
                #expect(former.isEmpty || status != 0, "\(place)")
                _ = try admin.resealRecords(batch: 6)
                #expect(try admin.keys().versions.filter { $0.use == "customer" }.count == 1, "\(place)")
                try expectReadable(vault, place)
            case .reindex:
                let admin = try session("administrator", vault)
                let isDone = try admin.keys().versions.filter { $0.use == "index" }.allSatisfy { $0.version == 2 && $0.state == .current }
                #expect(isDone || status != 0, "\(place)")
                _ = try admin.rotateIndexKeys(batch: 3)
                let again = try open()
                #expect(try session("administrator", again).keys().versions.filter { $0.use == "index" }.allSatisfy { $0.state == .current }, "\(place)")
                for number in [0, 2, 3, 7] { #expect(try subject("1380013800\(number)", again) != nil, "\(place)") }
                #expect(try subject(original.gone, again) == nil, "\(place)")
            case .backup:
                let (data, keys) = (folder.appendingPathComponent("vault-data").path, folder.appendingPathComponent("vault-keys").path)
                let target = Vault.Location(
                    home: folder.appendingPathComponent("restored").path, keys: folder.appendingPathComponent("keys").path,
                    policies: folder.appendingPathComponent("policies").path)
                // Each snapshot that is there can be restored, whatever came of the backup.
                var found = 0
                try Vault.verifyBackup(data, keyStore: keys, at: target) { finding in
                    found += 1
                    #expect(finding.state == .ok, "\(place): \(finding)")
                }
                #expect(found >= 1, "\(place)")
                let left = try FileManager.default.contentsOfDirectory(atPath: keys).filter { $0.hasPrefix(".") }
                #expect(left.isEmpty || status == 137, "\(place): \(left)")
                _ = try session("administrator", vault).backup(to: data, keysTo: keys, keep: 1)
                #expect(try FileManager.default.contentsOfDirectory(atPath: keys).sorted() == ["backup.lock", "keystore.db"], "\(place)")
                _ = try Vault.restore(from: data, keyStore: keys, to: target)
            case .auditKey:
                let changed = vault.verifierKey != original.vault.vault.verifierKey
                #expect(changed || status != 0, "\(place)")
                _ = try session("administrator", vault).rotateAuditKey()
                #expect(throws: Never.self, "\(place)") { try session("compliance", open()).verifyAudit() }
            }
        }

        /// Whichever key seals it, everything opens.
        private func expectReadable(_ vault: Vault, _ place: String) throws {
            let page = try session("analyst", vault).page(Query(select: ["text"], limit: 100, purpose: "insight"))
            #expect(page.rows.count == 21 && page.rows.allSatisfy { $0[0].description.hasPrefix("第") }, "\(place)")
        }
    }

    @Test("whatever fails when, acknowledged records are there, erased customers are not, and the log verifies", arguments: Operation.allCases, Fault.all)
    func everyFault(_ operation: Operation, _ fault: Fault) throws {
        let original = try Original.shared.get()
        let whole = try Copy(original)
        let (status, count) = try whole.run(operation, ["FAULT_AT": "0"])
        try #require(status == 0 && count > 10, "\(operation) without faults: \(status), \(count) operations")
        try whole.check(operation, status, "\(operation) without faults")
        // Each place when all are asked for; otherwise some, beginning at another for each fault.
        let all = ProcessInfo.processInfo.environment["ALL_FAULTS"] != nil
        let first = all ? 1 : 1 + (Fault.all.firstIndex { $0.name == fault.name } ?? 0) % 5
        let step = all ? 1 : max(5, count / 8)
        var failed = 0
        for place in stride(from: first, through: count, by: step) {
            let copy = try Copy(original)
            let (status, _) = try copy.run(operation, fault.environment.merging(["FAULT_AT": String(place)]) { $1 })
            failed += status == 0 ? 0 : 1
            do {
                try copy.check(operation, status, "\(operation), \(fault.name), operation \(place)")
            } catch {
                Issue.record("\(operation), \(fault.name), operation \(place): \(error)")
            }
        }
        // Faults none of which anybody notices would prove nothing.
        #expect(failed > 0, "\(operation), \(fault.name): \(failed) of \(count) were noticed")
    }

    @Test("what tells of an access is flushed before anything is released: without a flush there is no page and no customer")
    func nothingUnflushed() throws {
        let original = try Original.shared.get()
        let copy = try Copy(original)
        // Open beside the processes, so that none of them is the last one, which empties the log.
        let other = try copy.open()
        let requests = [
            ("analyst", ["query", "--purpose", "insight", "--select", "text", "--limit", "3"], "", "条"),
            ("compliance", ["lookup", "--field", "phone", "--purpose", "subject-request", "--value", "-"], "13800138000", "s_"),
        ]
        for (role, arguments, input, told) in requests {
            for fails in [false, true] {
                let (process, output, value) = (Process(), Pipe(), Pipe())
                process.executableURL = CommandLineVault.binary
                process.currentDirectoryURL = copy.folder
                process.arguments = arguments
                process.environment = [
                    "PATH": "/usr/bin:/bin", "VOCVAULT_TOKEN": original.tokens[role]!, "VOCVAULT_HOME": copy.folder.appendingPathComponent("vault").path,
                    "LD_PRELOAD": original.library.path, "FAULT_DIR": "/\(copy.folder.lastPathComponent)/vault/vault.db-wal", "FAULT_KIND": "sync",
                    "FAULT_AT": fails ? "1" : "0", "FAULT_STAYS": "1", "FAULT_MODE": "error", "FAULT_ERRNO": "5",
                ]
                (process.standardInput, process.standardOutput, process.standardError) = (value, output, FileHandle.nullDevice)
                try process.run()
                try value.fileHandleForWriting.write(contentsOf: Data(input.utf8))
                try value.fileHandleForWriting.close()
                let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                process.waitUntilExit()
                #expect((process.terminationStatus == 0) != fails, "\(arguments[0]), \(fails)")
                #expect(text.contains(told) != fails, "\(arguments[0]), \(fails): \(text.count) characters")
            }
        }
        #expect(throws: Never.self) { try copy.session("compliance", other).verifyAudit() }
    }

    @Test("a new root key wraps nothing before the key file and its folder are flushed")
    func newRoot() throws {
        let copy = try Copy(Original.shared.get())
        let log = copy.folder.appendingPathComponent("log")
        let faults = ["FAULT_AT": "0", "FAULT_DIR": "/\(copy.folder.lastPathComponent)", "FAULT_LOG": log.path]
        try #require(try copy.run(.rotate, faults).status == 0)
        let calls = try String(contentsOf: log, encoding: .utf8).split(separator: "\n").map { $0.replacing(copy.folder.path, with: "") }
        let renamed = try #require(calls.lastIndex(of: "rename /keys"))
        #expect(calls[..<renamed].last { $0.hasPrefix("sync") }?.contains("/.keys-new-") == true, "\(calls[..<renamed].suffix(4))")
        let flushed = try #require(calls[renamed...].firstIndex(of: "sync "))
        let wrapped = try #require(calls[renamed...].firstIndex { $0.hasPrefix("write /vault/keystore.db") })
        #expect(renamed < flushed && flushed < wrapped, "\(calls[renamed...].prefix(12))")
        // The flush of the folder fails: nothing is wrapped.
        let other = try Copy(Original.shared.get())
        let place = calls.filter { $0.hasPrefix("sync") }.count - calls[flushed...].filter { $0.hasPrefix("sync") }.count + 1
        let failing = ["FAULT_KIND": "sync", "FAULT_AT": String(place), "FAULT_STAYS": "1", "FAULT_MODE": "error", "FAULT_ERRNO": "5", "FAULT_DIR": "/\(other.folder.lastPathComponent)"]
        #expect(try other.run(.rotate, failing).status == 1)
        let keyStore = try DatabaseQueue(path: other.folder.appendingPathComponent("vault/keystore.db").path)
        #expect(try keyStore.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM root_key") } == 1)
        // Nor by whoever opens the vault next, as long as the key file cannot be flushed.
        let keys = other.folder.appendingPathComponent("keys").path
        #expect(try other.run(.ingest, failing.merging(["FAULT_AT": "1", "FAULT_DIR": keys, "VOCVAULT_KEYS": keys]) { $1 }).status == 1)
        #expect(try keyStore.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM root_key") } == 1)
        let keyFile = try String(contentsOfFile: keys, encoding: .utf8)
        #expect(keyFile.contains("active root-") && !keyFile.contains("active root-test\n"))
        try other.check(.rotate, 1, "afterwards")
    }

    @Test("a file that cannot be opened gives a clear error and changes nothing")
    func unopenable() throws {
        let original = try Original.shared.get()
        for place in 1...6 {
            let copy = try Copy(original)
            let (status, _) = try copy.run(.ingest, ["FAULT_KIND": "open", "FAULT_AT": String(place), "FAULT_MODE": "error", "FAULT_ERRNO": "13"])
            try copy.check(.ingest, status, "open \(place)")
        }
    }
}
