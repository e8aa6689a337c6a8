import Foundation
import StandardStreams
import VoCVault

/// Progress of a backup, a check, a restore or a measurement: one line, redrawn on a terminal; nothing elsewhere.
final class StatusLine {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var shown = ""

    deinit { clear() }

    func show(_ progress: BackupProgress) {
        // Why it waits is of interest on a terminal and elsewhere.
        if case .waiting(let folder) = progress { return printError("waiting: another backup, restore or check is at work in \(folder)") }
        show(text(progress))
    }

    /// Steps of something that has no parts with names.
    func show(done: Int, of all: Int) {
        guard all > 0 else { return }
        show("\(100 * done / all) %")
    }

    private func show(_ text: String) {
        guard isTerminal else { return }
        guard text != shown else { return }
        shown = text
        try? StandardStreams.write(Array("\r\u{1B}[K\(text)".utf8), to: STDERR_FILENO)
    }

    func clear() {
        guard isTerminal, !shown.isEmpty else { return }
        shown = ""
        try? StandardStreams.write(Array("\r\u{1B}[K".utf8), to: STDERR_FILENO)
    }

    private func text(_ progress: BackupProgress) -> String {
        func share(_ done: Int, _ all: Int) -> String { all == 0 ? "" : " \(100 * done / all) %" }
        return switch progress {
        case .waiting: ""
        case .copying(let done, let all): "copying the data\(share(done, all))"
        case .copyingRows(let rows): "copying the data: \(rows) rows"
        case .storing(let done, let all): "storing chunks\(share(done, all))"
        case .assembling(let done, let all): "assembling the snapshot\(share(done, all))"
        case .checking(let what): "checking \(what)"
        }
    }
}
