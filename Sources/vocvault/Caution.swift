import ArgumentParser
import StandardStreams
import VoCVault

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Options of commands that cannot be undone.
struct Caution: ParsableArguments {
    @Flag(help: "Show what would happen; change nothing.")
    var dryRun = false

    @Flag(help: "Skip the confirmation on a terminal.")
    var yes = false

    /// Whether to find out first what would be done.
    var looksFirst: Bool { dryRun || asks }

    /// Scripts are not asked: nobody is there to answer.
    private var asks: Bool { !yes && Self.isAttended }

    /// Whether somebody at a terminal can see the question and answer it.
    static var isAttended: Bool { isatty(STDIN_FILENO) == 1 && isErrorTerminal }

    /// Asks for the reason.
    func reason() throws -> String {
        showProgress("Reason, without personal data: ")
        guard let reason = try StandardInput.line(), reason.contains(where: { !$0.isWhitespace }) else { throw Declined() }
        return reason
    }

    /// Shows what would be done and, unless that was all that was requested, asks for confirmation.
    ///
    /// - Parameter answer: what to type to continue.
    /// - Returns: whether to continue.
    /// - Throws: ``Declined`` if something else was typed.
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

extension Caution {
    /// Performs what may need a confirmation, and asks for it on a terminal.
    ///
    /// - Parameters:
    ///   - yes: whether it was given beforehand.
    ///   - act: takes whether it is confirmed.
    static func confirming<T>(_ yes: Bool, _ act: (Bool) async throws -> T) async throws -> T {
        do {
            return try await act(yes)
        } catch VaultError.needsConfirmation(let why) where !yes && isAttended {
            printError(why)
            showProgress("Type yes to go on: ")
            guard try StandardInput.line()?.trimmingCharacters(in: .whitespaces) == "yes" else { throw Declined() }
            return try await act(true)
        }
    }
}

/// An action that cannot be undone was not confirmed.
struct Declined: Error, CustomStringConvertible {
    let description = "not confirmed; nothing was changed"
}
