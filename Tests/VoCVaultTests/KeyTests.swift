import Foundation
import RedactedAPI
import Synchronization
import TestVaults
import Testing
import VoCVault

@Suite("Keys")
struct KeyTests {
    private func write(_ text: String, _ vault: TestVault, mode: Int = 0o600) throws -> Vault.Location {
        var location = vault.location
        location.keys = vault.folder.appendingPathComponent("keys-\(UUID().uuidString)").path
        try text.write(toFile: location.keys, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: location.keys)
        return location
    }

    private let key = Data(repeating: 7, count: 32).base64EncodedString()

    @Test("a wrong key file is refused with file and line, and never shows key material", arguments: [
        ("", "'version 1' is missing"), ("version 2", ":1: version must be 1"), ("version 1\nroot a file KEY", "'active ID' is missing"),
        ("version 1\nactive b\nroot a file KEY", "the active key 'b' is not defined"),
        ("version 1\nactive a\nroot a file KEY\nroot a file KEY", ":4: root key 'a' is defined twice"),
        ("version 1\nactive a\nroot a vault KEY", ":3: the provider must be file, exec or passphrase"),
        ("version 1\nactive root-test\nroot root-test file AAAA", ":3: the key must be 32 bytes in base64"),
        ("version 1\nactive a\nKEY", ":3: unknown word at the start of the line"),
        ("version 1\nactive a\nsuite des\nroot a file KEY", ":3: suite must be"),
        ("version 1\nactive root-test\nroot root-test exec /bin/false", ":3: the command '/bin/false' failed with status 1"),
        ("version 1\nactive root-test\nroot root-test exec /bin/echo short", ":3: the command '/bin/echo' must print 32 bytes"),
        ("version 1\nactive a\nroot a passphrase salt=AAAA", ":3: passphrase needs salt="),
        ("version 1\nactive a\nroot a passphrase salt=bXktc2FsdC1vZi0xNi1ieXRlcw== n=3", ":3: n must be a power of two"),
        ("version 1\nactive a\nroot a passphrase salt=bXktc2FsdC1vZi0xNi1ieXRlcw== n=32k", ":3: n must be a whole number"),
        ("version 1\nactive a\nroot a passphrase salt=bXktc2FsdC1vZi0xNi1ieXRlcw== p=-1", ":3: p must be a whole number"),
        ("version 1\nactive root-test\nroot root-test file KEY", "root key 'root-test' is not the one that this vault was made with"),
        ("version 1\nactive a\nroot a file KEY", "root key 'root-test' is needed but not defined"),
    ])
    func wrongFiles(text: String, message: String) throws {
        let vault = try TestVault()
        let location = try write(text.replacing("KEY", with: key), vault)
        let error = #expect(throws: VaultError.self) { try Vault.open(at: location) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains(key) == false)
    }

    @Test("a key file that others can read is refused with the command that mends it")
    func mode() throws {
        let vault = try TestVault()
        let location = try write("version 1\nactive a\nroot a file \(key)", vault, mode: 0o640)
        let error = #expect(throws: VaultError.self) { try Vault.open(at: location) }
        #expect(error?.description.contains("chmod 600 \(location.keys)") == true)
    }

