import Foundation
import VoCVault

/// What happens when the process is told to stop (SIGTERM, SIGINT) while unfinished copies of data or keys exist.
enum StopSignals {
    /// From now on, a signal makes the process remove its temporary files and end with 128 plus the signal's number.
    static func removeTemporaries() {
        for number in [SIGTERM, SIGINT] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInitiated))
            source.setEventHandler {
                // Written without a file handle, as it must not matter whether anybody reads it.
                let message = Array("vocvault: stopped; what was begun is removed\n".utf8)
                _ = write(STDERR_FILENO, message, message.count)
                // Keeps the source alive until then.
                withExtendedLifetime(source) { Temporaries.shared.end(with: 128 + number) }
            }
            source.resume()
        }
    }
}
