import AuditLog
import Foundation
import RedactedAPI
import Store
import Synchronization
import TestVaults
import Testing
import VoCVault

@Suite("Rotation of the root key")
struct RotationTests {
    private let vault: TestVault

    init() throws {
        vault = try TestVault()
        try vault.ingest((1...30).map { line(id: "\($0)", customer: ["id": "C\($0)", "phone": "138001380\($0 + 10)"]) })
    }

    private func reopened() throws -> Session { try Vault.open(at: vault.location).session(token: vault.adminToken) }

    private func wrapped() throws -> [Data] {
        try vault.column("SELECT wrapped FROM subject_key UNION ALL SELECT wrapped FROM data_key", of: "keystore.db")
    }

    @Test("every key moves to the new root key, the old one retires, and nothing wrapped under it is left on disk")
    func rotation() throws {
        let old = try wrapped()
        let before = try String(contentsOfFile: vault.location.keys, encoding: .utf8)
        let id = try KeyFileWriter.addRoot(to: vault.location.keys, today: "test")
        #expect(id == "root-test-2")
        let after = try String(contentsOfFile: vault.location.keys, encoding: .utf8)
        let oldLine = try #require(before.split(separator: "\n").first { $0.hasPrefix("root ") })
        #expect(after.contains("\nactive root-test-2\n") && after.contains(oldLine) && !after.contains("active root-test\n"))
        #expect(try FileManager.default.attributesOfItem(atPath: vault.location.keys)[.posixPermissions] as? Int == 0o600)

        let admin = try reopened()
        var seen: [Int] = []
        let report = try admin.rotateRootKey(batch: 7) { seen.append($0) }
        #expect(report.subjectKeys == 30 && report.dataKeys >= 6 && report.retired == ["root-test"] && seen == [7, 14, 21, 28, 30])
        let status = try admin.keys().roots
        #expect(status.map(\.id) == [id] && status[0].subjectKeys == 30 && status[0].isActive && status[0].dataKeys == report.dataKeys)
        for file in try vault.files() where old.contains(where: { file.bytes.holds($0) }) { Issue.record("\(file.name) holds a key under the old root") }

        // Without the old root key in the file, everything opens.
        try after.split(separator: "\n").filter { $0 != oldLine }.joined(separator: "\n").write(toFile: vault.location.keys, atomically: false, encoding: .utf8)
        let again = try reopened()
        _ = try again.verifyAudit()
        let token = try again.issueToken(principal: "c", role: "compliance", days: nil).token
        let officer = try Vault.open(at: vault.location).session(token: token)
        #expect(try officer.lookup(field: "customer_id", value: "C7", purpose: "subject-request").subjects.count == 1)
        #expect(try officer.page(Query(select: ["phone"], limit: 40, purpose: "subject-request")).rows.count == 30)
        let entries = try officer.auditEntries(AuditFilter(action: "keys.rotate"))
        #expect(entries.map { $0.detail["rotation"] } == ["done", "begun"] && entries[0].rows == 30 && entries[0].detail["retired"] == "root-test")
        // Once more there is nothing to do.
        let second = try again.rotateRootKey()
        #expect(second.subjectKeys == 0 && second.dataKeys == 0 && second.retired.isEmpty)
    }

    @Test("a process that knows only the old root key fails plainly when it writes, and spoils nothing")
    func stale() throws {
        _ = try KeyFileWriter.addRoot(to: vault.location.keys, today: "new")
        _ = try reopened().rotateRootKey()
        #expect(throws: (any Error).self) { try vault.ingest([line(id: "31", customer: ["id": "C31"])]) }
        let admin = try reopened()
        _ = try admin.verifyAudit()
        #expect(try admin.keys().roots.count == 1)
    }

    @Test("the former root key stays when a key that was moved does not open: nothing is retired unread")
    func readBack() throws {
        _ = try KeyFileWriter.addRoot(to: vault.location.keys, today: "new")
        let admin = try reopened()
        #expect(throws: VaultError.integrity("a customer's key does not unwrap: it was changed or moved")) {
            try admin.rotateRootKey { moved in
                guard moved == 30 else { return }
                _ = try? vault.alter("UPDATE subject_key SET wrapped = (SELECT wrapped FROM subject_key o WHERE o.subject = 3) WHERE subject = 5", in: "keystore.db")
            }
        }
        #expect(try admin.keys().roots.map(\.id).contains("root-test"))
    }

    @Test("root keys that are added at the same time are all in the key file")
    func together() throws {
        let path = vault.location.keys
        let left = vault.folder.appendingPathComponent(".keys-new-1x").path
        try Data("what a killed one has left".utf8).write(to: URL(fileURLWithPath: left))
        let added = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for _ in 0..<4 {
                do {
                    let id = try KeyFileWriter.addRoot(to: path, today: "new")
                    added.withLock { $0.append(id) }
                } catch {
                    Issue.record(error)
                }
            }
        }
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(Set(added.withLock { $0 }).count == 32 && added.withLock { $0 }.allSatisfy { text.contains("\nroot \($0) file ") })
        #expect(try FileManager.default.contentsOfDirectory(atPath: vault.folder.path).allSatisfy { !$0.contains("-new-") })
        _ = try reopened().rotateRootKey()
    }

    @Test("a rotation leaves no copy of the key file that a killed one has left")
    func copies() throws {
        _ = try KeyFileWriter.addRoot(to: vault.location.keys, today: "new")
        let left = vault.folder.appendingPathComponent(".keys-new-1x").path
        try FileManager.default.copyItem(atPath: vault.location.keys, toPath: left)
        _ = try reopened().rotateRootKey()
        #expect(!FileManager.default.fileExists(atPath: left) && FileManager.default.fileExists(atPath: vault.location.keys))
    }

    @Test("rotation needs the right to it")
    func denied() throws {
        #expect(throws: VaultError.self) { try vault.session("compliance").rotateRootKey() }
    }
}
