import Sealing

/// An entry as the database keeps it: its bytes, or, once retention has removed these, `0x00` and its leaf hash, 33 bytes.
///
/// An entry's bytes are a JSON object and never begin with `0x00`. The hash is what the log's tree is made of, so that proofs
/// about other entries, and checkpoints, verify as before.
public enum KeptEntry {
    private static let mark: UInt8 = 0

    /// What takes the place of an entry; of one whose body was removed before, the same.
    public static func removed(_ entry: [UInt8], using sha: SHA256) -> [UInt8] { [mark] + leafHash(of: entry, using: sha) }

    public static func isRemoved(_ kept: [UInt8]) -> Bool { kept.count == 33 && kept[0] == mark }

    public static func leafHash(of kept: [UInt8], using sha: SHA256) -> [UInt8] {
        isRemoved(kept) ? Array(kept.dropFirst()) : MerkleTree.leafHash(kept, using: sha)
    }
}
