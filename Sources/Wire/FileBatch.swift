#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The only way in which files are replaced: written beside, flushed, renamed, and the folder flushed.
///
/// Whoever opens a file finds either the old or the new one, complete, whatever fails and whenever the power goes. Many files
/// cost one flush per folder: their names are durable once ``flush()`` has returned.
package struct FileBatch {
    private let calls: SystemCalls
    /// Folders in which names have changed since they were flushed, in the order of those changes.
    private var changed: [(folder: String, by: String)] = []

    package init(_ calls: SystemCalls = .system) { self.calls = calls }

    /// Replaces a file, or creates it. A link stays and leads to the new file.
    ///
    /// - Parameter mode: of the new file, less what the process's umask removes.
    package mutating func replace(_ path: String, with bytes: [UInt8], mode: UInt32 = 0o600) throws(FileFault) {
        let (calls, place) = (calls, Self.target(of: path))
        try put(bytes, at: place, mode, .write) { temporary throws(SystemCalls.Failure) in try calls.rename(temporary, place) }
    }

    /// Creates a file where there is none.
    ///
    /// - Throws: a ``FileFault`` with `EEXIST` if there is one; it stays as it is.
    package mutating func create(_ path: String, with bytes: [UInt8], mode: UInt32 = 0o600) throws(FileFault) {
        let calls = calls
        try put(bytes, at: path, mode, .create) { temporary throws(SystemCalls.Failure) in
            do throws(SystemCalls.Failure) {
                try calls.link(temporary, path)
            } catch {
                // File systems without hard links, such as those of USB sticks.
                guard [EPERM, ENOTSUP, ENOSYS].contains(error.code) else { throw error }
                if access(path, F_OK) == 0 { throw SystemCalls.Failure(EEXIST) }
                return try calls.rename(temporary, path)
            }
            try? calls.unlink(temporary)
        }
    }

    /// Renames a file or folder that has been flushed already.
    package mutating func rename(_ from: String, to path: String) throws(FileFault) {
        do {
            try calls.rename(from, path)
        } catch {
            throw FileFault(path, .write, error.code)
        }
        note(path)
    }

    /// Removes a file, or a folder with everything in it.
    package mutating func remove(_ path: String) throws(FileFault) {
        do {
            try calls.unlink(path)
        } catch {
            guard error.code == EISDIR else { throw FileFault(path, .remove, error.code) }
            for name in try FileReading.names(in: path) { try remove("\(path)/\(name)") }
            guard rmdir(path) == 0 else { throw FileFault(path, .remove, errno) }
            changed.removeAll { $0.folder == path }
        }
        note(path)
    }

    /// Creates a folder and those above it, where they are missing.
    package mutating func makeFolder(_ path: String, mode: UInt32 = 0o700) throws(FileFault) {
        while true {
            do {
                try calls.makeFolder(path, mode)
                return note(path)
            } catch {
                if error.code == EEXIST { return }
                guard error.code == ENOENT, Self.folder(of: path) != "." else { throw FileFault(path, .makeFolder, error.code) }
            }
            try makeFolder(Self.folder(of: path), mode: mode)
        }
    }

    /// Makes the names of all files durable that were put in place since the last call.
    package mutating func flush() throws(FileFault) {
        while let next = changed.first {
            do {
                try flushed(next.folder, O_RDONLY | O_DIRECTORY)
            } catch {
                throw FileFault(next.by, .flushFolder, error.code)
            }
            changed.removeFirst()
        }
    }

    /// Makes a file that others have written durable, with its name.
    package mutating func flush(_ path: String) throws(FileFault) {
        do {
            try flushed(path, O_RDONLY)
        } catch {
            throw FileFault(path, .write, error.code)
        }
        note(path)
        try flush()
    }

    private mutating func put(
        _ bytes: [UInt8], at path: String, _ mode: UInt32, _ step: FileFault.Step, _ settle: (String) throws(SystemCalls.Failure) -> Void
    ) throws(FileFault) {
        let (folder, name) = (Self.folder(of: path), Self.name(of: path))
        let temporary = (folder == "/" ? "" : folder) + "/.\(name)\(Self.mark)\(String(UInt64.random(in: .min ... .max), radix: 36))"
        do throws(SystemCalls.Failure) {
            let file = try calls.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
            do {
                try fill(file, bytes)
                try settle(temporary)
            } catch {
                try? calls.unlink(temporary)
                throw error
            }
        } catch {
            throw FileFault(path, step, error.code)
        }
        note(path)
    }

    fileprivate func fill(_ file: Int32, _ bytes: [UInt8]) throws(SystemCalls.Failure) {
        do {
            var done = 0
            while done < bytes.count { done += try calls.write(file, bytes, done) }
            try calls.flush(file)
        } catch {
            try? calls.close(file)
            throw error
        }
        try calls.close(file)
    }

    private func flushed(_ path: String, _ flags: Int32) throws(SystemCalls.Failure) {
        let file = try calls.open(path, flags | O_CLOEXEC, 0)
        do {
            try calls.flush(file)
        } catch {
            try? calls.close(file)
            // File systems that cannot flush folders, and those that are read-only.
            guard error.code == EINVAL || error.code == EROFS else { throw error }
            return
        }
        try calls.close(file)
    }

    private mutating func note(_ path: String) {
        let folder = Self.folder(of: path)
        if !changed.contains(where: { $0.folder == folder }) { changed.append((folder, path)) }
    }
}

