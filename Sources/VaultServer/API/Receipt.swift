import Foundation
import HTTPTypes
import Hummingbird
import RedactedAPI
import Synchronization
import VoCVault
import Wire

/// Shows that an access is in the log: the number of its entry, and a signed checkpoint of a log with that entry.
struct WrittenReceipt: Sendable {
    var entry: Int64
    fileprivate var checkpoint: WrittenCheckpoint

    static let entryHeader = HTTPField.Name("Vault-Audit-Entry")!
    static let checkpointHeader = HTTPField.Name("Vault-Audit-Checkpoint")!

    /// As ``json``.
    func appendJSON(to output: inout [UInt8]) {
        var members = JSON.Object()
        members.begin("checkpoint", in: &output)
        output += checkpoint.json
        members.add("entry", .integer(entry), to: &output)
        members.end(&output)
    }

    var json: JSON { ["entry": .integer(entry), "checkpoint": .string(checkpoint.note)] }

    func add(to response: inout Response) {
        response.headers.append(HTTPField(name: Self.entryHeader, value: String(entry)))
        response.headers.append(checkpoint.header)
    }
}

/// A checkpoint in the forms that responses use.
private struct WrittenCheckpoint: Sendable {
    let note: String
    /// A JSON string.
    let json: [UInt8]
    let header: HTTPField

    init(_ note: String) {
        self.note = note
        json = JSON.string(note).bytes
        // A signed note has lines; a header has none.
        header = HTTPField(name: WrittenReceipt.checkpointHeader, value: Data(note.utf8).base64EncodedString())
    }
}

/// Makes receipts. Accesses in one transaction share its checkpoint, which is encoded once.
final class Receipts: Sendable {
    private let newest = Mutex<WrittenCheckpoint?>(nil)

    /// - Parameter note: a checkpoint of a log that has the entry.
    func receipt(for entry: Int64, _ note: String) -> WrittenReceipt {
        let checkpoint = newest.withLock { newest in
            if let newest, newest.note == note { return newest }
            let written = WrittenCheckpoint(note)
            newest = written
            return written
        }
        return WrittenReceipt(entry: entry, checkpoint: checkpoint)
    }
}
