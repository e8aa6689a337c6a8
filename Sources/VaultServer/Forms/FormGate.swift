import Policy
import Sealing
import Synchronization

/// Keeps forms from being abused, in memory alone: what it knows of visitors are ranges of addresses, and hashes of what they sent.
final class FormGate: Sendable {
    private struct State {
        /// By form, kind of request and rate.
        var rates: [String: RateLimiter] = [:]
        /// When something was sent, by its hash.
        var sent: [[UInt8]: ContinuousClock.Instant] = [:]
        /// The day on which a form has taken all that it takes.
        var closed: [String: String] = [:]
    }

    private let state = Mutex(State())
    /// What comes twice within it came once: a button that was pressed again, a page that was loaded again.
    private static let repetition: Duration = .seconds(600)
    /// How many hashes are remembered. More than that in ten minutes is no people's doing.
    private static let capacity = 10_000

    /// - Returns: nil, or in how many seconds it may be tried again.
    func take(_ form: FormPolicy, _ kind: String, from client: String) -> Int? {
        let rate = state.withLock { state in
            let key = "\(form.name) \(kind) \(form.perAddress)"
            if let known = state.rates[key] { return known }
            let rate = RateLimiter(burst: form.perAddress, perSecond: Double(form.perAddress) / 3600)
            state.rates[key] = rate
            return rate
        }
        return rate.take(Self.range(of: client))
    }

    /// Notes that something is about to be stored.
    ///
    /// - Returns: false: the same was sent a moment ago.
    func begin(_ hash: [UInt8], now: ContinuousClock.Instant = .now) -> Bool {
        state.withLock { state in
            if state.sent.count >= Self.capacity { state.sent = state.sent.filter { now - $0.value < Self.repetition } }
            if let time = state.sent[hash], now - time < Self.repetition { return false }
            // Too many to remember: then nothing more is taken for a while.
            guard state.sent.count < Self.capacity else { return false }
            state.sent[hash] = now
            return true
        }
    }

    /// It was not stored after all.
    func forget(_ hash: [UInt8]) { state.withLock { $0.sent[hash] = nil } }

    func close(_ form: FormPolicy, on day: String) { state.withLock { $0.closed[form.name] = "\(day) \(form.perDay)" } }

    /// Whether a form has taken all that it takes in a day.
    func isClosed(_ form: FormPolicy, on day: String) -> Bool { state.withLock { $0.closed[form.name] == "\(day) \(form.perDay)" } }

    /// What of a form's answers makes them the same.
    static func hash(_ form: FormPolicy, _ typed: [String: String]) -> [UInt8] {
        SHA256.hash(Array(([form.name] + typed.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }).map { "\($0.utf8.count) \($0)" }.joined(separator: "\n").utf8))
    }

    /// The neighbours that an address shares a rate with: a /24 of IPv4, a /48 of IPv6, which one subscriber may have whole.
    static func range(of address: String) -> String {
        let mapped = address.lowercased().hasPrefix("::ffff:") && address.contains(".") ? String(address.dropFirst(7)) : address
        let bytes = mapped.split(separator: ".", omittingEmptySubsequences: false)
        if bytes.count == 4, bytes.allSatisfy({ UInt8($0) != nil }) { return bytes.prefix(3).joined(separator: ".") }
        guard mapped.contains(":") else { return mapped }
        // What stands before "::" and is not written is zero.
        let head = mapped.split(separator: "%")[0].split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false).prefix(3)
        let groups = head.prefix { !$0.isEmpty }.map { String(UInt16($0, radix: 16) ?? 0, radix: 16) }
        return (groups + Array(repeating: "0", count: 3 - groups.count)).joined(separator: ":")
    }
}
