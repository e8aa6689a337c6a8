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
        let key = try SecretBytes.random(count: 32)
        var encoded = key.base64()
        defer { wipe(&encoded) }
        let comments = (template ?? "# VoC Vault key file. See keys.example for every line.\n")
            .split(separator: "\n", omittingEmptySubsequences: false)
            .filter { $0.hasPrefix("#") || $0.isEmpty }.joined(separator: "\n")
        var bytes = Array("\(comments)\nversion 1\nactive \(id)\nroot \(id) file ".utf8)
        bytes.reserveCapacity(bytes.count + 64)
        bytes += encoded
        bytes.append(0x0A)
        defer { wipe(&bytes) }

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
        return id
    }
}
