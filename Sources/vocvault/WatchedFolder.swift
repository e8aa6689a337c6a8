import Foundation
import VoCVault
import Wire

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A folder that files are handed over in: `FOLDER/SOURCE/FILE`.
///
/// A file is handed over by renaming it into place. Whoever takes one renames it into `.taken` and keeps it locked (flock(2)); it leaves for `done` or
/// `failed` only once what became of it is durable. What stands in `.taken` and nobody has locked was left by a process that did not live, and is taken
/// again: records that are stored are not stored twice.
struct WatchedFolder {
    /// A file that nobody else works on, until it is released.
    final class Taken {
        let source: String
        /// In `.taken`.
        let path: String
        let name: String
        let handle: FileHandle

        fileprivate init(source: String, path: String, name: String, descriptor: Int32) {
            (self.source, self.path, self.name) = (source, path, name)
            handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        }

        /// The folder of its source.
        fileprivate var folder: String { String(path.prefix(path.count - path.split(separator: "/").suffix(2).reduce(0) { $0 + $1.count + 1 })) }
    }

    let path: String
    /// The source of files that stand in the folder itself; nil: those are left alone.
    let source: String?

    private static let taken = ".taken"
    private static let most = 32
    private static let (done, failed) = ("done", "failed")

    /// Files to be worked on, those first that somebody has left behind; only some, if there are many: each is open until it is done.
    func take() throws -> [Taken] {
        var found: [Taken] = []
        for (source, folder) in try folders() {
            let working = "\(folder)/\(Self.taken)"
            for mark in (try? FileReading.names(in: working)) ?? [] {
                if found.count >= Self.most { return found }
                if let taken = lock("\(working)/\(mark)", source) { found.append(taken) }
            }
            for name in try FileReading.names(in: folder).sorted() where Self.isHandedOver(name) {
                if found.count >= Self.most { return found }
                if let taken = try claim("\(folder)/\(name)", name, source, working) { found.append(taken) }
            }
        }
        return found
    }

    private func folders() throws -> [(String, String)] {
        let names = try FileReading.names(in: path).sorted().filter { !$0.hasPrefix(".") && $0 != Self.done && $0 != Self.failed }
        return (source.map { [($0, path)] } ?? []) + names.map { ($0, "\(path)/\($0)") }.filter { Self.isFolder($0.1) }
    }

    /// Names that files have while they are written, and those of folders, are no hand-over.
    private static func isHandedOver(_ name: String) -> Bool { !name.hasPrefix(".") && ![".part", ".tmp", "~"].contains { name.hasSuffix($0) } }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private func claim(_ path: String, _ name: String, _ source: String, _ working: String) throws(FileFault) -> Taken? {
        guard let descriptor = Self.locked(path) else { return nil }
        var files = FileBatch()
        do throws(FileFault) {
            try files.makeFolder(working)
            // Nobody else has the name: two files of one name may be on their way.
            let place = "\(working)/\(String(UInt64.random(in: .min ... .max), radix: 36))-\(name)"
            try files.rename(path, to: place)
            try files.flush()
            close(descriptor)
            // Whoever hands over may have put another file in its place meanwhile: whatever stands there now is what was taken.
            return lock(place, source)
        } catch {
            close(descriptor)
            // Another process was faster.
            if error.code == ENOENT { return nil }
            throw error
        }
    }

    /// - Parameter path: in `.taken`, where names begin with a mark and a hyphen.
    private func lock(_ path: String, _ source: String) -> Taken? {
        guard let hyphen = path[(path.lastIndex(of: "/") ?? path.startIndex)...].firstIndex(of: "-") else { return nil }
        let name = String(path[path.index(after: hyphen)...])
        return Self.locked(path).map { Taken(source: source, path: path, name: name, descriptor: $0) }
    }

    /// A regular file that stands there and that nobody else has locked.
    private static func locked(_ path: String) -> Int32? {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var (opened, standing) = (stat(), stat())
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &opened) == 0, opened.st_mode & S_IFMT == S_IFREG, lstat(path, &standing) == 0,
            opened.st_ino == standing.st_ino, opened.st_dev == standing.st_dev
        else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    // MARK: What became of a file

    /// - Parameters:
    ///   - receipts: what became of its lines, as JSON lines.
    ///   - isKept: whether the file itself stays, in `done`.
    func settle(_ taken: Taken, receipts: [UInt8], isKept: Bool) throws(FileFault) {
        let place = try put(receipts, "\(taken.folder)/\(Self.done)", taken.name, ".receipts.jsonl")
        var files = FileBatch()
        if isKept { try files.rename(taken.path, to: place) } else { try files.remove(taken.path) }
        try files.flush()
    }

    /// - Parameter reason: why it cannot be read, without anything of its content.
    func fail(_ taken: Taken, reason: String) throws(FileFault) {
        let place = try put(Array("\(reason)\n".utf8), "\(taken.folder)/\(Self.failed)", taken.name, ".reason.txt")
        var files = FileBatch()
        try files.rename(taken.path, to: place)
        try files.flush()
    }

    /// Keeps rejected records beside files that could not be read, to be mended and handed over again.
    func keep(_ rejected: RejectedRecords, of taken: Taken) throws(FileFault) {
        let stem = taken.name.prefix { $0 != "." }
        _ = try put(rejected.heading + rejected.lines, "\(taken.folder)/\(Self.failed)", "\(stem).rejected", rejected.heading.isEmpty ? ".jsonl" : ".csv")
    }

    /// Writes a file under a name that was free: `NAME` and an ending, `NAME-2` and the ending …
    ///
    /// - Returns: the name without the ending, which then is whoever's who wrote the file.
    private func put(_ bytes: [UInt8], _ folder: String, _ name: String, _ ending: String) throws(FileFault) -> String {
        var files = FileBatch()
        try files.makeFolder(folder)
        var number = 1
        while true {
            let place = "\(folder)/\(number == 1 ? name : Self.numbered(name, number))"
            do {
                try files.create(place + ending, with: bytes)
                try files.flush()
                return place
            } catch {
                guard error.code == EEXIST else { throw error }
                number += 1
            }
        }
    }

    /// `feed.csv` becomes `feed-2.csv`.
    private static func numbered(_ name: String, _ number: Int) -> String {
        let end = name.lastIndex(of: ".") ?? name.endIndex
        return "\(name[..<end])-\(number)\(name[end...])"
    }
}

/// Rejected records of a file, with what they need to be read again.
struct RejectedRecords {
    private(set) var (heading, lines): ([UInt8], [UInt8]) = ([], [])
    private(set) var count = 0

    /// Beyond so many bytes, rejects have their lines' numbers alone.
    private static let limit = 64 << 20

    mutating func add(_ reject: Reject) {
        guard let kept = reject.kept, let content = kept.content, lines.count + content.count <= Self.limit else { return }
        heading = kept.heading
        lines += content
        count += 1
    }
}
