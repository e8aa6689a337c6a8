import Foundation
import Store
import TestVaults
import Testing
@testable import VoCVault

@Suite("The beginning of a vault")
struct BeginningTests {
    private struct Unshowable: Error {}

    /// For its keys and policies.
    private let other: TestVault
    private let location: Vault.Location
    private let place: Vault.StorePlace

    init() throws {
        other = try TestVault()
        var location = other.location
        location.home = other.folder.appendingPathComponent("second").path
        self.location = location
        if TestServer.isThere {
            let made = try TestServer.database()
            place = .postgres(made.vault, owner: made.owner)
        } else {
            place = .files
        }
    }

    private func create(show: (String) throws -> Void = { _ in }) throws -> (vault: Vault, token: String) {
        try Vault.create(at: location, in: place, show: show)
    }

    private var files: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: location.home)) ?? []).sorted() }

    @Test("a vault whose administrator's token could not be shown is not begun, says so, and is begun by the next attempt")
    func unshown() throws {
        var first = ""
        for _ in 0..<2 {
            #expect(throws: Unshowable.self) {
                try create { token in
                    first = token
                    throw Unshowable()
                }
            }
            let error = #expect(throws: VaultError.self) { try Vault.open(at: location) }
            #expect(error?.description.contains("run 'vocvault init' again") == true)
        }
        var shown = ""
        let (vault, token) = try create { shown = $0 }
        #expect(shown == token && token != first)
        #expect(throws: VaultError.self) { try vault.session(token: first) }
        #expect(try vault.session(token: token).tokens().count == 1)
        #expect(try vault.session(token: token).verifyAudit().entries == 3)
        // One that is begun stays.
        #expect(throws: StorageError.self) { try create() }
        #expect(try Vault.open(at: location).session(token: token).tokens().count == 1)
    }

    @Test("two that begin at once: one does, and its token is good")
    func twice() throws {
        var refusal: (any Error)?
        let (vault, token) = try create { _ in
            do { _ = try create() } catch { refusal = error }
        }
        #expect(refusal as? StorageError == .busy(path: location.home))
        #expect(try vault.session(token: token).verifyAudit().entries > 0)
    }

    @Test("what a killed creation left is begun anew, at whatever step", .onFiles)
    func torn() throws {
        try FileManager.default.createDirectory(atPath: location.home, withIntermediateDirectories: true)
        // Nothing in the files yet; then the keys' whole, the data's not.
        for name in ["keystore.db", "vault.db"] { try Data().write(to: URL(fileURLWithPath: "\(location.home)/\(name)")) }
        #expect(throws: Unshowable.self) { try create { _ in throw Unshowable() } }
        try FileManager.default.removeItem(atPath: "\(location.home)/vault.db")
        try Data().write(to: URL(fileURLWithPath: "\(location.home)/vault.db"))
        let (vault, token) = try create()
        #expect(try vault.session(token: token).verifyAudit().entries > 0)
    }

    @Test("what somebody may still need is never taken for a beginning", .onFiles)
    func kept() throws {
        try other.ingest([line(id: "1", customer: ["id": "C1"])])
        try FileManager.default.createDirectory(atPath: location.home, withIntermediateDirectories: true)
        // The key store of a lost vault; another program's database; something that is none.
        try other.vault.store.copyKeys(to: "\(location.home)/keystore.db")
        let before = files
        #expect(throws: StorageError.alreadyExists(path: "\(location.home)/keystore.db")) { try create() }
        #expect(files == before)
        try FileManager.default.removeItem(atPath: "\(location.home)/keystore.db")
        try Data("not a database, but long enough to be looked at as one: ".utf8 + [UInt8](repeating: 0x20, count: 4096)).write(to: URL(fileURLWithPath: "\(location.home)/vault.db"))
        #expect(throws: StorageError.self) { try create() }
        #expect(files.contains("vault.db"))
    }
}
