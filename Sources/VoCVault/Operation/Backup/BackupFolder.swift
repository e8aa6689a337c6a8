import AuditLog
import Foundation
import Sealing
import Store
import Wire

/// A folder of snapshots: files cut into chunks that are named by their hash, so that a snapshot adds only what changed, and one
/// manifest per snapshot.
///
///     chunks/ab/ab12…        64 KiB each, the last one shorter
///     snapshots/NAME         a signed note (``SnapshotManifest``)
///     backup.lock            held by whoever works in the folder
///
/// Several vaults may share it: a chunk is what its name says, whoever stored it.
struct BackupFolder {
    static let chunkSize = 1 << 16

    let path: String
    private var snapshots: String { path + "/snapshots" }
    private var chunks: String { path + "/chunks" }

    init(_ path: String) { self.path = path }

    /// The names under `snapshots`, in no particular order.
    func names() throws(FileFault) -> [String] {
        do {
            return try FileReading.names(in: snapshots).filter { !$0.hasPrefix(".") }.sorted()
        } catch {
            guard error.isMissing else { throw error }
            // Nothing has been stored there yet, if the folder exists at all.
            _ = try FileReading.names(in: path)
            return []
        }
    }

    // MARK: Writing

    /// Stores a file's chunks, and reads back each new one.
    ///
    /// - Parameter progress: receives how many chunks are stored, of how many.
    /// - Returns: the chunks, in order, and how many of them were new.
    func store(_ file: String, progress: (Int, Int) -> Void) throws -> (chunks: [String], new: Int, bytes: Int) {
        let source = try BlockFile(file, blockSize: Self.chunkSize, .reading)
        let bytes = try source.length
        let count = (bytes + Self.chunkSize - 1) / Self.chunkSize
        var batch = FileBatch()
        try batch.makeFolder(chunks)
        try batch.makeFolder(snapshots)
        var hashes: [String] = []
        var new = 0
        for index in 0..<count {
            let block = try source.block(index)
            let hash = Self.hash(block)
            hashes.append(hash)
            if try Temporaries.shared.undisturbed({ try store(block, hash, &batch) }) { new += 1 }
            progress(index + 1, count)
        }
        try batch.flush()
        return (hashes, new, bytes)
    }

    /// Whether the chunk was new. An existing one is trusted only if it is intact.
    private func store(_ block: [UInt8], _ hash: String, _ batch: inout FileBatch) throws -> Bool {
        let file = chunk(hash)
        if let present = try? FileReading.bytes(of: file), present == block { return false }
        try batch.makeFolder(chunks + "/" + hash.prefix(2))
        try batch.replace(file, with: block)
        guard try FileReading.bytes(of: file) == block else { throw VaultError.integrity("\(file) does not hold what was written to it") }
        return true
    }

    /// Adds a manifest whose chunks must exist. The snapshot exists once this returns.
    ///
    /// - Returns: its name, which no other snapshot has, of this or another vault.
    func add(_ note: String, time: String, size: Int64) throws(FileFault) -> String {
        var attempt = 1
        while true {
            let name = SnapshotName.name(time: time, size: size, attempt: attempt)
            do {
                try DurableFile.create("\(snapshots)/\(name)", with: Array(note.utf8))
                return name
            } catch {
                guard error.code == EEXIST else { throw error }
                attempt += 1
            }
        }
    }

    func remove(_ name: String) throws(FileFault) {
        var batch = FileBatch()
        try batch.remove("\(snapshots)/\(name)")
        try batch.flush()
    }

    // MARK: Reading

    /// A manifest as text.
    func note(_ name: String) throws -> String {
        guard !name.contains("/"), !name.hasPrefix(".") else { throw VaultError.notFound("the snapshot \(name)") }
        do {
            let bytes = try FileReading.bytes(of: "\(snapshots)/\(name)")
            guard let note = String(validating: bytes, as: UTF8.self) else { throw VaultError.integrity("the manifest of snapshot \(name) is damaged") }
            return note
        } catch let fault as FileFault where fault.isMissing {
            throw VaultError.notFound("the snapshot \(name)")
        }
    }

    /// Assembles a snapshot's file, or updates one that contains another snapshot.
    ///
    /// - Parameters:
    ///   - whole: chunks that were found intact, and need not be read again if the file has them.
    ///   - progress: receives how many chunks are in place, of how many.
    func assemble(_ manifest: SnapshotManifest, into file: String, whole: inout Set<String>, progress: (Int, Int) -> Void) throws {
        let target = try BlockFile(file, blockSize: Self.chunkSize, .writing)
        for (index, hash) in manifest.chunks.enumerated() {
            if try !whole.contains(hash) || Self.hash(target.block(index)) != hash {
                try target.write(checked(hash), at: index)
                whole.insert(hash)
            }
            progress(index + 1, manifest.chunks.count)
        }
        try target.end(at: manifest.bytes)
        try target.flush()
    }

    /// A chunk, verified against its hash.
    private func checked(_ hash: String) throws -> [UInt8] {
        do {
            let bytes = try FileReading.bytes(of: chunk(hash))
            guard Self.hash(bytes) == hash else { throw VaultError.integrity("chunk \(hash.prefix(12))… of the backup is damaged") }
            return bytes
        } catch let fault as FileFault where fault.isMissing {
            throw VaultError.integrity("chunk \(hash.prefix(12))… of the backup is missing")
        }
    }

    private func chunk(_ hash: String) -> String { "\(chunks)/\(hash.prefix(2))/\(hash)" }

    private static func hash(_ bytes: [UInt8]) -> String { SHA256.hash(bytes).hexadecimal }
}

// MARK: What no snapshot needs

extension BackupFolder {
    private static let copy = ".\(VaultStore.dataFile)-"

    /// A folder for a copy of the data that is being made or assembled.
    func temporary() -> String { "\(path)/\(Self.copy)\(Token.requestID())" }

    /// Removes the chunks that no manifest names.
    ///
    /// - Parameter beginning: when this began, by the folder's own clock. Anything newer may belong to somebody who does not know
    ///   of the lock.
    /// - Throws: if a manifest cannot be read; then nothing is removed.
    func removeUnneededChunks(olderThan beginning: FileTime) throws {
        var needed: Set<String> = []
        for name in try names() {
            do {
                needed.formUnion(try SnapshotManifest(note(name)).chunks)
            } catch {
                throw VaultError.integrity("\(snapshots)/\(name) cannot be read as a manifest")
            }
        }
        for part in try FileReading.names(in: chunks) where !part.hasPrefix(".") {
            var batch = FileBatch()
            for name in try FileReading.names(in: "\(chunks)/\(part)") where !name.hasPrefix(".") && !needed.contains(name) {
                let file = "\(chunks)/\(part)/\(name)"
                if try FileTime(of: file) < beginning { try batch.remove(file) }
            }
        }
    }

    /// What processes that ended have left unfinished.
    func leftovers() -> [String] {
        let manifests = names(snapshots).filter { $0.hasPrefix(".") }.map { "\(snapshots)/\($0)" }
        let parts = names(chunks).flatMap { part in
            part.hasPrefix(".") ? ["\(chunks)/\(part)"] : names("\(chunks)/\(part)").filter { $0.hasPrefix(".") }.map { "\(chunks)/\(part)/\($0)" }
        }
        return copies() + manifests + parts
    }

    /// The copies of the data among them.
    func copies() -> [String] { names(path).filter { $0.hasPrefix(Self.copy) }.map { "\(path)/\($0)" } }

    private func names(_ folder: String) -> [String] { ((try? FileReading.names(in: folder)) ?? []).sorted() }
}
