import Hummingbird
import NIOCore
import VoCVault

/// What a request carries on its way.
struct VaultContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The peer's network address.
    let client: String
    let isLoopback: Bool
    /// The number that the response, the log and the audit entries carry.
    let number: String

    init(source: Source) {
        coreContext = .init(source: source)
        let address = source.channel.remoteAddress
        client = address?.ipAddress ?? "local socket"
        isLoopback = client == "127.0.0.1" || client == "::1" || client == "::ffff:127.0.0.1" || address?.ipAddress == nil
        number = Token.requestID()
    }

    var id: String { number }
}
