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

    /// The text that is signed.
    private var body: String { "\(origin)\n\(size)\n\(Data(root).base64EncodedString())\n" }

    /// The note, signed.
    ///
    /// - Parameter extensions: further lines of the text, as the format allows.
    public func signed(by key: Ed25519.SigningKey, extensions: [String] = []) throws -> String {
        try Self.note(body + extensions.map { $0 + "\n" }.joined(), signedBy: key, named: origin)
    }

    /// Reads a note with its extension lines and verifies its signature.
    public static func reading(_ note: String, publicKey: [UInt8]) throws(AuditError) -> (checkpoint: Checkpoint, extensions: [String]) {
        let checkpoint = try Checkpoint(verifying: note, publicKey: publicKey)
        let lines = note.split(separator: "\n", omittingEmptySubsequences: false).prefix { !$0.isEmpty }
        return (checkpoint, lines.dropFirst(3).map(String.init))
    }

    /// A signed note of any text that ends with a line end.
    public static func note(_ text: String, signedBy key: Ed25519.SigningKey, named name: String) throws -> String {
        let signature = try key.sign(Array(text.utf8))
        return "\(text)\n\u{2014} \(name) \(Data(keyID(name, key.publicKey) + signature).base64EncodedString())\n"
    }

    /// Reads a note and verifies its signature.
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

    /// Reads a note that one of several keys has signed.
    ///
    /// - Throws: what is wrong with the note, or ``AuditError/badSignature`` if none of the keys signed it.
    public init(verifying note: String, keys: [LogKey]) throws(AuditError) {
        for key in keys {
            do throws(AuditError) {
                let checkpoint = try Checkpoint(verifying: note, publicKey: key.publicKey)
                if checkpoint.size <= key.lastSize ?? .max {
                    self = checkpoint
                    return
                }
            } catch {
                guard error == .badSignature else { throw error }
            }
        }
        throw .badSignature
    }

    /// Whether a note has a signature line of its own origin that none of `keys` can have made.
    public static func hasUnknownSigner(_ note: String, keys: [LogKey]) -> Bool {
        guard let end = note.firstIndex(of: "\n") else { return false }
        let origin = String(note[..<end])
        let known = keys.map { keyID(origin, $0.publicKey) }
        let prefix = "\u{2014} \(origin) "
        return note.split(separator: "\n").contains { line in
            guard line.hasPrefix(prefix), let signature = Data(base64Encoded: String(line.dropFirst(prefix.count))), signature.count == 68 else { return false }
            return !known.contains(Array(signature.prefix(4)))
        }
    }

    /// The note, signed by several keys: whoever trusts one of them learns of the others.
    public func signed(by keys: [Ed25519.SigningKey]) throws -> String {
        try keys.dropFirst().reduce(signed(by: keys[0])) { note, key in
            let line = try Self.note(body, signedBy: key, named: origin).dropFirst(body.count + 1)
            return note + line
        }
    }

    /// A witness's line under a note (C2SP `tlog-cosignature`, version 1). It states that at `time` this was the log's newest
    /// checkpoint, and consistent with those that the witness had seen before.
    ///
    /// - Parameter time: seconds since 1970.
    public static func cosignature(
        under note: String, by key: Ed25519.SigningKey, named name: String, time: UInt64
    ) throws -> String {
        guard let blank = note.range(of: "\n\n") else { throw AuditError.malformedCheckpoint }
        let message = "cosignature/v1\ntime \(time)\n" + note[..<blank.lowerBound] + "\n"
        var line = keyID(name, key.publicKey, algorithm: 4)
        for shift in stride(from: 56, through: 0, by: -8) { line.append(UInt8(truncatingIfNeeded: time >> UInt64(shift))) }
        line += try key.sign(Array(message.utf8))
        return "\u{2014} \(name) \(Data(line).base64EncodedString())\n"
    }

    /// First four bytes of `SHA-256(name ‖ "\n" ‖ 0x01 ‖ public key)`, as signed-note defines them (0x04 for a cosignature).
    private static func keyID(_ name: String, _ publicKey: [UInt8], algorithm: UInt8 = 1) -> [UInt8] {
        Array(SHA256.hash(Array(name.utf8) + [0x0A, algorithm] + publicKey).prefix(4))
    }

    /// The verifier key in signed-note form: `name+hex(key id)+base64(0x01 ‖ public key)`.
    public static func verifierKey(origin: String, publicKey: [UInt8]) -> String {
        let identifier = keyID(origin, publicKey).hexadecimal
        return "\(origin)+\(identifier)+\(Data([0x01] + publicKey).base64EncodedString())"
    }
}

