import COpenSSL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Keeps this process's secrets out of core files and away from other processes' ptrace.
public enum ProcessHardening {
    /// Sets `PR_SET_DUMPABLE` and `RLIMIT_CORE` to 0 and the file creation mask to 077, makes a crash end the process without
    /// output, and returns freed memory, which may have held customers' words, to the system. Call it first in `main`.
    public static func apply() {
        #if os(Linux)
        _ = voc_forbid_dumps()
        #endif
        #if canImport(Glibc)
        // A fixed threshold also keeps glibc from raising the size up to which freed buffers stay in a thread's heap.
        _ = voc_return_freed_memory()
        #endif
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        _ = setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        _ = umask(0o077)
        // Swift's backtracer prints what registers point to, and a crash must not put a customer's words into a log.
        for crash in [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSEGV, SIGTRAP] { signal(crash, SIG_DFL) }
    }
}
