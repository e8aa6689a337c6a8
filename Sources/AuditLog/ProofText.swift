import Foundation
import Sealing

/// Proofs in the text formats that other implementations read.
public enum ProofText {
    /// An inclusion proof in C2SP `tlog-proof` form, with the entry itself as its extra data.
    public static func inclusion(entry: [UInt8], index: Int64, path: [[UInt8]], checkpoint note: String) -> String {
        let hashes = path.map { base64($0) + "\n" }.joined()
        return "c2sp.org/tlog-proof@v1\nextra \(base64(entry))\nindex \(index)\n\(hashes)\n\(note)"
    }

    /// A consistency proof as the body of an `add-checkpoint` request of C2SP `tlog-witness`.
    public static func consistency(from old: Int64, path: [[UInt8]], checkpoint note: String) -> String {
        "old \(old)\n" + path.map { base64($0) + "\n" }.joined() + "\n" + note
    }

    /// Reads an `add-checkpoint` request.
    public static func parseConsistency(_ text: String) throws(AuditError) -> (old: Int64, path: [[UInt8]], note: String) {
        guard let blank = text.range(of: "\n\n") else { throw .malformedProof }
        let lines = text[..<blank.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.first, first.hasPrefix("old "), let old = Int64(first.dropFirst(4)), old >= 0 else {
            throw .malformedProof
        }
        let path = lines.dropFirst().map { Data(base64Encoded: String($0)).map(Array.init) ?? [] }
        guard path.count <= 63, path.allSatisfy({ $0.count == 32 }) else { throw .malformedProof }
        return (old, path, String(text[blank.upperBound...]))
    }

    private static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}

/// A key that verifies a log's checkpoints, in signed-note form: `name+hex(key id)+base64(0x01 ‖ key)`.
public struct VerifierKey: Sendable, Equatable {
    public var name: String
    /// 32 bytes, Ed25519.
    public var publicKey: [UInt8]

    public init(_ text: String) throws(AuditError) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let key = Data(base64Encoded: String(parts[2])), key.count == 33, key.first == 1 else {
            throw .malformedKey
        }
        (name, publicKey) = (String(parts[0]), Array(key.dropFirst()))
        guard Checkpoint.verifierKey(origin: name, publicKey: publicKey) == text else { throw .malformedKey }
    }
}
