import Foundation
import Sealing

/// A reader of C2SP tlog-tiles, written from the specification: shares no code with `AuditLog`.
enum TileText {
    struct Wrong: Error {
        var what: String
    }

    static func checkpoint(_ folder: URL) throws -> String? {
        try String(contentsOf: folder.appendingPathComponent("checkpoint"), encoding: .utf8)
    }

    static func rootLine(_ text: String) throws -> String {
        let lines = text.components(separatedBy: "\n\n")[1].split(separator: "\n")
        return String(lines[2])
    }

    private static func path(_ kind: String, _ index: Int, _ width: Int) -> String {
        var name = String(format: "%03d", index % 1000)
        var rest = index / 1000
        while rest > 0 {
            name = String(format: "x%03d/", rest % 1000) + name
            rest /= 1000
        }
        return "tile/\(kind)/\(name)" + (width == 256 ? "" : ".p/\(width)")
    }

    private static func root(_ hashes: ArraySlice<[UInt8]>) -> [UInt8] {
        if hashes.count == 1 { return hashes.first! }
        var split = 1
        while split * 2 < hashes.count { split *= 2 }
        return SHA256.hash([1] + root(hashes.prefix(split)) + root(hashes.dropFirst(split)))
    }

    /// Reads everything, checks everything, and returns the entries.
    static func readLog(_ folder: URL, key: String) throws -> [[UInt8]] {
        let note = try checkpoint(folder)!
        let parts = note.components(separatedBy: "\n\n")
        let lines = parts[0].components(separatedBy: "\n")
        let keyParts = key.split(separator: "+", maxSplits: 2).map(String.init)
        guard lines[0] == keyParts[0], let size = Int(lines[1]), let root = Data(base64Encoded: lines[2]) else { throw Wrong(what: "checkpoint") }
        let signature = Data(base64Encoded: String(parts[1].split(separator: " ")[2].trimmingCharacters(in: .newlines)))!
        let publicKey = Array(Data(base64Encoded: keyParts[2])!.dropFirst())
        guard signature.prefix(4).map({ String(format: "%02x", $0) }).joined() == keyParts[1],
            Ed25519.verify(signature: Array(signature.dropFirst(4)), message: Array((parts[0] + "\n").utf8), publicKey: publicKey)
        else { throw Wrong(what: "signature") }
        var entries: [[UInt8]] = []
        var leaves: [[UInt8]] = []
        for index in 0..<(size + 255) / 256 {
            let width = min(256, size - index * 256)
            let bundle = [UInt8](try Data(contentsOf: folder.appendingPathComponent(path("entries", index, width))))
            var position = 0
            for _ in 0..<width {
                let length = Int(bundle[position]) << 8 | Int(bundle[position + 1])
                entries.append(Array(bundle[position + 2..<position + 2 + length]))
                position += 2 + length
            }
            guard position == bundle.count else { throw Wrong(what: "bundle \(index)") }
        }
        leaves = entries.map { SHA256.hash([0] + $0) }
        guard Array(root) == self.root(leaves[...]) else { throw Wrong(what: "root") }
        var (level, hashes) = (0, leaves)
        while !hashes.isEmpty {
            for index in 0..<(hashes.count + 255) / 256 {
                let expected = hashes[index * 256..<min(hashes.count, (index + 1) * 256)]
                let tile = try Data(contentsOf: folder.appendingPathComponent(path(String(level), index, expected.count)))
                guard Array(tile) == expected.flatMap({ $0 }) else { throw Wrong(what: "tile \(index) of level \(level)") }
            }
            hashes = (0..<hashes.count / 256).map { self.root(hashes[$0 * 256..<($0 + 1) * 256]) }
            level += 1
        }
        return entries
    }
}