    @Test("the providers exec and passphrase, and a second root key, open what they sealed")
    func providers() throws {
        let vault = try TestVault()
        let old = try String(contentsOfFile: vault.location.keys, encoding: .utf8).split(separator: "\n").first { $0.hasPrefix("root ") }!
        try vault.ingest([line(id: "1", customer: ["id": "A"])])
        let passphrase = vault.folder.appendingPathComponent("passphrase").path
        try "correct horse\n".write(toFile: passphrase, atomically: true, encoding: .utf8)
        for root in ["root b exec /bin/echo \(key)", "root c passphrase salt=bXktc2FsdC1vZi0xNi1ieXRlcw== n=16384 from=\(passphrase)"] {
            let id = root.split(separator: " ")[1]
            let others = id == "c" ? "root b exec /bin/echo \(key)\n" : ""
            let location = try write("version 1\nactive \(id)\n\(old)\n\(others)\(root)\n", vault)
            let opened = try Vault.open(at: location)
            let admin = try opened.session(token: vault.adminToken)
            let loader = try opened.session(token: admin.issueToken(principal: "l", role: "ingest", days: nil).token)
            let file = vault.folder.appendingPathComponent("more")
            try Data(line(id: "\(id)", customer: ["id": "new \(id)"]).utf8).write(to: file)
            _ = try loader.ingest(FileHandle(forReadingAtPath: file.path)!, format: .jsonl, source: "s", onReject: { _ in }, progress: { _ in })
            // Old and new records open side by side.
            let again = try Vault.open(at: location)
            let analyst = try again.session(token: admin.issueToken(principal: "a", role: "analyst", days: nil).token)
            let rows = try analyst.page(Query(select: ["text"], purpose: "insight")).rows
            #expect(rows.count == (id == "b" ? 2 : 3) && rows.allSatisfy { $0 == [.text("空调又坏了")] })
            let status = try again.session(token: vault.adminToken).keys().roots
            #expect(status.first { $0.isActive }?.id == String(id) && status.reduce(0) { $0 + $1.subjectKeys } == rows.count)
        }
    }

    @Test("the suite of Chinese commercial cryptography seals and opens a vault's records")
    func sm4() throws {
        let vault = try TestVault()
        let text = try String(contentsOfFile: vault.location.keys, encoding: .utf8)
        let location = try write(text + "suite sm4-ctr-hmac-sm3\n", vault)
        try vault.ingest([line(id: "1", text: "AES")])
        let opened = try Vault.open(at: location)
        let admin = try opened.session(token: vault.adminToken)
        let file = vault.folder.appendingPathComponent("sm")
        try Data(line(id: "2", text: "a b c").utf8).write(to: file)
        let loader = try opened.session(token: admin.issueToken(principal: "l", role: "ingest", days: nil).token)
        _ = try loader.ingest(FileHandle(forReadingAtPath: file.path)!, format: .jsonl, source: "s", onReject: { _ in }, progress: { _ in })
        let rows = try vault.session("analyst").page(Query(select: ["text"], purpose: "insight")).rows
        #expect(Set(rows) == [[.text("AES")], [.text("a b c")]])
    }

    @Test("a new key file has mode 0600 and is never overwritten")
    func generate() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("keys-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let template = try String(contentsOf: TestVault.repository.appendingPathComponent("keys.example"), encoding: .utf8)
        let id = try KeyFileWriter.generate(at: folder, template: template, today: "2026-11-23")
        #expect(id == "root-2026-11-23")
        let mode = try FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let text = try String(contentsOfFile: folder, encoding: .utf8)
        #expect(text.contains("# root ID exec") && !text.contains("AAAAAAAAAAAAAAAAAAAA"))
        #expect(throws: VaultError.self) { try KeyFileWriter.generate(at: folder, template: nil, today: "x") }
        #expect(try String(contentsOfFile: folder, encoding: .utf8) == text)
    }

    @Test("keys that many need for the first time at the same moment are made once, and nobody is turned away")
    func firstUse() throws {
        for _ in 0..<8 {
            let vault = try TestVault()
            let sessions = try (0..<6).map { try vault.session("ingest", named: "ingest-\($0)") }
            let file = vault.folder.appendingPathComponent("feed")
            try Data(line(id: "1", customer: ["id": "C1", "phone": "13800138000", "email": "a@example.com"]).utf8).write(to: file)
            let outcomes = Mutex<[String]>([])
            DispatchQueue.concurrentPerform(iterations: sessions.count) { index in
                let said = Result {
                    try sessions[index].ingest(
                        FileHandle(forReadingAtPath: file.path)!, format: .jsonl, source: "s\(index)", onReject: { _ in }, progress: { _ in })
                }.map { "\($0.stored)" }
                outcomes.withLock { $0.append((try? said.get()) ?? "\(said)") }
            }
            #expect(outcomes.withLock { $0 } == Array(repeating: "1", count: 6))
            #expect(try vault.session("compliance").lookup(field: "phone", value: "13800138000", purpose: nil).subjects.count == 1)
        }
    }
}
