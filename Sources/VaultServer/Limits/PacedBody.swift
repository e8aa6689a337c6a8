import Hummingbird
import NIOCore

/// A request's body as it arrives, at a minimum pace, so that nobody occupies a place by sending next to nothing.
///
/// Only the time spent waiting for the client counts, not the time that the client waits.
struct PacedBody {
    /// How many bytes must arrive in a period of time.
    struct Pace: Sendable {
        var bytesPerSecond = 1024
        var stretch: Duration = .seconds(30)
    }

    private var parts: RequestBody.AsyncIterator
    private let pace: Pace
    /// The length announced in the head.
    let length: Int?
    private var received = 0
    private var waited: Duration = .zero
    private var bytes = 0

    init(_ request: Request, pace: Pace) {
        (parts, self.pace) = (request.body.makeAsyncIterator(), pace)
        length = request.headers[.contentLength].flatMap { Int($0) }
    }

    /// The next bytes; nil at the end of a complete body.
    ///
    /// - Throws: ``Problem`` if the body is too slow or cut off.
    mutating func next() async throws -> ByteBuffer? {
        let start = ContinuousClock.now
        let part: ByteBuffer?
        do { part = try await parts.next() } catch { throw Problem.incomplete }
        waited += .now - start
        guard let part else {
            // Whoever waits for it has given up: that is no end.
            guard !Task.isCancelled else { throw Problem.incomplete }
            guard length.map({ $0 == received }) ?? true else { throw Problem.incomplete }
            return nil
        }
        received += part.readableBytes
        bytes += part.readableBytes
        if waited >= pace.stretch {
            guard Double(bytes) >= waited / .seconds(1) * Double(pace.bytesPerSecond) else { throw Problem.tooSlow }
            (waited, bytes) = (.zero, 0)
        }
        return part
    }

    /// The beginning of a body, or all of it if it is small.
    ///
    /// - Parameter patience: for bodies that announce a small length; any other body that takes longer does not count as small.
    mutating func beginning(upTo limit: Int, within patience: Duration) async throws -> (bytes: [UInt8], isAll: Bool) {
        let deadline = ContinuousClock.now + patience
        var beginning: [UInt8] = []
        if let length, length > limit { return ([], false) }
        while let part = try await next() {
            beginning += part.readableBytesView
            if beginning.count > limit { return (beginning, false) }
            if ContinuousClock.now > deadline {
                guard length == nil else { throw Problem.tooSlow }
                return (beginning, false)
            }
        }
        return (beginning, true)
    }
}
