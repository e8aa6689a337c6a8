import NIOPosix
import Synchronization

/// Threads for one kind of blocking work.
///
/// Principals with much work wait only for themselves: principals take turns, none has more than its share of the threads or of
/// the waiting places, and work that has waited too long is refused before it is begun.
final class WorkPool: Sendable {
    struct Limits: Sendable {
        var threads: Int
        /// Threads that one principal may use at the same time.
        var threadsEach: Int
        /// How many pieces of work may wait for a thread: in total, and of one principal.
        var waiting: Int
        var waitingEach: Int
        /// How long a piece of work may wait.
        var patience: Duration
    }

    /// What `/metrics` shows of the pool.
    struct Measures: Sendable {
        var running = 0
        var waiting = 0
        /// Refused since the start: because too many waited, and because they had waited too long.
        var refused = 0
        var expired = 0
    }

    private struct State {
        var queue = FairQueue<WorkJob>()
        /// By principal.
        var running: [String: [WorkJob]] = [:]
        /// Threads that are running or looking for work.
        var threads = 0
        var isWatched = false
        var isClosed = false
        var measures = Measures()
    }

    private let limits: Limits
    private let threads: NIOThreadPool
    private let state = Mutex(State())

    init(_ limits: Limits) {
        self.limits = limits
        threads = NIOThreadPool(numberOfThreads: limits.threads)
        threads.start()
    }

    deinit { threads.shutdownGracefully { _ in } }

    var measures: Measures {
        state.withLock { state in
            var measures = state.measures
            measures.waiting = state.queue.count
            measures.running = state.running.values.reduce(0) { $0 + $1.count }
            return measures
        }
    }

    /// Runs `body` on a thread when it is the principal's turn.
    ///
    /// - Parameter isContinued: whether it continues an answer that the client is already receiving; such work is not refused.
    /// - Throws: ``Problem/busy`` or a similar problem, and what `body` throws.
    func run<R: Sendable>(for principal: String, isContinued: Bool = false, _ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            let answer = Answer(continuation)
            add(
                WorkJob(
                    latest: isContinued ? nil : .now + limits.patience, run: { answer.give(Result(catching: body)) },
                    refuse: { answer.give(.failure($0)) }), of: principal)
        }
    }

    private enum Admission {
        case refused(Problem)
        case waits(startsThread: Bool, startsWatch: Bool)
    }

    private func add(_ job: WorkJob, of principal: String) {
        let admission = state.withLock { state -> Admission in
            if state.isClosed { return .refused(.ending) }
            let isFull = state.queue.count >= limits.waiting || state.queue.count(of: principal) >= limits.waitingEach
            if isFull, job.latest != nil {
                state.measures.refused += 1
                return .refused(.crowded)
            }
            state.queue.append(job, of: principal)
            let startsThread = state.threads < limits.threads
            if startsThread { state.threads += 1 }
            let startsWatch = !state.isWatched
            if startsWatch { state.isWatched = true }
            return .waits(startsThread: startsThread, startsWatch: startsWatch)
        }
        switch admission {
        case .refused(let problem): job.refuse(problem)
        case .waits(let startsThread, let startsWatch):
            if startsThread { threads.submit { [self] _ in work() } }
            if startsWatch { Task { await watch() } }
        }
    }

    /// The loop of one thread.
    private func work() {
        while let (principal, job) = next() {
            job.run()
            state.withLock { state in
                state.running[principal]?.removeAll { $0 === job }
                if state.running[principal]?.isEmpty == true { state.running[principal] = nil }
            }
        }
    }

    private func next() -> (principal: String, job: WorkJob)? {
        var startsWatch = false
        let (found, late) = state.withLock { state -> ((String, WorkJob)?, [WorkJob]) in
            let late = Self.removeLate(&state)
            guard let (name, job) = state.queue.next(where: { state.running[$0]?.count ?? 0 < limits.threadsEach }) else {
                state.threads -= 1
                // The remaining work belongs to principals who already have their share.
                startsWatch = state.queue.count > 0 && !state.isWatched
                if startsWatch { state.isWatched = true }
                return (nil, late)
            }
            state.running[name, default: []].append(job)
            return ((name, job), late)
        }
        for job in late { job.refuse(.waitedTooLong) }
        if startsWatch { Task { await watch() } }
        return found
    }

    private static func removeLate(_ state: inout State) -> [WorkJob] {
        guard state.isWatched else { return [] }
        let now = ContinuousClock.now
        let late = state.queue.removeAll { $0.latest.map { $0 < now } ?? false }
        state.measures.expired += late.count
        return late
    }

    /// Refuses work that has waited too long, even if no thread becomes free meanwhile; ends when nothing is waiting.
    ///
    /// Signals again if work waits although a thread is free: before glibc 2.41, a condition variable can lose its signal
    /// (sourceware.org bug 25847), and the thread would sleep on.
    private func watch() async {
        while true {
            try? await Task.sleep(for: min(.milliseconds(500), limits.patience))
            let (late, callsAgain, isOver) = state.withLock { state -> ([WorkJob], Bool, Bool) in
                let late = Self.removeLate(&state)
                let running = state.running.values.reduce(0) { $0 + $1.count }
                let callsAgain = running < limits.threads && state.queue.hasNext { state.running[$0]?.count ?? 0 < limits.threadsEach }
                if callsAgain { state.threads += 1 }
                if state.queue.count == 0 { state.isWatched = false }
                return (late, callsAgain, !state.isWatched)
            }
            for job in late { job.refuse(.waitedTooLong) }
            if callsAgain { threads.submit { [self] _ in work() } }
            if isOver { return }
        }
    }

    /// Refuses waiting work, and answers for running work without waiting for it: nobody will use its result.
    ///
    /// - Returns: how many pieces of work are still running.
    func abandon() -> Int {
        let (waiting, running) = state.withLock { state in
            state.isClosed = true
            return (state.queue.removeAll { _ in true }, state.running.values.flatMap { $0 })
        }
        for job in waiting + running { job.refuse(.ending) }
        return running.count
    }
}

/// A piece of work.
private final class WorkJob: Sendable {
    /// When it must have begun; nil: any time.
    let latest: ContinuousClock.Instant?
    let run: @Sendable () -> Void
    let refuse: @Sendable (Problem) -> Void

    init(latest: ContinuousClock.Instant?, run: @escaping @Sendable () -> Void, refuse: @escaping @Sendable (Problem) -> Void) {
        (self.latest, self.run, self.refuse) = (latest, run, refuse)
    }
}

/// Resumes the waiting caller once, with the result or with the reason why there will be none.
final class Answer<R: Sendable>: Sendable {
    private let waiting: Mutex<CheckedContinuation<R, any Error>?>

    init(_ continuation: CheckedContinuation<R, any Error>) { waiting = Mutex(continuation) }

    func give(_ result: Result<R, any Error>) {
        waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }?.resume(with: result)
    }
}
