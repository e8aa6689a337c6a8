import Foundation
import Policy
import Synchronization

/// The clock that the vault uses: the machine's, as long as nothing speaks against it.
///
/// It is compared with the machine's uptime, which no setting of the clock changes, and with a time source, if the policy names
/// one. Without a time source, nothing vouches for a clock across a restart: then the vault trusts it only for as long as it may
/// have been idle.
final class VaultClock: Sendable {
    enum Standing: Sendable, Equatable {
        /// Nothing speaks against the machine's clock.
        case sound
        /// According to the machine's uptime or the time source, it is another time.
        case wrong(Witness, actual: Int64)
        /// The vault last saw this time. Since then the clock has gone forward by more than the vault may have been idle, or
        /// back.
        case unwitnessed(since: Int64)
    }

    enum Witness: Sendable { case uptime, source }

    /// All in milliseconds since 1970.
    struct Reading: Sendable {
        /// What the machine's clock says.
        var machine: Int64
        var standing: Standing
        /// The time, as far as it is known.
        var time: Int64
        /// It is at least this late: what has ended by then may be forgotten.
        var certain: Int64
        /// How far the machine's clock is ahead of its uptime; nil across a restart.
        var off: Int64?

        /// What the machine's clock says, if it is not trusted.
        var doubted: Int64? { machine == time ? nil : machine }
    }

    private struct State {
        var mark: ClockMark
        var looked = ContinuousClock.now
    }

    private let machine: @Sendable () -> Int64
    private let uptime: @Sendable () -> Uptime?
    private let file: String
    private let state: Mutex<State>
    /// How old a mark may become before it is replaced: it says when the vault was last used.
    private static let renewal: Int64 = 86_400_000
    /// How often to look for another process's confirmation.
    private static let pause = Duration.seconds(1)

    /// - Parameters:
    ///   - clock: the machine's; nil: the system's.
    ///   - uptime: nil: the system's, or unknown if the clock is not the system's.
    ///   - lastEntry: when the log's last entry happened; nil for a vault that is being created.
    init(
        home: String, _ clock: (@Sendable () -> Int64)?, _ uptime: (@Sendable () -> Uptime?)?, lastEntry: () throws -> Int64?
    ) rethrows {
        machine = clock ?? Vault.systemClock
        let unknown: @Sendable () -> Uptime? = { nil }
        self.uptime = uptime ?? (clock == nil ? Uptime.system : unknown)
        file = "\(home)/\(ClockMark.fileName)"
        let kept = ClockMark(contentsOf: file)
        let mark = try kept ?? lastEntry().map { ClockMark(origin: .log, time: $0) } ?? ClockMark(at: self.uptime(), time: machine())
        state = Mutex(State(mark: mark))
        // So that the clock is not compared with entries that were written under a wrong clock.
        if kept == nil { try? mark.write(to: file) }
    }

    func reading(_ policy: ClockPolicy) -> Reading {
        let (machine, uptime) = (machine(), uptime())
        return state.withLock { state in
            var standing = Self.standing(of: machine, uptime, against: state.mark, policy)
            if standing != .sound, state.looked.duration(to: .now) >= Self.pause {
                state.looked = .now
                if let other = ClockMark(contentsOf: file), other != state.mark {
                    state.mark = other
                    standing = Self.standing(of: machine, uptime, against: other, policy)
                }
            }
            let mark = state.mark
            switch standing {
            case .sound:
                let expected = mark.expected(at: uptime)
                if isOld(mark, at: machine, uptime) { keep(ClockMark(at: uptime, time: expected ?? machine), &state) }
                return Reading(machine: machine, standing: standing, time: machine, certain: machine, off: expected.map { machine - $0 })
            case .wrong(_, let actual): return Reading(machine: machine, standing: standing, time: actual, certain: actual)
            case .unwitnessed(let since):
                // The log may have been written under a wrong clock.
                let time = mark.origin == .log ? machine : max(machine, since)
                return Reading(machine: machine, standing: standing, time: time, certain: min(machine, since))
            }
        }
    }

    /// The same, after asking the policy's time source.
    ///
    /// - Returns: the reading and, if the source did not answer, why not.
    func examined(_ policy: ClockPolicy) -> (reading: Reading, silence: String?) {
        guard !policy.source.isEmpty else { return (reading(policy), nil) }
        let actual: Int64
        do { actual = try TimeSource.ask(policy.source) } catch { return (reading(policy), error.reason) }
        let uptime = uptime()
        state.withLock { keep(ClockMark(at: uptime, time: actual), &$0) }
        var reading = reading(policy)
        if abs(reading.machine - actual) > policy.jump {
            (reading.standing, reading.time, reading.certain) = (.wrong(.source, actual: actual), actual, actual)
        }
        return (reading, nil)
    }

    /// Accepts the machine's clock as right, because somebody has said so.
    func confirm() {
        let mark = ClockMark(at: uptime(), time: machine())
        state.withLock { keep(mark, &$0) }
    }

    private static func standing(of machine: Int64, _ uptime: Uptime?, against mark: ClockMark, _ policy: ClockPolicy) -> Standing {
        if let expected = mark.expected(at: uptime) {
            return abs(machine - expected) <= policy.jump ? .sound : .wrong(.uptime, actual: expected)
        }
        return (-policy.jump...policy.idle).contains(machine - mark.time) ? .sound : .unwitnessed(since: mark.time)
    }

    private func isOld(_ mark: ClockMark, at machine: Int64, _ uptime: Uptime?) -> Bool {
        uptime != nil && mark.expected(at: uptime) == nil || mark.origin == .log || machine - mark.time >= Self.renewal
    }

    /// If it cannot be written, only this process knows it.
    private func keep(_ mark: ClockMark, _ state: inout State) {
        state.mark = mark
        try? mark.write(to: file)
    }
}
