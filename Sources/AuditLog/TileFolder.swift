import Foundation
import Sealing
import Synchronization
import Wire

/// The log as static files for any client of C2SP `tlog-tiles`: `checkpoint`, `tile/<level>/<index>` with up to 256 hashes, and
/// `tile/entries/<index>` with up to 256 entries, each preceded by its length (2 bytes, big endian). The path of a tile that is
/// not full yet ends in `.p/<width>`.
///
/// The files are derived from the entries in the database and never ahead of them. A checkpoint is put in place by renaming, once
/// all tiles that it needs are durable. Full tiles never change.
public struct TileFolder: Sendable {
    /// Number of hashes in a full tile.
    public static let width: Int64 = 256
    /// An entry's length must fit two bytes.
    public static let maximumEntry = 65_535

    private let folder: URL

    /// - Parameter folder: created by the first publication.
    public init(_ folder: URL) { self.folder = folder }

    /// The published checkpoint, if there is one.
    public func checkpoint() throws -> String? {
        let file = folder.appendingPathComponent("checkpoint")
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        return String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }

    /// Path of a tile below the folder. The index is written in groups of three digits: `x001/x234/067`.
    ///
    /// - Parameter kind: a level, or `entries`.
    public static func path(_ kind: String, _ index: Int64, width: Int64) -> String {
        func padded(_ value: Int64) -> String {
            let digits = String(value)
            return String(repeating: "0", count: 3 - digits.count) + digits
        }
        var groups = [padded(index % 1000)]
        var rest = index / 1000
        while rest > 0 {
            groups.insert("x" + padded(rest % 1000), at: 0)
            rest /= 1000
        }
        let path = "tile/\(kind)/" + groups.joined(separator: "/")
        return width == Self.width ? path : path + ".p/\(width)"
    }

    /// Whether a text is exactly the path of a file that a log can have below its folder.
    public static func isPath(_ text: String) -> Bool {
        if text == "checkpoint" { return true }
        var parts = text.split(separator: "/", omittingEmptySubsequences: false)[...]
        func isNumber(_ text: Substring, digits: ClosedRange<Int>) -> Bool {
            digits.contains(text.utf8.count) && text.utf8.allSatisfy { $0 &- 48 < 10 }
        }
        guard parts.popFirst() == "tile", let kind = parts.popFirst(), kind == "entries" || isNumber(kind, digits: 1...2) else { return false }
        while let group = parts.first, group.first == "x" {
            guard isNumber(group.dropFirst(), digits: 3...3) else { return false }
            parts.removeFirst()
        }
        guard let last = parts.popFirst() else { return false }
        if last.hasSuffix(".p") {
            return isNumber(last.dropLast(2), digits: 3...3) && parts.count == 1 && isNumber(parts.first!, digits: 1...3)
        }
        return isNumber(last, digits: 3...3) && parts.isEmpty
    }

    /// The bytes of a published file; nil if there is none.
    ///
    /// - Parameter path: must satisfy ``isPath(_:)``.
    public func contents(ofPath path: String) -> Data? {
        FileManager.default.contents(atPath: folder.appendingPathComponent(path).path)
    }

    private func file(_ kind: String, _ index: Int64, of total: Int64) -> URL {
        folder.appendingPathComponent(Self.path(kind, index, width: min(Self.width, total - index * Self.width)))
    }

    // MARK: Reading

    /// Reads the tiles of a tree of `size` leaves.
    public final class Reader: NodeSource, Sendable {
        private struct Place: Hashable {
            var level: Int
            var index: Int64
        }

        let folder: TileFolder
        public let size: Int64
        /// The tiles of the current proof, which needs several hashes of each.
        private let recent = Mutex<[Place: [[UInt8]]]>([:])

        init(folder: TileFolder, size: Int64) { (self.folder, self.size) = (folder, size) }

        public func node(level: Int, index: Int64) throws -> [UInt8] {
            let height = level % 8
            let first = index << Int64(height)
            let place = Place(level: level / 8, index: first / TileFolder.width)
            let tile: [[UInt8]]
            if let known = recent.withLock({ $0[place] }) {
                tile = known
            } else {
                tile = try folder.tile(place.level, place.index, size: size)
                recent.withLock { tiles in
                    if tiles.count >= 64 { tiles.removeAll() }
                    tiles[place] = tile
                }
            }
            let start = Int(first % TileFolder.width)
            guard start + 1 << height <= tile.count else { throw AuditError.damagedTile(level: place.level, index: place.index) }
            return TileFolder.root(tile[start..<start + 1 << height])
        }

