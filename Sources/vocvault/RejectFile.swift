import Foundation
import StandardStreams
import VoCVault
import Wire

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Collects the numbers of rejected lines, and why they were.
final class RejectFile {
    private let path: String
    private let descriptor: Int32

    init(path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw VaultError.invalid("\(FileFault(path, .write, errno))") }
    }

    deinit { close(descriptor) }

    func write(_ reject: Reject) throws {
        var (line, members) = ([UInt8](), JSON.Object())
        members.add("line", .integer(Int64(reject.line)), to: &line)
        if reject.lines > 1 { members.add("last_line", .integer(Int64(reject.line + reject.lines - 1)), to: &line) }
        members.add("reason", reject.reason, to: &line)
        members.end(&line)
        line.append(0x0A)
        do throws(WriteFailure) {
            try StandardStreams.write(line, to: descriptor)
        } catch {
            throw FileError(path: path, failure: error)
        }
    }
}

/// Collects rejected lines as they came, so that they can be mended and ingested again. Nobody else may read it, and it takes the place of nothing.
final class KeptFile {
    private let path: String
    private let descriptor: Int32
    private var (kept, tooLong) = (0, 0)

    init(path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw VaultError.invalid(errno == EEXIST ? "\(path) is there already: give a new file for rejected lines" : "\(FileFault(path, .write, errno))")
        }
    }

    deinit {
        if kept == 0 { unlink(path) }
        close(descriptor)
    }

    func write(_ reject: Reject) throws {
        guard let lines = reject.kept, let content = lines.content else { return tooLong += 1 }
        do throws(WriteFailure) {
            try StandardStreams.write(kept == 0 ? lines.heading + content : content, to: descriptor)
        } catch {
            throw FileError(path: path, failure: error)
        }
        kept += 1
    }

    /// What to say at the end.
    func end() -> String {
        guard kept + tooLong > 0 else { return "nothing was rejected: \(path) is not needed" }
        let rest = tooLong > 0 ? "; \(tooLong) are too long to be kept" : ""
        return "rejected records in \(path): \(kept)\(rest). Mend them, ingest the file under the same source, and delete it"
    }
}
