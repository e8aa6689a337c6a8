import AuditLog
import Foundation
import RedactedAPI
import Sealing

/// A folder of snapshots: files cut into chunks that are named by their hash, so that a snapshot adds only what
/// changed, and one manifest a snapshot.
///
///     chunks/ab/ab12…        64 KiB each, the last one shorter
///     snapshots/NAME         a signed note
///
/// The manifest is a C2SP checkpoint of the audit log as it was in the snapshot, with extension lines: the
/// signature covers the log's root and every chunk's hash.
struct BackupFolder {
    static let chunkSize = 1 << 16
    private static let format = "backup v1"

    let folder: URL
    private var snapshots: URL { folder.appendingPathComponent("snapshots") }

    init(_ path: String) { folder = URL(fileURLWithPath: path, isDirectory: true) }

    /// What a manifest says.
    struct Manifest {
        var time: String
        var bytes: Int
        var chunks: [String]
    }

    /// Names, oldest first.
    func names() throws -> [String] {
        guard FileManager.default.fileExists(atPath: snapshots.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: snapshots.path).filter { !$0.hasPrefix(".") }.sorted()
    }

    // MARK: Writing

    /// Adds a file as a snapshot.
    ///
    /// - Parameter sign: makes a signed note of the lines that follow the checkpoint's own three.
    /// - Returns: how many chunks were new, and how many there are.
    func add(_ file: URL, name: String, time: String, checkpoint: Checkpoint, sign: (String) throws -> String) throws -> (new: Int, all: Int) {
        for part in ["chunks", "snapshots"] {
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent(part), withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        var hashes: [String] = []
        var bytes = 0
        var new = 0
        while let data = try handle.read(upToCount: Self.chunkSize), !data.isEmpty {
            let hash = Self.hash(data)
            hashes.append(hash)
            bytes += data.count
            if try store(data, hash) { new += 1 }
        }
        let body = """
            \(checkpoint.origin)
            \(checkpoint.size)
            \(Data(checkpoint.root).base64EncodedString())
            \(Self.format)
            time \(time)
            bytes \(bytes)

            """ + hashes.map { "chunk \($0)\n" }.joined()
        try write(Data(sign(body).utf8), to: snapshots.appendingPathComponent(name))
        return (new, hashes.count)
    }

    private func chunk(_ hash: String) -> URL {
        folder.appendingPathComponent("chunks").appendingPathComponent(String(hash.prefix(2))).appendingPathComponent(hash)
    }

    /// Whether the chunk was new. One that is there is trusted only when it is whole.
    private func store(_ data: Data, _ hash: String) throws -> Bool {
        let file = chunk(hash)
        if let present = try? Data(contentsOf: file), present == data { return false }
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try write(data, to: file)
        return true
    }

    /// Durable before it has its name.
    private func write(_ data: Data, to file: URL) throws {
        let temporary = file.deletingLastPathComponent().appendingPathComponent("." + file.lastPathComponent)
        let descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw VaultError.invalid("\(temporary.path) cannot be written") }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: data)
        try handle.synchronize()
        try handle.close()
        guard rename(temporary.path, file.path) == 0 else { throw VaultError.invalid("\(file.path) cannot be written") }
    }

    // MARK: Reading

    /// A manifest as text; its signature is to be checked with ``Checkpoint/init(verifying:publicKey:)``.
    func note(_ name: String) throws -> String {
        guard !name.contains("/"), let data = try? Data(contentsOf: snapshots.appendingPathComponent(name)), let text = String(data: data, encoding: .utf8) else {
            throw VaultError.notFound("the snapshot \(name)")
        }
        return text
    }

    static func manifest(_ note: String) throws -> Manifest {
        let lines = note.components(separatedBy: "\n\n")[0].split(separator: "\n").map(String.init)
        guard lines.count >= 6, lines[3] == format, lines[4].hasPrefix("time "), lines[5].hasPrefix("bytes "), let bytes = Int(lines[5].dropFirst(6)) else {
            throw VaultError.integrity("the snapshot's manifest is not one of a backup")
        }
        let chunks = try lines.dropFirst(6).map { line in
            let hash = line.dropFirst(6)
            guard line.hasPrefix("chunk "), hash.utf8.count == 64, hash.utf8.allSatisfy({ $0 &- 48 < 10 || $0 &- 97 < 6 }) else {
                throw VaultError.integrity("the snapshot's manifest is damaged")
            }
            return String(hash)
        }
        return Manifest(time: String(lines[4].dropFirst(5)), bytes: bytes, chunks: chunks)
    }

    /// Puts a snapshot's file together; every chunk is checked against its hash.
    func assemble(_ manifest: Manifest, into file: URL) throws {
        let descriptor = open(file.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw VaultError.invalid("\(file.path) cannot be written") }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var bytes = 0
        for hash in manifest.chunks {
            guard let data = try? Data(contentsOf: chunk(hash)) else { throw VaultError.integrity("chunk \(hash.prefix(12))… of the backup is missing") }
            guard Self.hash(data) == hash else { throw VaultError.integrity("chunk \(hash.prefix(12))… of the backup is damaged") }
            try handle.write(contentsOf: data)
            bytes += data.count
        }
        guard bytes == manifest.bytes else { throw VaultError.integrity("the backup's chunks do not add up to its file") }
        try handle.synchronize()
        try handle.close()
    }

    /// Removes all but the newest snapshots, and chunks that none of them has.
    func prune(keeping count: Int) throws -> Int {
        let old = try names().dropLast(count)
        for name in old { try FileManager.default.removeItem(at: snapshots.appendingPathComponent(name)) }
        guard !old.isEmpty else { return 0 }
        let needed = Set(try names().flatMap { try Self.manifest(note($0)).chunks })
        for part in try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent("chunks").path) {
            let folder = folder.appendingPathComponent("chunks").appendingPathComponent(part)
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where !needed.contains(name) {
                try FileManager.default.removeItem(at: folder.appendingPathComponent(name))
            }
        }
        return old.count
    }

    private static func hash(_ data: Data) -> String {
        SHA256.hash([UInt8](data)).map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
    }
}
