import Foundation
import Sealing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Writes new key files.
public enum KeyFileWriter {
    /// Creates `path` with one fresh random root key, mode 0600. Never overwrites.
    ///
    /// - Parameter template: the text of `keys.example`; its comments are kept, its example lines replaced.
    /// - Returns: the id of the new key.
    public static func generate(at path: String, template: String?, today: String) throws -> String {
        let id = "root-\(today)"
        let comments = (template ?? "# VoC Vault key file. See keys.example for every line.\n")
            .split(separator: "\n", omittingEmptySubsequences: false)
            .filter { $0.hasPrefix("#") || $0.isEmpty }.joined(separator: "\n")
        var bytes = Array("\(comments)\nversion 1\nactive \(id)\n".utf8)
        defer { wipe(&bytes) }
        try appendRoot(id, to: &bytes)
        try create(path, bytes)
        return id
    }

    /// Adds a fresh random root key to a key file and makes it the active one. The file is replaced as a whole:
    /// at no moment is it half written.
    ///
    /// - Returns: the id of the new key.
    public static func addRoot(to path: String, today: String) throws -> String {
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
        let temporary = path + ".new"
        unlink(temporary)
        try create(temporary, bytes)
        guard rename(temporary, path) == 0 else {
            unlink(temporary)
            throw VaultError.keys("\(path) cannot be replaced")
        }
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

    private static func create(_ path: String, _ bytes: [UInt8]) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw VaultError.keys(
                errno == EEXIST ? "\(path) exists; it is never overwritten" : "\(path) cannot be created")
        }
        defer { close(descriptor) }
        guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            unlink(path)
            throw VaultError.keys("\(path) cannot be written; is the disk full?")
        }
    }
}
