import Foundation
import Store
import Synchronization

/// Stands between a vault and the tests' PostgreSQL server, and cuts one connection at a message of choice.
///
/// It knows of the protocol what tells messages apart: all but the first of a connection begin with a byte and a length
/// (PostgreSQL, "Message Flow" and "Message Formats").
public final class FaultyServer: Sendable {
    public enum Cut: String, CaseIterable, Sendable {
        /// The message never reaches the server.
        case before
        /// Half of it does.
        case within
        /// The server does what it says, and nobody hears of it.
        case after
    }

    private struct Plan {
        var seen = 0
        var place = 0
        var cut = Cut.before
    }

    private let folder: URL
    private let listener: Int32
    private let plan = Mutex(Plan())

    public init() throws {
        folder = URL(fileURLWithPath: "/tmp/voc-cut-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let bound = Self.withAddress(of: folder) { bind(listener, $0, $1) }
        guard bound == 0, listen(listener, 64) == 0 else { throw CocoaError(.fileNoSuchFile) }
        Thread.detachNewThread { [listener, weak self] in
            while case let client = accept(listener, nil, nil), client >= 0 {
                guard let self else { return }
                serve(client)
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        try? FileManager.default.removeItem(at: folder)
    }

    /// The address of a database of the server behind.
    public func address(_ database: String, as role: String = "vocvault") throws -> PostgresAddress {
        try PostgresAddress("host=\(folder.path) dbname=\(database) user=\(role)")
    }

    /// Cuts at the message of this number from now on; 0: nowhere.
    public func plan(_ cut: Cut, at place: Int) { plan.withLock { $0 = Plan(place: place, cut: cut) } }

    /// Messages since the last plan.
    public var seen: Int { plan.withLock { $0.seen } }

    private func next() -> Cut? {
        plan.withLock { plan in
            plan.seen += 1
            return plan.seen == plan.place ? plan.cut : nil
        }
    }

    private func serve(_ client: Int32) {
        let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let reached = Self.withAddress(of: URL(fileURLWithPath: TestServer.folder!)) { connect(server, $0, $1) }
        let wire = Wire(client: client, server: server)
        guard reached == 0 else { return wire.cut() }
        Thread.detachNewThread { wire.passAnswers() }
        Thread.detachNewThread { wire.passMessages { self.next() } }
    }

    private static func withAddress<R>(of folder: URL, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: "\(folder.path)/.s.PGSQL.5432\0".utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }
}

/// One connection.
private final class Wire: Sendable {
    private let client, server: Int32
    private let isMute = Atomic(false)
    private let answered = DispatchSemaphore(value: 0)

    init(client: Int32, server: Int32) { (self.client, self.server) = (client, server) }

    deinit {
        close(client)
        close(server)
    }

    func cut() { for end in [client, server] { shutdown(end, Int32(SHUT_RDWR)) } }

    func passAnswers() {
        while let bytes = Self.read(server) {
            if isMute.load(ordering: .acquiring) { answered.signal() } else if !Self.write(bytes[...], to: client) { break }
        }
        cut()
    }

    func passMessages(_ plan: () -> FaultyServer.Cut?) {
        var (pending, isFirst): ([UInt8], Bool) = ([], true)
        defer { cut() }
        while let bytes = Self.read(client) {
            pending += bytes
            while let length = Self.messageLength(pending, isFirst), pending.count >= length {
                let message = pending.prefix(length)
                switch plan() {
                case nil: guard Self.write(message, to: server) else { return }
                case .before: return
                case .within: return _ = Self.write(message.prefix(length / 2), to: server)
                case .after:
                    isMute.store(true, ordering: .releasing)
                    guard Self.write(message, to: server) else { return }
                    // Only a query and the end of a pipeline are answered at once.
                    if [UInt8(ascii: "Q"), UInt8(ascii: "S")].contains(message.first) { _ = answered.wait(timeout: .now() + 5) }
                    return
                }
                pending.removeFirst(length)
                isFirst = false
            }
        }
    }

    private static func messageLength(_ bytes: [UInt8], _ isFirst: Bool) -> Int? {
        let start = isFirst ? 0 : 1
        guard bytes.count >= start + 4 else { return nil }
        return start + bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
    }

    private static func read(_ end: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(end, &bytes, bytes.count, 0)
        return count > 0 ? Array(bytes.prefix(count)) : nil
    }

    private static func write(_ bytes: ArraySlice<UInt8>, to end: Int32) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                let count = send(end, bytes.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }
    }
}
