import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOSSL

/// A client's connection: HTTP/1.1, over TLS if there are certificates. Each connection uses the certificates that are current
/// when it opens.
struct ServedChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    private let http: HTTP1Channel
    private let certificates: Certificates?
    private let connections: Connections

    init(
        responder: @escaping HTTPChannelHandler.Responder, configuration: HTTP1Channel.Configuration, certificates: Certificates?, connections: Connections
    ) {
        (self.certificates, self.connections) = (certificates, connections)
        http = HTTP1Channel(
            responder: { request, writer, channel in
                connections.set(channel, isBusy: true)
                defer { connections.set(channel, isBusy: false) }
                try await responder(request, writer, channel)
            }, configuration: configuration)
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            guard let certificates else { return }
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: certificates.context))
        }.flatMap { http.setup(channel: channel, logger: logger) }
    }

    func handle(value: Value, logger: Logger) async {
        connections.add(value.channel)
        defer { connections.remove(value.channel) }
        await http.handle(value: value, logger: logger)
    }
}
