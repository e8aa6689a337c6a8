/// Kinds of blocking work. Each kind has its own threads, so that none waits behind another.
enum Work: CaseIterable, Sendable {
    /// Milliseconds: look-ups, reveals, pages, cases.
    case short
    /// Customers' rights, for which the law sets deadlines: erasure, correction, copies, retention. It may take seconds, and no
    /// analysis delays it.
    case rights
    /// Seconds or minutes: figures, searches in texts, exports, the whole audit log, reports, examinations.
    case long
    /// Sign-in that waits for another server.
    case signIn
    /// Checking whether the vault can serve.
    case look

    var name: String { "\(self)" }

    /// - Parameter cores: number of the machine's cores.
    func limits(cores: Int) -> WorkPool.Limits {
        switch self {
        case .short:
            // Several wait for the disk together and share its flush. With 2 cores and 64 connections, pages of 100 rows were
            // served at 1,740 a second by 4 threads, 1,600 by 8 and 1,150 by 32.
            let threads = max(4, cores * 2)
            return .init(threads: threads, threadsEach: threads, waiting: 512, waitingEach: 256, patience: .seconds(10))
        case .rights: return .init(threads: 2, threadsEach: 1, waiting: 64, waitingEach: 32, patience: .seconds(60))
        case .long:
            // One more than a single principal may use, so that the next principal does not wait for work that takes minutes.
            let threads = max(3, cores)
            return .init(threads: threads, threadsEach: threads - 1, waiting: 64, waitingEach: 32, patience: .seconds(60))
        case .signIn: return .init(threads: 2, threadsEach: 2, waiting: 256, waitingEach: 256, patience: .seconds(10))
        case .look: return .init(threads: 1, threadsEach: 1, waiting: 8, waitingEach: 8, patience: .seconds(10))
        }
    }
}
