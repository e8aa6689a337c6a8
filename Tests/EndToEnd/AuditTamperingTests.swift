import AuditLog
import Foundation
import GRDB
import RedactedAPI
import Sealing
import TestVaults
import Testing
import VoCVault

/// What a rogue administrator of the machine can do to a closed vault's log.
private struct Tampering: Sendable, CustomTestStringConvertible {
    var name: String
    /// A part of what `audit verify` must say.
    var says: String
    var act: @Sendable (Home) throws -> Void

    var testDescription: String { name }

    static func sql(_ statement: String, file: String = "vault.db", says: String) -> Tampering {
        Tampering(name: statement, says: says) { try $0.edit(statement, file: file) }
    }

    static func file(_ path: String, _ name: String, says: String, _ change: @escaping @Sendable (inout Data) -> Void) -> Tampering {
        Tampering(name: "\(path): \(name)", says: says) { home in
            let file = home.url.appendingPathComponent("audit/\(path)")
            let before = try Data(contentsOf: file)
            var bytes = before
            change(&bytes)
            try #require(bytes != before, "the attack changed nothing")
            try bytes.write(to: file)
        }
    }

    static func removal(_ path: String, says: String) -> Tampering {
        Tampering(name: "\(path) removed", says: says) {
            try FileManager.default.removeItem(at: $0.url.appendingPathComponent("audit/\(path)"))
        }
    }
}

private struct Home: Sendable {
    let url: URL

    func edit(_ sql: String, file: String = "vault.db") throws {
        let queue = try DatabaseQueue(path: url.appendingPathComponent(file).path)
        let changes = try queue.write { db in
            let before = db.totalChangesCount
            try db.execute(sql: sql)
            return db.totalChangesCount - before
        }
        try queue.close()
        try #require(changes > 0, "the attack changed nothing")
    }
}

@Suite("The log against its own administrator", .serialized)
struct AuditTamperingTests {
    /// A vault with some 600 entries, all of them published, and what was kept outside at 300.
    private final class Original: Sendable {
        let vault: TestVault
        let token: String
        let kept: String
        /// The home as it was when 300 entries were there.
        let earlier: URL

        init() throws {
            vault = try TestVault()
            try vault.ingest((0..<8).map { line(id: "\($0)", customer: ["id": "C\($0)", "phone": "1380013800\($0)"], text: "文本\($0)") })
            token = try vault.token("compliance")
            let officer = try vault.vault.session(token: token)
            let analyst = try vault.session("classification")
            let query = Query(select: ["record"], limit: 1, purpose: "insight")
            for _ in 0..<300 { _ = try analyst.page(query) }
            kept = try officer.anchorAudit()
            earlier = vault.folder.appendingPathComponent("earlier")
            try FileManager.default.copyItem(at: vault.folder.appendingPathComponent("vault"), to: earlier)
            for _ in 0..<280 { _ = try analyst.page(query) }
            let agent = try vault.session("agent")
            let subject = try agent.page(Query(select: ["subject"], limit: 1, purpose: "follow-up")).rows[0][0].description
            #expect(throws: VaultError.self) { try agent.eraseSubject(subject, purpose: "follow-up", reason: "asked") }
            _ = try officer.anchorAudit()
        }
    }

    private static let original = Result { try Original() }

    /// Runs `audit verify` on a copy after `act`.
    private func verify(_ act: (Home) throws -> Void, checkpoint: String? = nil) throws -> (status: Int32, error: String) {
        let original = try Self.original.get()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tampered-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in ["vault", "keys", "policies"] {
            try FileManager.default.copyItem(at: original.vault.folder.appendingPathComponent(name), to: folder.appendingPathComponent(name))
        }
        try act(Home(url: folder.appendingPathComponent("vault")))
        var arguments = ["audit", "verify"]
        if let checkpoint {
            try Data(checkpoint.utf8).write(to: folder.appendingPathComponent("kept"))
            arguments += ["--checkpoint", "kept"]
        }
        let process = Process()
        process.executableURL = CommandLineVault.binary
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ["PATH": "/usr/bin:/bin", "VOCVAULT_TOKEN": original.token]
        let error = folder.appendingPathComponent("error")
        try Data().write(to: error)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle(forWritingAtPath: error.path)
        try process.run()
        process.waitUntilExit()
        return (process.terminationStatus, try String(contentsOf: error, encoding: .utf8))
    }

