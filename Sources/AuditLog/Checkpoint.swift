import Foundation
import Sealing

/// A signed statement of the log's size and root hash, in the C2SP formats `tlog-checkpoint` and
/// `signed-note`: three lines, a blank line, and a signature line
/// `— <name> base64(key id (4 bytes) ‖ Ed25519 signature (64 bytes))`.
public struct Checkpoint: Sendable, Equatable {
    /// Names the log; also the name of its key.
    public var origin: String
    public var size: Int64
    /// 32 bytes.
    public var root: [UInt8]

    public init(origin: String, size: Int64, root: [UInt8]) {
        (self.origin, self.size, self.root) = (origin, size, root)
    }

    /// The signed part.
    private var body: String { "\(origin)\n\(size)\n\(Data(root).base64EncodedString())\n" }

    /// The note, signed.
    public func signed(by key: Ed25519.SigningKey) throws -> String {
        let signature = try key.sign(Array(body.utf8))
        let line = Data(Self.keyID(origin, key.publicKey) + signature).base64EncodedString()
        return "\(body)\n\u{2014} \(origin) \(line)\n"
    }

    /// Reads a note and checks its signature.
    public init(verifying note: String, publicKey: [UInt8]) throws(AuditError) {
        guard let blank = note.range(of: "\n\n") else { throw .malformedCheckpoint }
        let body = String(note[..<blank.lowerBound]) + "\n"
        let lines = body.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 4, let size = Int64(lines[1]), size >= 0, String(size) == lines[1],
            let root = Data(base64Encoded: String(lines[2])), root.count == 32
        else { throw .malformedCheckpoint }
        let origin = String(lines[0])
        let prefix = "\u{2014} \(origin) "
        let expected = Self.keyID(origin, publicKey)
        let signatures = note[blank.upperBound...].split(separator: "\n").filter { $0.hasPrefix(prefix) }
            .compactMap { Data(base64Encoded: String($0.dropFirst(prefix.count))) }
            .filter { $0.count == 68 && Array($0.prefix(4)) == expected }
        let message = Array(body.utf8)
        guard signatures.contains(where: {
            Ed25519.verify(signature: Array($0.dropFirst(4)), message: message, publicKey: publicKey)
        }) else { throw .badSignature }
        self.init(origin: origin, size: size, root: Array(root))
    }

    /// First four bytes of `SHA-256(name ‖ "\n" ‖ 0x01 ‖ public key)`, as signed-note defines them.
    private static func keyID(_ name: String, _ publicKey: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(Array(name.utf8) + [0x0A, 0x01] + publicKey).prefix(4))
    }

    /// The verifier key in signed-note form: `name+hex(key id)+base64(0x01 ‖ public key)`.
    public static func verifierKey(origin: String, publicKey: [UInt8]) -> String {
        let identifier = keyID(origin, publicKey).map { hex($0) }.joined()
        return "\(origin)+\(identifier)+\(Data([0x01] + publicKey).base64EncodedString())"
    }

    private static func hex(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }
}

/// What verification finds wrong.
public enum AuditError: Error, Equatable {
    case malformedCheckpoint
    case badSignature
    /// The entries are not those that the checkpoint was signed over.
    case rootMismatch(size: Int64)
    /// An entry is missing, doubled or out of order.
    case sequenceBroken(expected: Int64, found: Int64)
    /// The log ends before the checkpoint's size.
    case truncated(size: Int64, checkpoint: Int64)
    /// There are entries after the signed end.
    case unsignedEntries(size: Int64, checkpoint: Int64)
    case malformedEntry(Int64)
    case wrongOrigin(String)
    case noLog
}

extension AuditError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformedCheckpoint: "the checkpoint is not a signed note of an audit log"
        case .badSignature: "the checkpoint's signature is not this vault's"
        case .rootMismatch(let size): "the first \(size) entries are not those that were signed: something was changed"
        case .sequenceBroken(let expected, let found): "entry \(expected) is missing: entry \(found) stands in its place"
        case .truncated(let size, let checkpoint): "the log has \(size) entries, the checkpoint was signed over \(checkpoint): the end was cut off"
        case .unsignedEntries(let size, let checkpoint): "the log has \(size) entries, of which \(checkpoint) are signed"
        case .malformedEntry(let sequence): "entry \(sequence) is not an audit entry or carries another number"
        case .wrongOrigin(let origin): "the checkpoint belongs to another log (\(origin))"
        case .noLog: "the vault has no audit log"
        }
    }
}