extension FileBatch {
    /// Part of the names of files that are being written: `.NAME-new-…`.
    package static let mark = "-new-"

    /// Unfinished new files of `path`, left behind by processes that ended. Whoever holds the lock of `path` may remove them.
    package static func leftovers(of path: String) -> [String] {
        let place = target(of: path)
        let folder = folder(of: place)
        let names = (try? FileReading.names(in: folder)) ?? []
        return names.filter { $0.hasPrefix(".\(name(of: place))\(mark)") }.sorted().map { folder == "/" ? "/\($0)" : "\(folder)/\($0)" }
    }

    /// The folder that a file is in.
    static func folder(of path: String) -> String {
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func name(of path: String) -> Substring { path.split(separator: "/").last ?? "" }

    /// Where a link leads.
    private static func target(of path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}

/// Replaces single files durably.
package enum DurableFile {
    /// Replaces a file, or creates it.
    package static func replace(_ path: String, with bytes: [UInt8], mode: UInt32 = 0o600, by calls: SystemCalls = .system) throws(FileFault) {
        var batch = FileBatch(calls)
        try batch.replace(path, with: bytes, mode: mode)
        try batch.flush()
    }

    /// Creates a file where there is none.
    package static func create(_ path: String, with bytes: [UInt8], mode: UInt32 = 0o600, by calls: SystemCalls = .system) throws(FileFault) {
        var batch = FileBatch(calls)
        try batch.create(path, with: bytes, mode: mode)
        try batch.flush()
    }

    /// Creates a folder and those above it, where they are missing.
    package static func makeFolder(_ path: String, mode: UInt32 = 0o700, by calls: SystemCalls = .system) throws(FileFault) {
        var batch = FileBatch(calls)
        try batch.makeFolder(path, mode: mode)
        try batch.flush()
    }

    /// Writes `bytes` into a file from `offset` on, behind which nothing stays.
    package static func append(_ bytes: [UInt8], to path: String, at offset: Int, by calls: SystemCalls = .system) throws(FileFault) {
        guard truncate(path, off_t(offset)) == 0 else { throw FileFault(path, .write, errno) }
        do throws(SystemCalls.Failure) {
            let file = try calls.open(path, O_WRONLY | O_APPEND | O_CLOEXEC, 0)
            try FileBatch(calls).fill(file, bytes)
        } catch {
            throw FileFault(path, .write, error.code)
        }
    }

    /// Makes a file that others have written durable, with its name.
    package static func flush(_ path: String, by calls: SystemCalls = .system) throws(FileFault) {
        var batch = FileBatch(calls)
        try batch.flush(path)
    }
}
