/// What kind of blocking work a request asks for: each kind has threads of its own, so that none waits behind another.
enum Work: CaseIterable, Sendable {
    /// Milliseconds: look-ups, reveals, pages, cases.
    case short
    /// What customers have a right to, and the law a deadline for: erasure, correction, copies, retention. It may take
    /// seconds, and no analysis holds it up.
    case rights
    /// Seconds or minutes: figures, searches in texts, exports, the audit log as a whole, reports, examinations.
    case long
    /// Signing in where that waits for a server.
    case signIn
    /// Looking whether the vault can serve.
    case look

    var name: String { "\(self)" }

    /// - Parameter cores: of the machine.
    func limits(cores: Int) -> WorkPool.Limits {
        switch self {
        case .short:
            // Some wait for the disk together and share its flush. On 2 cores and 64 connections, pages of 100 rows came at
            // 1,740 a second with 4 threads, 1,600 with 8, 1,150 with 32.
            let threads = max(4, cores * 2)
            return .init(threads: threads, threadsEach: threads, waiting: 512, waitingEach: 256, patience: .seconds(10))
        case .rights: return .init(threads: 2, threadsEach: 1, waiting: 64, waitingEach: 32, patience: .seconds(60))
        case .long:
            // One more than a principal may have: the next to ask waits for none of what takes minutes.
            let threads = max(3, cores)
            return .init(threads: threads, threadsEach: threads - 1, waiting: 64, waitingEach: 32, patience: .seconds(60))
        case .signIn: return .init(threads: 2, threadsEach: 2, waiting: 256, waitingEach: 256, patience: .seconds(10))
        case .look: return .init(threads: 1, threadsEach: 1, waiting: 8, waitingEach: 8, patience: .seconds(10))
        }
    }
}
