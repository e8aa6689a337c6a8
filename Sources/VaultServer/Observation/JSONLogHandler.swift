import Foundation
import Logging
import RedactedAPI
import StrictJSON

/// Writes log entries as JSON lines to standard error.
///
/// Only what the vault's own code says gets out: entries of the libraries below are cut to their level and source, as
/// their texts may repeat what a client sent.
struct JSONLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info
    private let label: String
    private let write: @Sendable (Data) -> Void

    static let label = "vocvault"

    init(label: String, write: @escaping @Sendable (Data) -> Void = { FileHandle.standardError.write($0) }) {
        (self.label, self.write) = (label, write)
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var members: [String: JSON] = [
            "time": .string(Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)).description), "level": .string(event.level.rawValue),
        ]
        if event.source == "VaultServer" {
            members["message"] = .string(event.message.description)
            for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }) where !key.hasPrefix("hb.") {
                members[key] = .string(value.description)
            }
        } else {
            members["source"] = .string(event.source)
        }
        write(Data(JSON.object(members).bytes + [0x0A]))
    }
}
