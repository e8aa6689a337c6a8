import Hummingbird
import NIOCore
import VoCVault

/// What a request carries through the server.
struct VaultContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The peer's network address.
    let client: String
    let isLoopback: Bool
    /// The request's number, also in the response, the log and the audit entries.
    let number: String

    init(source: Source) {
        coreContext = .init(source: source)
        let address = source.channel.remoteAddress?.ipAddress
        client = address ?? "local socket"
        isLoopback = address.map { $0 == "127.0.0.1" || $0 == "::1" || $0 == "::ffff:127.0.0.1" } ?? true
        number = Token.requestID()
    }

    var id: String { number }
}
