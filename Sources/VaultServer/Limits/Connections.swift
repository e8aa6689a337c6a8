import Foundation
import Hummingbird
import HummingbirdCore
import NIOCore
import NIOPosix
import Synchronization

/// Clients' connections: as many as there are descriptors for. Idle connections make room for new ones.
///
/// Whoever keeps connections open without asking for anything therefore locks nobody out, and `/livez` is always answered.
final class Connections: Sendable {
    private struct Connection {
        let channel: any Channel
        /// Whether a request is being answered.
        var isBusy = false
        /// When it entered its present state.
        var since = ContinuousClock.now
    }

    private struct State {
        var connections: [ObjectIdentifier: Connection] = [:]
        /// Accepted and not yet closed.
        var accepted = 0
        var madeRoom: ContinuousClock.Instant?
        var isRetrying = false
    }

    let maximum: Int
    private let state = Mutex(State())
    /// How long a connection must have been idle before it makes room: by then its last answer is on its way.
    private static let grace: Duration = .milliseconds(250)

    init(maximum: Int) { self.maximum = maximum }

    var count: Int { state.withLock(\.accepted) }

    func add(_ channel: any Channel) { state.withLock { $0.connections[ObjectIdentifier(channel)] = Connection(channel: channel) } }

    func remove(_ channel: any Channel) { _ = state.withLock { $0.connections.removeValue(forKey: ObjectIdentifier(channel)) } }

    /// Notes that a request of the connection is being answered, or no longer.
    func set(_ channel: any Channel, isBusy: Bool) {
        state.withLock { state in
            guard let index = state.connections.index(forKey: ObjectIdentifier(channel)) else { return }
            state.connections.values[index].isBusy = isBusy
            state.connections.values[index].since = .now
        }
    }

    fileprivate func opened() { state.withLock { $0.accepted += 1 } }

    fileprivate func closed() { state.withLock { $0.accepted -= 1 } }

    /// Whether another connection can be accepted. If not, idle connections are closed, and each one closed asks again.
    fileprivate func hasRoom() -> Bool {
        let hasRoom = state.withLock { $0.accepted < maximum }
        if !hasRoom { makeRoom() }
        return hasRoom
    }

    /// Closes the connections that have been idle longest.
    func makeRoom() {
        let now = ContinuousClock.now
        let (idle, retries) = state.withLock { state -> ([any Channel], Bool) in
            // Those that were closed last have not gone yet.
            guard state.madeRoom.map({ now - $0 >= Self.grace }) ?? true else { return ([], Self.retry(&state)) }
            let idle = state.connections.filter { !$0.value.isBusy && now - $0.value.since >= Self.grace }
                .sorted { $0.value.since < $1.value.since }.prefix(max(1, maximum / 8))
            state.madeRoom = idle.isEmpty ? state.madeRoom : now
            for (key, _) in idle { state.connections[key]!.isBusy = true }
            return (idle.map(\.value.channel), Self.retry(&state))
        }
        for channel in idle { channel.close(promise: nil) }
        guard retries else { return }
        // Connections that are busy now may be idle then.
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

    /// Closes all connections, whatever they are doing; returns how many were being answered.
    func closeAll() -> Int {
        let all = state.withLock { Array($0.connections.values) }
        for connection in all { connection.channel.close(promise: nil) }
        return all.count { $0.isBusy }
    }
}

/// Lets Hummingbird accept connections as long as there is room.
struct ConnectionRoom: AvailableConnectionsDelegate {
    let connections: Connections

    mutating func connectionOpened() { connections.opened() }
    mutating func connectionClosed() { connections.closed() }
    func isAcceptingNewConnections() -> Bool { connections.hasRoom() }
}
