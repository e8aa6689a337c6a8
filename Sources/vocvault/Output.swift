import StandardStreams

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A command's answer did not reach standard output, or not completely. The command's work is done nevertheless.
struct OutputError: Error, CustomStringConvertible {
    let failure: WriteFailure

    var description: String { "standard output cannot be written: \(failure.reason); the answer is lost, whole or in part" }
}

/// The only access to standard output. A command whose answer is lost fails.
enum StandardOutput {
    static func write(_ bytes: some Sequence<UInt8>) throws {
        do throws(WriteFailure) {
            try StandardStreams.write(Array(bytes), to: STDOUT_FILENO)
        } catch {
            throw OutputError(failure: error)
        }
    }

    /// Flushes the output to disk if standard output is a file; to be called before something shown only once is committed.
    static func flush() throws {
        do throws(WriteFailure) {
            try StandardStreams.flush(STDOUT_FILENO)
        } catch {
            throw OutputError(failure: error)
        }
    }

    /// Reports, at the end, errors that the system has held back so far.
    static func finish() throws {
        do throws(WriteFailure) {
            try StandardStreams.settle(STDOUT_FILENO)
        } catch {
            throw OutputError(failure: error)
        }
    }
}

/// Writes a line of the answer to standard output. Replaces Swift's own `print`, which ignores write errors.
func print(_ text: String, terminator: String = "\n") throws { try StandardOutput.write((text + terminator).utf8) }

/// Writes a line to standard error. Errors are ignored: there is nobody left to tell.
func printError(_ message: String) { showProgress(message + "\n") }

/// The same without a line end, for lines that are redrawn.
func showProgress(_ text: String) { try? StandardStreams.write(Array(text.utf8), to: STDERR_FILENO) }

/// Whether standard error is a terminal that can show progress.
var isErrorTerminal: Bool { isatty(STDERR_FILENO) == 1 }
