#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The system calls that change files, as a value, so that tests can observe their order and let each one fail.
package struct SystemCalls: Sendable {
    /// Why a call failed: an `errno`.
    package struct Failure: Error, Equatable {
        package var code: Int32

        package init(_ code: Int32) { self.code = code }
    }

    /// Opens a file with flags and a mode; returns its descriptor.
    package var open: @Sendable (_ path: String, _ flags: Int32, _ mode: UInt32) throws(Failure) -> Int32
    /// Writes bytes from an offset on; returns how many were written.
    package var write: @Sendable (_ file: Int32, _ bytes: [UInt8], _ start: Int) throws(Failure) -> Int
    package var flush: @Sendable (_ file: Int32) throws(Failure) -> Void
    package var close: @Sendable (_ file: Int32) throws(Failure) -> Void
    package var rename: @Sendable (_ from: String, _ to: String) throws(Failure) -> Void
    /// Gives a file a second name, which must not be in use.
    package var link: @Sendable (_ from: String, _ to: String) throws(Failure) -> Void
    package var unlink: @Sendable (_ path: String) throws(Failure) -> Void
    package var makeFolder: @Sendable (_ path: String, _ mode: UInt32) throws(Failure) -> Void

    package static let system = SystemCalls(
        open: openFile, write: writeFile, flush: flushFile, close: closeFile, rename: renameFile, link: linkFile, unlink: unlinkFile,
        makeFolder: makeFolderAt)
}

// Functions of this file: the members above hide the system's.

/// Repeats a call that a signal interrupted.
private func result(_ call: () -> Int) throws(SystemCalls.Failure) -> Int {
    while true {
        let value = call()
        if value >= 0 { return value }
        if errno != EINTR { throw SystemCalls.Failure(errno) }
    }
}

@Sendable private func openFile(_ path: String, _ flags: Int32, _ mode: UInt32) throws(SystemCalls.Failure) -> Int32 {
    Int32(try result { Int(open(path, flags, mode_t(mode))) })
}

@Sendable private func writeFile(_ file: Int32, _ bytes: [UInt8], _ start: Int) throws(SystemCalls.Failure) -> Int {
    try result { bytes.withUnsafeBytes { write(file, $0.baseAddress! + start, bytes.count - start) } }
}

@Sendable private func flushFile(_ file: Int32) throws(SystemCalls.Failure) { _ = try result { Int(fsync(file)) } }

@Sendable private func closeFile(_ file: Int32) throws(SystemCalls.Failure) {
    // The descriptor is gone even if the call was interrupted, and must not be closed twice.
    if close(file) != 0, errno != EINTR { throw SystemCalls.Failure(errno) }
}

@Sendable private func renameFile(_ from: String, _ to: String) throws(SystemCalls.Failure) { _ = try result { Int(rename(from, to)) } }

@Sendable private func linkFile(_ from: String, _ to: String) throws(SystemCalls.Failure) { _ = try result { Int(link(from, to)) } }

@Sendable private func unlinkFile(_ path: String) throws(SystemCalls.Failure) { _ = try result { Int(unlink(path)) } }

@Sendable private func makeFolderAt(_ path: String, _ mode: UInt32) throws(SystemCalls.Failure) { _ = try result { Int(mkdir(path, mode_t(mode))) } }
