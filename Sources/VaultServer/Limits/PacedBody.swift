import Hummingbird
import NIOCore

/// A request's body, as it comes: at a minimum pace, so that nobody holds a place by sending next to nothing.
///
/// What counts is the time that the client is waited for, not that for which it waits.
struct PacedBody {
    /// So many bytes are to come in a stretch of time.
    struct Pace: Sendable {
        var bytesPerSecond = 1024
        var stretch: Duration = .seconds(30)
    }

    private var parts: RequestBody.AsyncIterator
    private let pace: Pace
    /// As the head announces it.
    let length: Int?
    private var received = 0
    private var waited: Duration = .zero
    private var bytes = 0

    init(_ request: Request, pace: Pace) {
        (parts, self.pace) = (request.body.makeAsyncIterator(), pace)
        length = request.headers[.contentLength].flatMap { Int($0) }
    }

    /// The next bytes; nil at the end of a body that is whole.
    ///
    /// - Throws: ``Problem``: too slow, or cut off.
    mutating func next() async throws -> ByteBuffer? {
        let start = ContinuousClock.now
        let part: ByteBuffer?
        do { part = try await parts.next() } catch { throw Problem.incomplete }
        waited += .now - start
        guard let part else {
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

    /// What begins a body: all of it, when it is small.
    ///
    /// - Parameter patience: for a body that says that it is small; any other that takes longer is no small one.
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
