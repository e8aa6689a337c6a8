#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Why bytes did not get out, as `errno` has it.
package struct WriteFailure: Error, Equatable, CustomStringConvertible {
    package var code: Int32

    package init(code: Int32) { self.code = code }

    /// Whoever read has gone, as `head` does when it has seen enough.
    package var isBrokenPipe: Bool { code == EPIPE }

    /// In words, such as `No space left on device`.
    package var reason: String { code == EBADF ? "it is closed" : String(cString: strerror(code)) }

    package var description: String { "the output cannot be written: \(reason)" }
}

/// Standard input, output and error as the system has them. `print` loses what cannot be written and `FileHandle` ends the
/// process for it; this says so.
package enum StandardStreams {
    /// Opens descriptors 0 to 2 where they are closed, so that no file of a vault gets one of them and is written over by a
    /// message. They stay as good as closed: input is open for writing only and output for reading only, so that using them fails.
    ///
    /// Call it first in `main`.
    package static func occupy() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
            // The lowest free descriptor is the one that `open` gives.
            guard open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) == descriptor else { exit(1) }
        }
    }

    /// Writes all of `bytes`, whatever interrupts it.
    package static func write(_ bytes: [UInt8], to descriptor: Int32) throws(WriteFailure) {
        let code = ignoringBrokenPipes { () -> Int32 in
            var start = 0
            while start < bytes.count {
                let count = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress! + start, bytes.count - start) }
                if count > 0 {
                    start += count
                } else if count == 0 {
                    return EIO
                } else if errno == EAGAIN {
                    // Whoever gave us the descriptor does not want to be blocked by it; we do.
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&waiting, 1, -1)
                } else if errno != EINTR {
                    return errno
                }
            }
            return 0
        }
        if code != 0 { throw WriteFailure(code: code) }
    }

    /// Waits until what was written to a file is on the disk; on a pipe or a terminal there is nothing to wait for.
    package static func flush(_ descriptor: Int32) throws(WriteFailure) {
        while fsync(descriptor) != 0 {
            switch errno {
            case EINTR: continue
            case EINVAL, EROFS, ENOTSUP: return
            default: throw WriteFailure(code: errno)
            }
        }
    }

    /// What a file system says only when a file is closed, as one behind a network does.
    package static func settle(_ descriptor: Int32) throws(WriteFailure) {
        let other = dup(descriptor)
        guard other >= 0 else { return }
        if close(other) != 0, errno != EINTR { throw WriteFailure(code: errno) }
    }

    /// Ends the process as a broken pipe does: by SIGPIPE, which a shell takes as no news.
    package static func endByBrokenPipe() -> Never {
        signal(SIGPIPE, SIG_DFL)
        raise(SIGPIPE)
        exit(128 + SIGPIPE)
    }

    /// Has a write to a pipe without a reader fail instead of ending the process, on this thread and meanwhile only: programs
    /// that are started from here inherit nothing of it.
    private static func ignoringBrokenPipes<R>(_ body: () -> R) -> R {
        var (pipe, before, pending) = (sigset_t(), sigset_t(), sigset_t())
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &pipe, &before)
        defer {
            sigpending(&pending)
            if sigismember(&pending, SIGPIPE) == 1 {
                var now = timespec()
                _ = sigtimedwait(&pipe, nil, &now)
            }
            pthread_sigmask(SIG_SETMASK, &before, nil)
        }
        return body()
    }
}

#if canImport(Glibc)
private let systemWrite = Glibc.write
#elseif canImport(Musl)
private let systemWrite = Musl.write
#endif
