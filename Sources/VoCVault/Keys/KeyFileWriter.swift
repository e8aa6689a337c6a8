import Foundation
import Sealing
import Wire

/// Writes new key files.
package enum KeyFileWriter {
    /// Creates `path` with one fresh random root key, mode 0600. Never overwrites.
    ///
    /// - Parameter template: the text of `keys.example`. Its comments are kept and its example lines replaced.
    /// - Returns: the id of the new key.
    package static func generate(at path: String, template: String?, today: String) throws -> String {
        let id = "root-\(today)"
        let comments = (template ?? "# VoC Vault key file. See keys.example for every line.\n")
            .split(separator: "\n", omittingEmptySubsequences: false)
            .filter { $0.hasPrefix("#") || $0.isEmpty }.joined(separator: "\n")
        var bytes = Array("\(comments)\nversion 1\nactive \(id)\n".utf8)
        defer { wipe(&bytes) }
        try appendRoot(id, to: &bytes)
        do {
            try DurableFile.create(path, with: bytes)
        } catch {
            guard error.code == EEXIST else { throw error }
            throw VaultError.keys("\(path) exists; it is never overwritten")
        }
        return id
    }

    /// Adds a fresh random root key to a key file and makes it the active one. When this returns, the file is durable and has
    /// been read back: what is wrapped under the new key can be opened again.
    ///
    /// - Returns: the id of the new key.
    package static func addRoot(to path: String, today: String) throws -> String {
        // Locking would create a file where there is no folder.
        _ = try KeyFile(path: path)
        // One process at a time: a key that another one adds meanwhile must not be lost.
        let lock = try lock(beside: path)
        return try withExtendedLifetime(lock) { try addRoot(toLocked: path, today: today) }
    }

    /// Removes copies of the key file that killed processes left beside it: they contain its root keys.
    static func removeLeftovers(of path: String) throws {
        guard !FileBatch.leftovers(of: path).isEmpty else { return }
        let lock = try lock(beside: path)
        withExtendedLifetime(lock) { removeLeftovers(ofLocked: path) }
    }

    /// A lock on the folder: once replaced, the file is another one, and not read back yet.
    private static func lock(beside path: String) throws -> FileLock {
        try FileLock.wait(for: URL(fileURLWithPath: path).resolvingSymlinksInPath().deletingLastPathComponent().path)
    }

    private static func removeLeftovers(ofLocked path: String) {
        for left in FileBatch.leftovers(of: path) { unlink(left) }
    }

    private static func addRoot(toLocked path: String, today: String) throws -> String {
        removeLeftovers(ofLocked: path)
        let file = try KeyFile(path: path)
        let taken = Set(file.entries.map(\.id))
        var id = "root-\(today)"
        var number = 2
        while taken.contains(id) {
            id = "root-\(today)-\(number)"
            number += 1
        }
        guard let data = FileManager.default.contents(atPath: path) else { throw VaultError.keys("\(path) cannot be read") }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(data.count + 256)
        defer { wipe(&bytes) }
        for line in data.split(separator: 0x0A, omittingEmptySubsequences: false) {
            let isActive = line.drop { $0 == 0x20 }.starts(with: Array("active ".utf8))
            bytes += isActive ? Array("active \(id)".utf8) : Array(line)
            bytes.append(0x0A)
        }
        if bytes.count > 1, bytes.suffix(2).allSatisfy({ $0 == 0x0A }) { bytes.removeLast() }
        try appendRoot(id, to: &bytes)
        try DurableFile.replace(path, with: bytes)
        guard try KeyFile(path: path).hasContents(bytes) else { throw VaultError.keys("\(path) does not hold what was written to it") }
        return id
    }

    /// Appends a line with a fresh key.
    private static func appendRoot(_ id: String, to bytes: inout [UInt8]) throws {
        let key = try SecretBytes.random(count: 32)
        var encoded = key.base64()
        defer { wipe(&encoded) }
        bytes.reserveCapacity(bytes.count + 128)
        bytes += Array("root \(id) file ".utf8)
        bytes += encoded
        bytes.append(0x0A)
    }
}