        /// The entries of a bundle, in order.
        public func entries(_ index: Int64) throws -> [[UInt8]] { try folder.bundle(index, size: size) }

        /// Whether each tile above the leaves matches the tiles below it.
        func checkUpperTiles() throws(AuditError) {
            var level = 1
            while size >> Int64(8 * level) > 0 {
                for index in 0...((size >> Int64(8 * level)) - 1) / TileFolder.width {
                    let damaged = AuditError.damagedTile(level: level, index: index)
                    guard let hashes = try? folder.tile(level, index, size: size) else { throw damaged }
                    for (offset, hash) in hashes.enumerated() {
                        guard let below = try? folder.tile(level - 1, index * TileFolder.width + Int64(offset), size: size),
                            TileFolder.root(below[...]) == hash
                        else { throw damaged }
                    }
                }
                level += 1
            }
        }

        /// The leaf hashes of a level-0 tile.
        public func leaves(_ index: Int64) throws -> [[UInt8]] { try folder.tile(0, index, size: size) }
    }

    /// Gives access to the tiles of the first `size` leaves; they must have been published.
    public func reader(size: Int64) -> Reader { Reader(folder: self, size: size) }

    /// A tile's bytes; those of the full tile if it has replaced the partial one.
    private func contents(_ kind: String, _ index: Int64, of total: Int64) -> (bytes: Data, isFull: Bool)? {
        let isFull = total - index * Self.width >= Self.width
        if let bytes = try? Data(contentsOf: file(kind, index, of: total)) { return (bytes, isFull) }
        let full = folder.appendingPathComponent(Self.path(kind, index, width: Self.width))
        return isFull ? nil : (try? Data(contentsOf: full)).map { ($0, true) }
    }

    private func tile(_ level: Int, _ index: Int64, size: Int64) throws -> [[UInt8]] {
        let total = size >> Int64(8 * level)
        let count = Int(min(Self.width, total - index * Self.width))
        guard let data = contents(String(level), index, of: total) else { throw AuditError.damagedTile(level: level, index: index) }
        let bytes = data.isFull ? data.bytes.prefix(count * 32) : data.bytes
        guard bytes.count == count * 32, !data.isFull || data.bytes.count == Int(Self.width) * 32 else {
            throw AuditError.damagedTile(level: level, index: index)
        }
        return stride(from: 0, to: bytes.count, by: 32).map { Array(bytes[$0..<$0 + 32]) }
    }

    private func bundle(_ index: Int64, size: Int64) throws -> [[UInt8]] {
        guard let data = contents("entries", index, of: size) else { throw AuditError.damagedBundle(index) }
        let bytes = [UInt8](data.bytes)
        var entries: [[UInt8]] = []
        var position = 0
        while position + 2 <= bytes.count {
            let end = position + 2 + Int(bytes[position]) << 8 + Int(bytes[position + 1])
            guard end <= bytes.count else { break }
            entries.append(Array(bytes[position + 2..<end]))
            position = end
        }
        let count = Int(min(Self.width, size - index * Self.width))
        guard position == bytes.count, entries.count == (data.isFull ? Int(Self.width) : count) else {
            throw AuditError.damagedBundle(index)
        }
        return Array(entries.prefix(count))
    }

    /// Root of the complete subtree with these leaf hashes.
    static func root(_ hashes: ArraySlice<[UInt8]>) -> [UInt8] {
        let sha = SHA256()
        var level = Array(hashes)
        while level.count > 1 {
            level = stride(from: 0, to: level.count, by: 2).map { MerkleTree.nodeHash(level[$0], level[$0 + 1], using: sha) }
        }
        return level[0]
    }

    // MARK: Publishing