    @Test("an untouched log verifies, alone and against a checkpoint that was kept")
    func untouched() throws {
        let original = try Self.original.get()
        #expect(try verify({ _ in }).status == 0)
        #expect(try verify({ _ in }, checkpoint: original.kept).status == 0)
    }

    private static let rows: [Tampering] = [
        .sql("UPDATE audit SET entry = CAST(replace(CAST(entry AS TEXT), 'query', 'reveal') AS BLOB) WHERE seq = 100", says: "entry 100 is not the one that was published"),
        .sql("UPDATE audit SET entry = CAST(replace(CAST(entry AS TEXT), 'classification', 'nobody') AS BLOB) WHERE seq = 200", says: "entry 200 is not"),
        .sql("UPDATE audit SET entry = entry || x'20' WHERE seq = 5", says: "entry 5 is not"),
        .sql("UPDATE audit SET entry = x'' WHERE seq = 300", says: "entry 300 is not"),
        .sql("UPDATE audit SET entry = (SELECT entry FROM audit WHERE seq = 10) WHERE seq = 11", says: "entry 11 is not"),
        .sql("UPDATE audit SET entry = zeroblob(200) WHERE seq >= 0", says: "entry 0 is not"),
        .sql("UPDATE audit SET seq = CASE seq WHEN 20 THEN -1 ELSE seq END; UPDATE audit SET seq = 20 WHERE seq = 21; UPDATE audit SET seq = 21 WHERE seq = -1", says: "entry 20 is not"),
        .sql("DELETE FROM audit WHERE seq = 0", says: "entry 0 is missing"),
        .sql("DELETE FROM audit WHERE seq = 150", says: "entry 150 is missing"),
        .sql("DELETE FROM audit WHERE seq BETWEEN 100 AND 140", says: "entry 100 is missing"),
        .sql("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)", says: "the end was cut off"),
        .sql("DELETE FROM audit WHERE seq > 256", says: "the end was cut off"),
        .sql("DELETE FROM audit", says: "the end was cut off"),
        .sql("DELETE FROM audit WHERE seq = 50; UPDATE audit SET seq = seq - 1 WHERE seq > 50", says: "the end was cut off"),
        .sql("INSERT INTO audit SELECT max(seq) + 1, entry FROM audit", says: "of which"),
        .sql("INSERT INTO audit SELECT -1, entry FROM audit WHERE seq = 3", says: "entry -1 is in its place"),
        .sql("UPDATE audit SET seq = seq + 100000 WHERE seq = 99", says: "entry 99 is missing"),
        .sql("UPDATE audit_head SET size = size - 1", says: "the end of the audit log"),
        .sql("UPDATE audit_head SET size = size + 1", says: "the end of the audit log"),
        .sql("UPDATE audit_head SET frontier = zeroblob(length(frontier))", says: "the state from which the log would continue"),
        .sql("UPDATE audit_head SET last_time = last_time + 3600000", says: "the end of the audit log"),
        .sql("UPDATE audit_head SET checkpoint = replace(checkpoint, substr(checkpoint, 60, 4), 'AAAA')", says: "signature"),
        .sql("UPDATE audit_head SET checkpoint = substr(checkpoint, 1, length(checkpoint) - 8) || 'AAAAAAA='", says: "signature"),
        .sql("UPDATE audit_head SET checkpoint = ''", says: "not a signed note"),
        .sql("DELETE FROM audit_head", says: "the end of the audit log"),
        .sql("DELETE FROM record WHERE id = 3", says: "7 records, the log accounts for 8"),
        .sql("DELETE FROM record", says: "0 records"),
        .sql("INSERT INTO record (uid, subject, source, channel, occurred_at, received_at, redaction_version) SELECT randomblob(16), subject, source, channel, occurred_at, received_at, 1 FROM record WHERE id = 1", says: "9 records"),
        .sql("DELETE FROM sealed WHERE record = 2", says: "7 sealed records"),
        .sql("DELETE FROM subject WHERE id = 2", says: "7 customers"),
        .sql("UPDATE subject SET erased_at = 1 WHERE id = 4", says: "7 customers"),
        .sql("DELETE FROM subject_key WHERE subject = 1", file: "keystore.db", says: "customers without a key"),
    ]

