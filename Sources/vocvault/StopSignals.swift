import Foundation
import VoCVault

/// What happens when the process is told to stop (SIGTERM, SIGINT) while it has a copy of data or keys in the works.
enum StopSignals {
    /// From now on the process removes its temporaries before it ends, with 128 and the signal's number.
    static func removeTemporaries() {
        for number in [SIGTERM, SIGINT] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInitiated))
            source.setEventHandler {
                // Not by a file handle: it must not matter whether anybody reads it.
                let message = Array("vocvault: stopped; what was begun is removed\n".utf8)
                _ = write(STDERR_FILENO, message, message.count)
                // Keeps the source until then.
                withExtendedLifetime(source) { Temporaries.shared.end(with: 128 + number) }
            }
            source.resume()
        }
    }
}
