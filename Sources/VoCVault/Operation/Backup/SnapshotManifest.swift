import AuditLog
import Foundation

/// The contents of one snapshot: a signed C2SP checkpoint of the audit log in it, with extension lines, so that the signature
/// covers the log's root and every chunk's hash.
struct SnapshotManifest {
    private static let format = "backup v1"

    var origin: String
    /// Entries of the log.
    var size: Int64
    /// When it was taken, by the clock at that time.
    var time: String
    var bytes: Int
    var chunks: [String]

    /// - Returns: the signed manifest.
    static func note(_ checkpoint: Checkpoint, time: String, bytes: Int, chunks: [String], sign: (String) throws -> String) throws -> String {
        let body = """
            \(checkpoint.origin)
            \(checkpoint.size)
            \(Data(checkpoint.root).base64EncodedString())
            \(format)
            time \(time)
            bytes \(bytes)

            """ + chunks.map { "chunk \($0)\n" }.joined()
        return try sign(body)
    }

    /// Reads a manifest. Its signature must be verified with ``Checkpoint/init(verifying:keys:)``.
    init(_ note: String) throws {
        let damaged = VaultError.integrity("the snapshot's manifest is damaged")
        guard let end = note.range(of: "\n\n") else { throw damaged }
        let lines = note[..<end.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 6, lines[3] == Self.format, lines[4].hasPrefix("time "), lines[5].hasPrefix("bytes "), let size = Int64(lines[1]),
            let bytes = Int(lines[5].dropFirst(6)), bytes >= 0
        else { throw VaultError.integrity("the snapshot's manifest is not one of a backup") }
        let chunks = try lines.dropFirst(6).map { line in
            let hash = line.dropFirst(6)
            guard line.hasPrefix("chunk "), hash.utf8.count == 64, hash.utf8.allSatisfy({ $0 &- 48 < 10 || $0 &- 97 < 6 }) else { throw damaged }
            return String(hash)
        }
        // A truncated manifest would name too few.
        guard chunks.count == (bytes + BackupFolder.chunkSize - 1) / BackupFolder.chunkSize else { throw damaged }
        (origin, self.size, time) = (String(lines[0]), size, String(lines[4].dropFirst(5)))
        (self.bytes, self.chunks) = (bytes, chunks)
    }
}