/// A key that may have signed a log's checkpoints.
public struct LogKey: Sendable, Equatable {
    /// 32 bytes, Ed25519.
    public var publicKey: [UInt8]
    /// Size of the log up to which its signatures count; beyond it they are forgeries. Nil: it still signs.
    public var lastSize: Int64?

    public init(publicKey: [UInt8], lastSize: Int64? = nil) { (self.publicKey, self.lastSize) = (publicKey, lastSize) }
}

/// What verification finds.
public enum AuditError: Error, Equatable {
    case malformedCheckpoint
    case badSignature
    /// The entries differ from those that the checkpoint was signed over.
    case rootMismatch(size: Int64)
    /// An entry is missing, duplicated or out of order.
    case sequenceBroken(expected: Int64, found: Int64)
    /// The log ends before the checkpoint's size.
    case truncated(size: Int64, checkpoint: Int64)
    /// The log has entries beyond the checkpoint's size.
    case unsignedEntries(size: Int64, checkpoint: Int64)
    case malformedEntry(Int64)
    /// An entry's body is missing that no entry of a retention run accounts for.
    case bodyMissing(Int64)
    case wrongOrigin(String)
    case noLog
    case malformedProof
    case malformedKey
    /// A consistency proof does not lead from the old tree to the new one.
    case inconsistent(old: Int64, size: Int64)
    /// A witness last saw another size.
    case notWitnessedLast(size: Int64)
    /// The stored state from which the log would continue does not belong to its entries.
    case damagedHead
    /// The published log is missing.
    case publicationMissing
    /// A published tile is missing, or has another width than it should.
    case damagedTile(level: Int, index: Int64)
    case damagedBundle(Int64)
    /// A published hash or entry differs from the entry in the database.
    case publishedDiffers(entry: Int64)
    /// The published checkpoint does not belong to this log's history.
    case foreignPublication
    /// The database has more or fewer records or customers than the log accounts for.
    case countMismatch(what: String, logged: Int64, found: Int64)
    /// Tables whose rows are not those that the vault wrote, all of them and no others.
    case alteredTables([String])
    /// An entry does not commit to what the tables held after it.
    case foreignState(entry: Int64)
    /// Records of which something does not open, and customers who are indexed under other values than theirs.
    case unopened(records: Int, customers: Int)
}

extension AuditError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformedCheckpoint: "the checkpoint is not a signed note of an audit log"
        case .badSignature: "the checkpoint's signature is not this vault's"
        case .rootMismatch(let size): "the first \(size) entries are not those that were signed: something was changed"
        case .sequenceBroken(let expected, let found): "entry \(expected) is missing: entry \(found) is in its place"
        case .truncated(let size, let checkpoint): "the log has \(size) entries, the checkpoint was signed over \(checkpoint): the end was cut off"
        case .unsignedEntries(let size, let checkpoint): "the log has \(size) entries, of which \(checkpoint) are signed"
        case .bodyMissing(let sequence): "the content of entry \(sequence) is missing, and no retention run has removed it"
        case .malformedEntry(let sequence): "entry \(sequence) is not an audit entry or carries another number"
        case .wrongOrigin(let origin): "the checkpoint belongs to another log (\(origin))"
        case .noLog: "the vault has no audit log"
        case .malformedProof: "this is not a transparency log proof"
        case .malformedKey: "this is not a verifier key in signed-note form"
        case .inconsistent(let old, let size):
            "the log of \(size) entries does not continue the one of \(old): its history was rewritten"
        case .notWitnessedLast(let size): "the last checkpoint that was witnessed has \(size) entries: prove from there"
        case .publicationMissing: "the published log under audit/ is missing; 'audit anchor' writes it again from the entries"
        case .damagedHead: "the state from which the log would continue does not match its entries"
        case .damagedTile(let level, let index): "the published tile \(index) of level \(level) is missing or damaged"
        case .damagedBundle(let index): "the published bundle \(index) of entries is missing or damaged"
        case .publishedDiffers(let entry): "entry \(entry) is not the one that was published: one of them was changed"
        case .foreignPublication: "the published checkpoint does not belong to this log's history"
        case .countMismatch(let what, let logged, let found):
            "the database holds \(found) \(what), the log accounts for \(logged): rows were added or removed without an entry"
        case .alteredTables(let tables):
            "rows of \(tables.map { "'\($0)'" }.joined(separator: ", ")) are not those that the vault wrote: somebody has changed, added or removed some"
        case .unopened(let records, let customers):
            "\(records) records have parts that do not open, and \(customers) customers are indexed under values that they do not have"
        case .foreignState(let entry): "the state beside the log's end is not the one that entry \(entry) commits to"
        }
    }
}