    /// Brings the files up to date with a checkpoint.
    ///
    /// - Parameters:
    ///   - note: the checkpoint, signed.
    ///   - published: size of the checkpoint that is published already, 0 for none.
    ///   - entries: returns the entries from a number on, in order, up to the size of `checkpoint`, as they are kept; of those whose
    ///     bodies were removed no bundle is written.
    /// - Throws: ``AuditError/rootMismatch(size:)`` if the entries differ from those that were signed; the checkpoint published
    ///   before stays in place.
    public func publish(
        _ checkpoint: Checkpoint, note: String, after published: Int64,
        entries: (_ from: Int64, _ take: ([UInt8]) throws -> Void) throws -> Void
    ) throws {
        let size = checkpoint.size
        guard size > published else { return }
        var files = FileBatch()
        try files.makeFolder(folder.path)
        try publishEntries(from: published / Self.width * Self.width, to: size, entries, into: &files)
        var level = 1
        while size >> Int64(8 * level) > 0 {
            let (old, total) = (published >> Int64(8 * level), size >> Int64(8 * level))
            for index in old / Self.width...(total - 1) / Self.width where total > old {
                let first = index * Self.width
                // The hashes of the partial tile stay as they are.
                var hashes = old > first ? try tile(level, index, size: published) : []
                for child in first + Int64(hashes.count)..<min(first + Self.width, total) {
                    hashes.append(Self.root(try tile(level - 1, child, size: size)[...]))
                }
                try write(hashes.flatMap { $0 }, to: file(String(level), index, of: total), in: &files)
            }
            level += 1
        }
        guard try TreeProofs(source: reader(size: size)).root(size: size) == checkpoint.root else {
            throw AuditError.rootMismatch(size: size)
        }
        try files.flush()
        try write(Array(note.utf8), to: folder.appendingPathComponent("checkpoint"), in: &files)
        try files.flush()
        removePartialTiles(of: published, before: size)
    }

    private func publishEntries(
        from first: Int64, to size: Int64, _ entries: (Int64, ([UInt8]) throws -> Void) throws -> Void, into files: inout FileBatch
    ) throws {
        let sha = SHA256()
        var hashes: [UInt8] = []
        var bundle: [UInt8] = []
        var isWhole = true
        var next = first
        func flush() throws {
            let index = (next - 1) / Self.width
            if isWhole { try write(bundle, to: file("entries", index, of: next), in: &files) }
            isWhole = true
            try write(hashes, to: file("0", index, of: next), in: &files)
            bundle.removeAll(keepingCapacity: true)
            hashes.removeAll(keepingCapacity: true)
        }
        try entries(first) { entry in
            guard next < size else { return }
            guard entry.count <= Self.maximumEntry else { throw AuditError.malformedEntry(next) }
            if KeptEntry.isRemoved(entry) { isWhole = false }
            bundle.append(UInt8(entry.count >> 8))
            bundle.append(UInt8(entry.count & 0xFF))
            bundle += entry
            hashes += KeptEntry.leafHash(of: entry, using: sha)
            next += 1
            if next % Self.width == 0 { try flush() }
        }
        guard next == size else { throw AuditError.truncated(size: next, checkpoint: size) }
        if next % Self.width != 0 { try flush() }
    }

    /// Removes the bundles of entries before `end`, which must be a multiple of ``width``, whole ones and others; the tiles with their
    /// hashes stay. Safe to repeat after a run that was cut short.
    public func removeBundles(before end: Int64) throws {
        let bundles = folder.appendingPathComponent("tile/entries")
        for name in (FileManager.default.subpaths(atPath: bundles.path) ?? []) {
            // Of `x001/234`, `x001/234.p` and what is in the latter, the file, or the folder with its files.
            let parts = name.split(separator: "/")
            guard let last = parts.last, last.first?.isNumber == true, parts.dropLast().allSatisfy({ $0.hasPrefix("x") }) else { continue }
            let digits = parts.map { $0.filter(\.isNumber) }.joined()
            guard let index = Int64(digits), index < end / Self.width else { continue }
            try FileManager.default.removeItem(at: bundles.appendingPathComponent(name))
        }
    }

    /// Partial tiles that have been followed by a full tile. Until then, readers of an older checkpoint need them.
    private func removePartialTiles(of old: Int64, before size: Int64) {
        var level = 0
        while old >> Int64(8 * level) > 0 {
            let (before, after) = (old >> Int64(8 * level), size >> Int64(8 * level))
            let index = before / Self.width
            if before % Self.width != 0, after / Self.width > index {
                for kind in level == 0 ? ["0", "entries"] : [String(level)] {
                    let full = folder.appendingPathComponent(Self.path(kind, index, width: Self.width))
                    try? FileManager.default.removeItem(at: full.appendingPathExtension("p"))
                }
            }
            level += 1
        }
    }

    /// Everybody who may enter the folder may read the files: the log is meant to be shown.
    private func write(_ bytes: [UInt8], to file: URL, in files: inout FileBatch) throws {
        do {
            try files.replace(file.path, with: bytes, mode: 0o644)
        } catch {
            guard error.isMissing else { throw error }
            try files.makeFolder(file.deletingLastPathComponent().path)
            try files.replace(file.path, with: bytes, mode: 0o644)
        }
    }
}
