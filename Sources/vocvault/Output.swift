import StandardStreams
import Wire

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

    /// Writes a value as it is, with the end of its line, for the program that reads it; a person at a terminal sees what is
    /// hidden in it by name.
    static func write(value: String) throws { try write(((isatty(STDOUT_FILENO) == 1 ? VisibleText.lines(value) : value) + "\n").utf8) }

    /// Has what was written be on the disk where standard output is a file: before something is committed that is shown once.
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

/// Writes a line of the answer, for people, to standard output: nothing that it quotes acts on their terminal. Takes the place
/// of Swift's own `print`, which loses what cannot be written.
func print(_ text: String) throws { try StandardOutput.write((VisibleText.lines(text) + "\n").utf8) }

/// Writes a line to standard error, as `print` does. That it cannot be written changes nothing: there is nobody left to tell.
func printError(_ message: String) { showProgress(VisibleText.lines(message) + "\n") }

/// The same without a line end, for lines that are redrawn.
func showProgress(_ text: String) { try? StandardStreams.write(Array(text.utf8), to: STDERR_FILENO) }

/// Whether standard error is a terminal that can show progress.
var isErrorTerminal: Bool { isatty(STDERR_FILENO) == 1 }
