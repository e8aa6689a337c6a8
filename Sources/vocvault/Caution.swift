import ArgumentParser
import StandardStreams

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Options of commands whose work cannot be undone.
struct Caution: ParsableArguments {
    @Flag(help: "Show what would happen; change nothing.")
    var dryRun = false

    @Flag(help: "Skip the confirmation on a terminal.")
    var yes = false

    /// Whether what would be done has to be found out first.
    var looksFirst: Bool { dryRun || asks }

    /// Scripts are not asked: where they run, nobody is there to answer.
    private var asks: Bool { !yes && Self.isAttended }

    /// Whether somebody sits at a terminal, who sees what is asked and can answer it.
    static var isAttended: Bool { isatty(STDIN_FILENO) == 1 && isErrorTerminal }

    /// Asks why.
    func reason() throws -> String {
        showProgress("Reason, without personal data: ")
        guard let reason = try StandardInput.line(), reason.contains(where: { !$0.isWhitespace }) else { throw Declined() }
        return reason
    }

    /// Shows what would be done; asks, unless that was all that was wanted.
    ///
    /// - Parameter answer: what has to be typed to go on.
    /// - Returns: whether to go on.
    /// - Throws: ``Declined`` when something else was typed.
    func goesOn(_ lines: [String], typing answer: String) throws -> Bool {
        if dryRun {
            for line in lines { try print(line) }
            return false
        }
        guard asks else { return true }
        for line in lines { printError(line) }
        showProgress("This cannot be undone. Type \(answer) to go on: ")
        guard try StandardInput.line()?.trimmingCharacters(in: .whitespaces) == answer else { throw Declined() }
        return true
    }
}

/// What cannot be undone was not confirmed.
struct Declined: Error, CustomStringConvertible {
    let description = "not confirmed; nothing was changed"
}
