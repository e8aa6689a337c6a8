import Foundation
import Logging
import RedactedAPI
import StandardStreams
import VoCVault
import Wire

/// Writes log entries as JSON lines to standard error.
///
/// Passes on only what the vault's own code says. Entries of libraries are reduced to level and source, because their texts may
/// repeat what a client sent.
struct JSONLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info
    private let label: String
    private let write: @Sendable (Data) -> Void

    static let label = "vocvault"

    /// - Parameter write: receives each line. Lines that standard error does not take are lost, and the server continues.
    init(label: String, write: @escaping @Sendable (Data) -> Void = { try? StandardStreams.write(Array($0), to: STDERR_FILENO) }) {
        (self.label, self.write) = (label, write)
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line: [UInt8] = []
        line.reserveCapacity(256)
        var members = JSON.Object()
        func append(_ name: String, _ value: String) { members.add(name, value, to: &line) }
        append("time", Timestamp(milliseconds: Vault.systemClock()).description)
        append("level", event.level.rawValue)
        if event.source == "VaultServer" {
            append("message", event.message.description)
            let own = event.metadata ?? [:]
            if case .stringConvertible(let value) = own[RequestLine.key], let request = value as? RequestLine {
                for (name, value) in request.members { append(name, value) }
            } else {
                for (key, value) in own.sorted(by: { $0.key < $1.key }) { append(key, value.description) }
                for (key, value) in metadata where own[key] == nil && !key.hasPrefix("hb.") { append(key, value.description) }
            }
        } else {
            append("source", event.source)
        }
        members.end(&line)
        line.append(0x0A)
        write(Data(line))
    }
}