    private static let files: [Tampering] = [
        .file("tile/0/000", "a flipped bit", says: "tile 0 of level 0") { $0[77] ^= 1 },
        .file("tile/0/001", "cut off", says: "tile 1 of level 0") { $0.removeLast(32) },
        .file("tile/0/001", "lengthened", says: "tile 1 of level 0") { $0.append(Data(repeating: 7, count: 32)) },
        .removal("tile/0/000", says: "tile 0 of level 0"),
        .removal("tile/1", says: "tile 0 of level 1"),
        .file("tile/1/000.p/2", "two hashes swapped", says: "tile 0 of level 1") { $0 = $0.suffix(32) + $0.prefix(32) },
        .file("tile/entries/000", "an edited entry", says: "bundle 0") { $0[40] ^= 1 },
        .file("tile/entries/001", "cut off", says: "bundle 1") { $0.removeLast(3) },
        .removal("tile/entries/000", says: "bundle 0"),
        .removal("tile/0/002.p", says: "tile 2 of level 0"),
        .removal("tile/entries/002.p", says: "bundle 2"),
        .file("checkpoint", "an edited signature", says: "signature") { $0[$0.count - 10] = $0[$0.count - 10] == 65 ? 66 : 65 },
        .file("checkpoint", "emptied", says: "not a signed note") { $0 = Data() },
        .removal("checkpoint", says: "the published log under audit/ is missing"),
        Tampering(name: "audit/ removed", says: "the published log under audit/ is missing") {
            try FileManager.default.removeItem(at: $0.url.appendingPathComponent("audit"))
        },
        Tampering(name: "the databases rolled back, the published log left", says: "the end was cut off") { home in
            for name in ["vault.db", "vault.db-wal", "vault.db-shm"] {
                let target = home.url.appendingPathComponent(name)
                try? FileManager.default.removeItem(at: target)
                let source = try AuditTamperingTests.original.get().earlier.appendingPathComponent(name)
                if FileManager.default.fileExists(atPath: source.path) { try FileManager.default.copyItem(at: source, to: target) }
            }
        },
        Tampering(name: "another vault's published log", says: "signature") { home in
            let other = try TestVault()
            _ = try other.session("compliance").anchorAudit()
            try FileManager.default.removeItem(at: home.url.appendingPathComponent("audit"))
            try FileManager.default.copyItem(
                at: other.folder.appendingPathComponent("vault/audit"), to: home.url.appendingPathComponent("audit"))
        },
    ]

    @Test("each change is found and named, with exit code 4", arguments: rows + files)
    private func tampered(_ tampering: Tampering) throws {
        let result = try verify(tampering.act)
        #expect(result.status == 4, "\(result.error)")
        #expect(result.error.contains(tampering.says), "\(result.error)")
    }

    @Test("a vault rolled back whole is found out by the checkpoint that was kept outside")
    func rolledBack() throws {
        let original = try Self.original.get()
        let newest = try #require(try TileText.checkpoint(original.vault.folder.appendingPathComponent("vault/audit")))
        let back: (Home) throws -> Void = { home in
            try FileManager.default.removeItem(at: home.url)
            try FileManager.default.copyItem(at: original.earlier, to: home.url)
        }
        #expect(try verify(back).status == 0)
        #expect(try verify(back, checkpoint: original.kept).status == 0)
        let result = try verify(back, checkpoint: newest)
        #expect(result.status == 4 && result.error.contains("the end was cut off"))
        let other = try TestVault()
        let foreign = try other.session("compliance").anchorAudit()
        #expect(try verify({ _ in }, checkpoint: foreign).status == 4)
    }

