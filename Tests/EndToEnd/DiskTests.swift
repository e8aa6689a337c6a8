import Foundation
import GRDB
import Store
import TestVaults
import Testing
import VoCVault

/// A disk that is full, or can only be read.
@Suite("Full and read-only disks")
struct DiskTests {
    private let vault: CommandLineVault
    private let library: URL
    private let subject: String

    init() throws {
        vault = try CommandLineVault()
        library = try FaultLibrary.file.get()
        try vault.write("old.jsonl", (0..<60).map { line(id: "\($0)", customer: ["id": "C\($0)", "phone": "1380013\(8000 + $0)"], at: "2020-01-01") })
        try vault.write("new.jsonl", TestVault.feed(20_000).map(\.json))
        try vault.succeed(["ingest", "old.jsonl", "--source", "old"], as: "ingest")
        let found = try vault.run(["subject", "find", "--field", "customer_id", "--purpose", "subject-request", "--format", "csv"], as: "compliance", input: "C7\n")
        subject = found.output.split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
    }

    /// The vault's disk with so many bytes left.
    private func full(_ free: Int = 0, in folder: String = "/vault") -> [String: String] {
        ["LD_PRELOAD": library.path, "FAULT_DIR": "\(vault.folder.lastPathComponent)\(folder)", "FAULT_FREE": String(free)]
    }

    private func records() throws -> Int { try Vault.open(at: location).session(token: vault.tokens["administrator"]!).overview().records.asInt }

    private var location: Vault.Location {
        .init(
            home: vault.folder.appendingPathComponent("vault").path, keys: vault.folder.appendingPathComponent("keys").path,
            policies: vault.folder.appendingPathComponent("policies").path)
    }

