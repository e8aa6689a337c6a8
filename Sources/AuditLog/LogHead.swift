import Foundation
import Sealing

/// The signed end of a log, with the tree's state from which it continues.
public struct LogHead: Sendable, Equatable {
    /// Name of the log.
    public let origin: String
    public let tree: MerkleTree
    /// The tree's state as a byte string.
    public let frontier: [UInt8]
    /// The signed checkpoint of the tree.
    public let note: String

    public var size: Int64 { tree.size }

    /// A head that this process has just signed.
    public init(origin: String, tree: MerkleTree, note: String) {
        (self.origin, self.tree, self.note) = (origin, tree, note)
        frontier = tree.frontierBytes
    }

    /// A head from somewhere else.
    ///
    /// - Throws: what is wrong with the note or its signature, or ``AuditError/damagedHead`` if it was not signed over this
    ///   state.
    public init(origin: String, size: Int64, frontier: [UInt8], note: String, keys: [LogKey]) throws(AuditError) {
        let checkpoint = try Checkpoint(verifying: note, keys: keys)
        guard checkpoint.origin == origin else { throw .wrongOrigin(checkpoint.origin) }
        guard let tree = MerkleTree(size: size, frontier: frontier), checkpoint.size == size, checkpoint.root == tree.root(using: SHA256()) else {
            throw .damagedHead
        }
        (self.origin, self.tree, self.frontier, self.note) = (origin, tree, frontier, note)
    }

    public var root: [UInt8] { tree.root(using: SHA256()) }

    /// The note with the state below it, in lines that readers of checkpoints ignore.
    public var text: String { "\(note)\nfrontier \(Data(frontier).base64EncodedString())\n" }

    /// Reads what ``text`` wrote; nil for anything else. Does not verify the signature: the text must come from a trusted place.
    public init?(trusting text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count > 3, let size = Int64(lines[1]), let root = Data(base64Encoded: String(lines[2])),
            let mark = text.range(of: "\n\nfrontier ", options: .backwards), let end = text[mark.upperBound...].firstIndex(of: "\n"),
            let frontier = Data(base64Encoded: String(text[mark.upperBound..<end])),
            let tree = MerkleTree(size: size, frontier: Array(frontier)), tree.root(using: SHA256()) == Array(root)
        else { return nil }
        (origin, self.tree, self.frontier) = (String(lines[0]), tree, Array(frontier))
        note = text[..<mark.lowerBound] + "\n"
    }
}
