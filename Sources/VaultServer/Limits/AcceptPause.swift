import Foundation
import Logging
import NIOCore

/// Stops accepting connections for a moment when the system has no descriptors left.
///
/// The first handler of the listening channel. Without it, NIO would try again as fast as it can, because the channel stays
/// registered for reading whatever its own back-off says.
final class AcceptPause: ChannelDuplexHandler {
    typealias InboundIn = Any
    typealias OutboundIn = Any

    private let pause: TimeAmount
    private let onPause: @Sendable () -> Void
    private var isPaused = false

    init(pause: TimeAmount = .milliseconds(250), onPause: @escaping @Sendable () -> Void) { (self.pause, self.onPause) = (pause, onPause) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let code = (error as? IOError)?.errnoCode, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(code) else {
            return context.fireErrorCaught(error)
        }
        guard !isPaused else { return }
        isPaused = true
        onPause()
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
        let bound = NIOLoopBound((handler: self, channel: context.channel), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: pause) {
            bound.value.handler.isPaused = false
            try? bound.value.channel.syncOptions?.setOption(.autoRead, value: true)
        }
    }

    /// Pauses a listening channel; meanwhile idle connections make room.
    static func add(to channel: any Channel, _ connections: Connections, _ logger: Logger) async {
        let added = channel.eventLoop.submit {
            let pause = AcceptPause {
                connections.makeRoom()
                logger.warning("no file descriptor is left: new connections wait", source: "VaultServer")
            }
            try channel.pipeline.syncOperations.addHandler(pause, position: .first)
        }
        // It fails only if the channel is closed already.
        try? await added.get()
    }

    func read(context: ChannelHandlerContext) { if !isPaused { context.read() } }
}