    private func size(_ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: vault.folder.appendingPathComponent("vault/\(name)").path)
        return (attributes[.size] as? NSNumber)?.intValue ?? 0
    }

    @Test("on a full disk, what must not fail succeeds by the reserve, which is there again afterwards", arguments: [0, 50_000, 400_000])
    func reserve(free: Int) throws {
        #expect(try size("reserve") == 32 << 20)
        let erased = try vault.run(["subject", "erase", subject, "--purpose", "subject-request", "--reason", "asked"], as: "compliance", environment: full(free))
        #expect(erased.status == 0 && erased.output.hasPrefix("erased the customer with 1 records"), "\(erased.error)")
        let purged = try vault.run(["retention", "run"], as: "retention", environment: full(free))
        #expect(purged.status == 0 && purged.output.contains("everything: 59 records"), "\(purged.error)")
        for _ in 0..<3 {
            let verified = try vault.run(["audit", "verify"], as: "compliance", environment: full(free))
            #expect(verified.status == 0 && verified.output.hasPrefix("vocvault/"), "\(verified.error)")
            let doctor = try vault.run(["doctor"], as: "administrator", environment: full(free))
            #expect(doctor.output.contains("entries verified"), "\(doctor.error)")
        }
        // Each of them took the index of a write-ahead log from it, at most.
        #expect(try size("reserve") > 28 << 20)
        #expect(try records() == 0)
        #expect(try vault.run(["audit", "verify"], as: "compliance").status == 0)
        #expect(try size("reserve") == 32 << 20)
    }

    @Test("a log that is published for the first time on a full disk is published, and verifies")
    func publication() throws {
        // Short of the first tile, and then beyond it.
        for _ in 0..<240 { _ = try Vault.open(at: location).session(token: vault.tokens["analyst"]!).page(.init(select: ["record"], limit: 1, purpose: "insight")) }
        #expect(!FileManager.default.fileExists(atPath: location.home + "/audit/checkpoint"))
        for _ in 0..<20 where !FileManager.default.fileExists(atPath: location.home + "/audit/checkpoint") {
            let query = try vault.run(["query", "--purpose", "insight", "--select", "record", "--limit", "1"], as: "analyst", environment: full())
            #expect(query.status == 0, "\(query.error)")
        }
        #expect(FileManager.default.fileExists(atPath: location.home + "/audit/checkpoint"))
        let verified = try vault.run(["audit", "verify"], as: "compliance", environment: full())
        #expect(verified.status == 0, "\(verified.error)")
        #expect(try size("reserve") > 28 << 20)
    }

    @Test("an ingest does not touch the reserve, and says what is stored; the same input again stores the rest")
    func ingest() throws {
        let half = try vault.run(["ingest", "new.jsonl", "--source", "new"], as: "ingest", environment: full(20 << 20))
        #expect(half.status == 1 && half.output.isEmpty)
        let said = try #require(try /is full; ([0-9,]+) records of this input are stored; the same input again stores the rest\n/.firstMatch(in: half.error), "\(half.error)")
        let stored = try #require(Int(said.1.replacing(",", with: "")))
        #expect(stored > 0 && stored < 20_000)
        #expect(!half.error.contains("Domain") && !half.error.contains("nothing of this step"))
        #expect(try size("reserve") > 31 << 20)
        #expect(try records() == 60 + stored)
        let none = try vault.run(["ingest", "new.jsonl", "--source", "other"], as: "ingest", environment: full())
        #expect(none.status == 1 && none.error.hasSuffix("is full\n") && !none.error.contains("stored"), "\(none.error)")
        #expect(try records() == 60 + stored)
        let rest = try vault.run(["ingest", "new.jsonl", "--source", "new"], as: "ingest")
        #expect(rest.status == 0 && rest.output.hasPrefix("stored \(20_000 - stored)  duplicates \(stored)"))
        #expect(try vault.run(["audit", "verify"], as: "compliance").status == 0)
    }

    @Test("a server says the same of an upload, with a status to try again; an erasure succeeds there as well")
    func server() throws {
        let server = try ServedCommandLine(vault, environment: full(20 << 20))
        let half = try server.run(["ingest", "new.jsonl", "--source", "new"], as: "ingest")
        #expect(half.status == 1 && half.error.contains(" records of this input are stored; the same input again stores the rest"), "\(half.error)")
        #expect(try String(contentsOf: server.log, encoding: .utf8).contains("503"))
        let erased = try server.run(["subject", "erase", subject, "--purpose", "subject-request", "--reason", "asked"], as: "compliance")
        #expect(erased.status == 0, "\(erased.error)")
    }

    @Test("a write-ahead log that fills the disk is copied into the data, and so its room is there again")
    func checkpoint() throws {
        // While another process reads, no check-point brings the log to its end.
        let reader = try DatabaseQueue(path: vault.folder.appendingPathComponent("vault/vault.db").path)
        try reader.inDatabase { db in
            try db.execute(sql: "BEGIN; SELECT COUNT(*) FROM audit")
            try vault.succeed(["ingest", "new.jsonl", "--source", "new"], as: "ingest")
            try db.execute(sql: "COMMIT")
        }
        let log = try size("vault.db-wal")
        #expect(log > 16 << 20)
        // Small commands need no more than that, and one that is none of the reserve's may go on.
        let query = try vault.run(["query", "--purpose", "insight", "--select", "record", "--limit", "1"], as: "analyst", environment: full())
        #expect(query.status == 0, "\(query.error)")
        #expect(try size("vault.db-wal") < 1 << 20 && size("reserve") > 31 << 20)
        try reader.close()
    }

    @Test("errors of the system are in plain words that name the file, in each command that writes elsewhere")
    func words() throws {
        let away = vault.folder.appendingPathComponent("away").path
        try vault.write("bad.jsonl", [line(id: "ok", at: "2026-01-01"), "no record"])
        try vault.succeed(["backup", "snapshots", "--keystore", "copies"], as: "administrator")
        let commands: [([String], String)] = [
            (["ingest", "bad.jsonl", "--rejects", "\(away)/rejects.jsonl"], "ingest"), (["restore", "snapshots", "--keystore", "copies/keystore.db"], "administrator"),
            (["backup", away, "--keystore", "copies"], "administrator"),
            (["subject", "export", subject, "--purpose", "subject-request", "--out", "\(away)/copy.zip"], "compliance"),
            (["compliance", "report", "--out", "\(away)/report.html"], "compliance"), (["audit", "anchor", "--file", away], "compliance"),
        ]
        try FileManager.default.createDirectory(at: vault.folder.appendingPathComponent("away"), withIntermediateDirectories: false)
        for (arguments, role) in commands {
            let home = arguments[0] == "restore" ? ["VOCVAULT_HOME": "\(away)/home"] : [:]
            let result = try vault.run(arguments, as: role, environment: full(in: "/away").merging(home) { $1 })
            #expect(result.status != 0, "\(arguments)")
            for word in ["Domain", "Code=", "NSUnderlying", "CocoaError", "errno"] { #expect(!result.error.contains(word), "\(result.error)") }
            #expect(result.error.contains("away") || result.error.contains("the disk is full"), "\(arguments): \(result.error)")
        }
    }

    // MARK: Read-only

    /// Runs a command where the vault's folder cannot be written; `nil` where this system does not let the test do that.
    private func runReadOnly(_ arguments: [String], as role: String) throws -> CommandLineVault.Result {
        guard getuid() == 0 else {
            let names = try FileManager.default.subpathsOfDirectory(atPath: location.home).map { "\(location.home)/\($0)" } + [location.home]
            func set(_ writable: Int) throws {
                for name in names {
                    var isFolder: ObjCBool = false
                    guard FileManager.default.fileExists(atPath: name, isDirectory: &isFolder) else { continue }
                    try FileManager.default.setAttributes([.posixPermissions: (isFolder.boolValue ? 0o500 : 0o400) | writable], ofItemAtPath: name)
                }
            }
            try set(0)
            defer { try? set(0o200) }
            return try vault.run(arguments, as: role)
        }
        let process = vault.process([], as: role)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        let script = #"mount --bind vault vault && mount -o remount,ro,bind vault && exec "$@""#
        process.arguments = ["--mount", "sh", "-c", script, "sh", CommandLineVault.binary.path] + arguments
        return try vault.run(process)
    }

    /// Without root and without the right to mount, there is nothing to see.
    private static let canMount: Bool = {
        guard getuid() == 0 else { return true }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        process.arguments = ["--mount", "true"]
        process.standardError = FileHandle.nullDevice
        return (try? process.run()) != nil && { process.waitUntilExit(); return process.terminationStatus == 0 }()
    }()

    enum Left: CaseIterable {
        /// Another process has the vault open.
        case inUse
        /// Closed as it should be: no write-ahead log.
        case closed
        /// A copy with a write-ahead log, without its index.
        case copied
    }

    @Test("verification, doctor and backup work where nothing can be written, and say that they are not in the log", .enabled(if: canMount), arguments: Left.allCases)
    func readOnly(_ left: Left) throws {
        var open: Vault?
        if left != .closed {
            open = try Vault.open(at: location)
            _ = try open!.session(token: vault.tokens["analyst"]!).page(.init(select: ["record"], limit: 1, purpose: "insight"))
        }
        if left == .copied {
            let home = URL(fileURLWithPath: location.home)
            let copy = vault.folder.appendingPathComponent("copy")
            try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            for name in ["vault.db", "vault.db-wal", "keystore.db", "keystore.db-wal"] {
                try? FileManager.default.copyItem(at: home.appendingPathComponent(name), to: copy.appendingPathComponent(name))
            }
            open = nil
            try FileManager.default.removeItem(at: home)
            try FileManager.default.moveItem(at: copy, to: home)
            #expect(try size("vault.db-wal") > 0)
        }
        let before = try FileManager.default.contentsOfDirectory(atPath: location.home).sorted()
        let verified = try runReadOnly(["audit", "verify"], as: "compliance")
        #expect(verified.status == 0 && verified.output.hasPrefix("vocvault/"), "\(verified.error)")
        #expect(verified.error.contains("note: this is not in the audit log: ") && verified.error.contains("cannot be written"), "\(verified.error)")
        let doctor = try runReadOnly(["doctor", "--format", "csv"], as: "administrator")
        #expect(doctor.status == 0 && doctor.output.contains("audit log,ok") && doctor.output.contains("database,ok"), "\(doctor.status) \(doctor.output)\(doctor.error)")
        let backup = try runReadOnly(["backup", "snapshots", "--keystore", "copies"], as: "administrator")
        #expect(backup.status == 0 && backup.output.hasPrefix("snapshot "), "\(backup.error)")
        // Who may not do it is told so, and what needs an entry is refused in plain words.
        #expect(try runReadOnly(["doctor"], as: "analyst").status == 3)
        let query = try runReadOnly(["query", "--purpose", "insight", "--select", "record"], as: "analyst")
        #expect(query.status == 1 && query.output.isEmpty && query.error.contains("cannot be written; check owner, mode"), "\(query.error)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: location.home).sorted() == before)
        let copies = try FileManager.default.contentsOfDirectory(atPath: FileManager.default.temporaryDirectory.path).filter { $0.hasPrefix("vocvault-copy-") }
        #expect(copies.isEmpty, "\(copies)")
        withExtendedLifetime(open) {}
        let restored = vault.process(["restore", "snapshots", "--keystore", "copies/keystore.db"])
        restored.environment!["VOCVAULT_HOME"] = vault.folder.appendingPathComponent("restored").path
        let result = try vault.run(restored)
        #expect(result.status == 0, "\(result.error)")
    }

    @Test("a read-only vault whose log was changed ends with exit code 4", .enabled(if: canMount))
    func tampered() throws {
        try DatabaseQueue(path: vault.folder.appendingPathComponent("vault/vault.db").path).write { db in
            try db.execute(sql: "UPDATE audit SET entry = CAST(replace(CAST(entry AS TEXT), 'ingest', 'imgest') AS BLOB) WHERE CAST(entry AS TEXT) LIKE '%ingest%'")
        }
        #expect(try runReadOnly(["audit", "verify"], as: "compliance").status == 4)
        #expect(try runReadOnly(["doctor"], as: "administrator").status == 4)
    }
}

extension Int64 {
    fileprivate var asInt: Int { Int(self) }
}
