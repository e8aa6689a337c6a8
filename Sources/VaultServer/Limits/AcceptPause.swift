import Foundation
import Logging
import NIOCore

/// Stops accepting for a moment when the system has no descriptor left.
///
/// The first handler of the listening channel: NIO asks again as fast as it can, as the channel stays registered for reading
/// whatever its own back-off says.
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

    /// Makes a listening channel pause, and idle connections make room meanwhile.
    static func add(to channel: any Channel, _ connections: Connections, _ logger: Logger) async {
        let added = channel.eventLoop.submit {
            let pause = AcceptPause {
                connections.makeRoom()
                logger.warning("no file descriptor is left: new connections wait", source: "VaultServer")
            }
            try channel.pipeline.syncOperations.addHandler(pause, position: .first)
        }
        // It fails only where the channel is closed already.
        try? await added.get()
    }

    func read(context: ChannelHandlerContext) { if !isPaused { context.read() } }
}