    @Test("a reader written from the tlog-tiles specification alone accepts the published log")
    func independentReader() throws {
        let original = try Self.original.get()
        let folder = original.vault.folder.appendingPathComponent("vault/audit")
        let key = original.vault.vault.verifierKey
        let entries = try TileText.readLog(folder, key: key)
        #expect(entries.count >= 590)
        for (number, entry) in entries.enumerated() {
            let json = try #require(try JSONSerialization.jsonObject(with: Data(entry)) as? [String: Any])
            #expect(json["seq"] as? Int == number)
        }
        let copy = original.vault.folder.appendingPathComponent("changed")
        try FileManager.default.copyItem(at: folder, to: copy)
        var tile = try Data(contentsOf: copy.appendingPathComponent("tile/0/001"))
        tile[0] ^= 1
        try tile.write(to: copy.appendingPathComponent("tile/0/001"))
        #expect(throws: TileText.Wrong.self) { try TileText.readLog(copy, key: key) }
    }

    @Test("the proof script accepts every kind of entry, and no changed proof")
    func proofScript() throws {
        let original = try Self.original.get()
        let officer = try original.vault.vault.session(token: original.token)
        let script = TestVault.repository.appendingPathComponent("docs/verify_proof.py").path
        func check(_ proof: String) throws -> (Int32, String) {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["python3", script, original.vault.vault.verifierKey]
            let (input, output) = (Pipe(), Pipe())
            process.standardInput = input
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.run()
            try? input.fileHandleForWriting.write(contentsOf: Data(proof.utf8))
            try? input.fileHandleForWriting.close()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            return (process.terminationStatus, text)
        }
        for number in [0, 1, 255, 256, 300, 511, 512] as [Int64] {
            let (status, text) = try check(officer.proveAudit(number))
            #expect(status == 0 && text.contains("\"seq\":\(number),"))
        }
        let proof = try officer.proveAudit(300)
        let lines = proof.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        // Every line that proves something matters: changed or left out.
        for index in lines.indices where !lines[index].isEmpty {
            var changed = lines
            let middle = changed[index].index(changed[index].startIndex, offsetBy: changed[index].count / 2)
            changed[index].replaceSubrange(middle...middle, with: changed[index][middle] == "A" ? "B" : "A")
            #expect(try check(changed.joined(separator: "\n")).0 != 0, "line \(index)")
        }
    }

    @Test("two vaults witness each other, and a rewritten history is refused")
    func witnessing() throws {
        let (one, two) = (try TestVault(), try TestVault())
        let (author, witness) = (try one.session("compliance"), try two.session("compliance"))
        let first = try author.proveConsistency(from: 0)
        let cosigned = try witness.witness(first, key: one.vault.verifierKey)
        #expect(cosigned.hasPrefix(first.components(separatedBy: "\n\n").dropFirst().joined(separator: "\n\n")))
        #expect(cosigned.contains("\u{2014} \(two.vault.verifierKey.split(separator: "+")[0]) "))
        let size = try author.checkpointSize(cosigned)
        let second = try author.proveConsistency(from: size)
        #expect(throws: AuditError.notWitnessedLast(size: size)) {
            try witness.witness(try author.proveConsistency(from: size - 1), key: one.vault.verifierKey)
        }
        _ = try witness.witness(second, key: one.vault.verifierKey)
        // The author goes back to before, and on from there otherwise.
        let rewritten = second.replacing(try TileText.rootLine(second), with: try TileText.rootLine(first))
        #expect(throws: AuditError.badSignature) { try witness.witness(rewritten, key: one.vault.verifierKey) }
        let entries = try witness.auditEntries(AuditFilter(action: "audit.verify"))
        #expect(entries.contains { $0.detail["witnessed"] == one.vault.verifierKey.split(separator: "+").first.map(String.init) && $0.outcome == .allowed })
    }
}
