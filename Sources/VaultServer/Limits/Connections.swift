import Foundation
import Hummingbird
import HummingbirdCore
import NIOCore
import NIOPosix
import Synchronization

/// The connections of clients: as many as there are descriptors for, and those that do nothing make room for who comes.
///
/// So whoever holds connections open without asking for anything keeps nobody out: `/livez` is answered at any time.
final class Connections: Sendable {
    private struct Connection {
        let channel: any Channel
        /// Whether a request is being answered.
        var isBusy = false
        /// Since when it is as it is.
        var since = ContinuousClock.now
    }

    private struct State {
        var connections: [ObjectIdentifier: Connection] = [:]
        /// Accepted and not closed yet.
        var accepted = 0
        var madeRoom: ContinuousClock.Instant?
        var isRetrying = false
    }

    let maximum: Int
    private let state = Mutex(State())
    /// A connection is idle for so long before it must make room: its last answer is on its way by then.
    private static let grace: Duration = .milliseconds(250)

    init(maximum: Int) { self.maximum = maximum }

    var count: Int { state.withLock(\.accepted) }

    func add(_ channel: any Channel) { state.withLock { $0.connections[ObjectIdentifier(channel)] = Connection(channel: channel) } }

    func remove(_ channel: any Channel) { _ = state.withLock { $0.connections.removeValue(forKey: ObjectIdentifier(channel)) } }

    /// A request of the connection is being answered, or no longer.
    func set(_ channel: any Channel, isBusy: Bool) {
        state.withLock { state in
            guard let index = state.connections.index(forKey: ObjectIdentifier(channel)) else { return }
            state.connections.values[index].isBusy = isBusy
            state.connections.values[index].since = .now
        }
    }

    fileprivate func opened() { state.withLock { $0.accepted += 1 } }

    fileprivate func closed() { state.withLock { $0.accepted -= 1 } }

    /// Whether another can be accepted. When not, connections that are idle are closed, and each that is makes this be asked again.
    fileprivate func hasRoom() -> Bool {
        let hasRoom = state.withLock { $0.accepted < maximum }
        if !hasRoom { makeRoom() }
        return hasRoom
    }

    /// Closes the connections that have been idle longest.
    func makeRoom() {
        let now = ContinuousClock.now
        let (idle, retries) = state.withLock { state -> ([any Channel], Bool) in
            // Those that were closed last are still on their way out.
            guard state.madeRoom.map({ now - $0 >= Self.grace }) ?? true else { return ([], Self.retry(&state)) }
            let idle = state.connections.filter { !$0.value.isBusy && now - $0.value.since >= Self.grace }
                .sorted { $0.value.since < $1.value.since }.prefix(max(1, maximum / 8))
            state.madeRoom = idle.isEmpty ? state.madeRoom : now
            for (key, _) in idle { state.connections[key]!.isBusy = true }
            return (idle.map(\.value.channel), Self.retry(&state))
        }
        for channel in idle { channel.close(promise: nil) }
        guard retries else { return }
        // Those that are busy now may be idle then.
        MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: .milliseconds(250)) { [self] in
            let isStill = state.withLock { state in
                state.isRetrying = false
                return state.accepted >= maximum
            }
            if isStill { makeRoom() }
        }
    }

    private static func retry(_ state: inout State) -> Bool {
        defer { state.isRetrying = true }
        return !state.isRetrying
    }

    /// Closes all, whatever they are at; returns how many were being answered.
    func closeAll() -> Int {
        let all = state.withLock { Array($0.connections.values) }
        for connection in all { connection.channel.close(promise: nil) }
        return all.count { $0.isBusy }
    }
}

/// Lets Hummingbird accept as long as there is room.
struct ConnectionRoom: AvailableConnectionsDelegate {
    let connections: Connections

    mutating func connectionOpened() { connections.opened() }
    mutating func connectionClosed() { connections.closed() }
    func isAcceptingNewConnections() -> Bool { connections.hasRoom() }
}
