import AuditLog
import Foundation
import Sealing
import Testing

/// A tree in memory, by the definition.
private struct Leaves: NodeSource {
    var hashes: [[UInt8]]

    func node(level: Int, index: Int64) -> [UInt8] {
        if level == 0 { return hashes[Int(index)] }
        return MerkleTree.nodeHash(node(level: level - 1, index: 2 * index), node(level: level - 1, index: 2 * index + 1), using: SHA256())
    }
}

@Suite("Proofs and tiles")
struct ProofTests {
    private static let reference: [[UInt8]] = [
        [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43], Array(0x50...0x57), Array(0x60...0x6f),
    ]

    private func hex(_ bytes: [UInt8]) -> String { bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() }

    private func leaves(_ entries: [[UInt8]]) -> Leaves {
        let sha = SHA256()
        return Leaves(hashes: entries.map { MerkleTree.leafHash($0, using: sha) })
    }

    @Test("inclusion proofs of the Certificate Transparency reference trees", arguments: [
        (0, 1, [String]()),
        (0, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7", "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e", "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
        (5, 8, ["bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b", "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
        (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
        (1, 5, ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e", "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"]),
    ])
    func referenceInclusion(index: Int64, size: Int64, expected: [String]) throws {
        #expect(try TreeProofs(source: leaves(Self.reference)).inclusion(of: index, in: size).map(hex) == expected)
    }

    @Test("consistency proofs of the Certificate Transparency reference trees", arguments: [
        (1, 1, [String]()),
        (1, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7", "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e", "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
        (6, 8, ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a", "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
        (2, 5, ["5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e", "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"]),
    ])
    func referenceConsistency(old: Int64, size: Int64, expected: [String]) throws {
        #expect(try TreeProofs(source: leaves(Self.reference)).consistency(from: old, to: size).map(hex) == expected)
    }

    @Test("every proof of every tree up to 40 leaves holds, and no other leaf, root, index or size does")
    func allProofs() throws {
        let source = leaves((0..<40).map { Array("leaf \($0)".utf8) })
        let proofs = TreeProofs(source: source)
        for size in 1...40 as ClosedRange<Int64> {
            let root = try proofs.root(size: size)
            for index in 0..<size {
                var path = try proofs.inclusion(of: index, in: size)
                let leaf = source.hashes[Int(index)]
                #expect(ProofCheck.inclusion(leaf: leaf, index: index, size: size, path: path, root: root))
                #expect(!ProofCheck.inclusion(leaf: root, index: index, size: size, path: path, root: leaf) || size == 1)
                #expect(!ProofCheck.inclusion(leaf: leaf, index: (index + 1) % size, size: size, path: path, root: root) || size == 1)
                #expect(!ProofCheck.inclusion(leaf: leaf, index: index, size: size, path: path + [leaf], root: root))
                if !path.isEmpty {
                    path[0][0] ^= 1
                    #expect(!ProofCheck.inclusion(leaf: leaf, index: index, size: size, path: path, root: root))
                    #expect(!ProofCheck.inclusion(leaf: leaf, index: index, size: size, path: Array(path.dropFirst()), root: root))
                }
            }
            for old in 1...size {
                var path = try proofs.consistency(from: old, to: size)
                let oldRoot = try proofs.root(size: old)
                #expect(ProofCheck.consistency(old: old, oldRoot: oldRoot, size: size, root: root, path: path))
                guard old < size else { continue }
                #expect(!ProofCheck.consistency(old: old, oldRoot: root, size: size, root: root, path: path))
                #expect(!ProofCheck.consistency(old: old, oldRoot: oldRoot, size: size, root: oldRoot, path: path))
                path[path.count - 1][31] ^= 0x80
                #expect(!ProofCheck.consistency(old: old, oldRoot: oldRoot, size: size, root: root, path: path))
            }
        }
    }

    @Test("tile paths are those of the specification's examples")
    func paths() {
        #expect(TileFolder.path("0", 1_234_067, width: 256) == "tile/0/x001/x234/067")
        #expect(TileFolder.path("0", 0, width: 256) == "tile/0/000")
        #expect(TileFolder.path("entries", 273, width: 112) == "tile/entries/273.p/112")
        #expect(TileFolder.path("1", 1000, width: 1) == "tile/1/x001/000.p/1")
    }

    @Test("published step by step or at once, the files are the same, and prove every entry", arguments: [1, 255, 256, 257, 700, 66_000])
    func publication(size: Int64) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tiles-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let key = try Ed25519.SigningKey(seed: SecretBytes(copying: [UInt8](repeating: 3, count: 32).span))
        let entries = (0..<size).map { Array("entry \($0)".utf8) }
        let source = leaves(entries)
        func publish(_ name: String, upTo end: Int64, after start: Int64) throws -> TileFolder {
            let tiles = TileFolder(folder.appendingPathComponent(name))
            // Roots by the append-only tree, so that the tiles are checked against other code.
            let sha = SHA256()
            var tree = MerkleTree()
            for hash in source.hashes.prefix(Int(end)) { tree.append(leafHash: hash, using: sha) }
            let checkpoint = Checkpoint(origin: "o", size: end, root: tree.root(using: sha))
            try tiles.publish(checkpoint, note: checkpoint.signed(by: key), after: start) { first, take in
                for entry in entries[Int(first)..<Int(end)] { try take(entry) }
            }
            return tiles
        }
        let whole = try publish("whole", upTo: size, after: 0)
        var at: Int64 = 0
        for end in [1, size / 3, size / 2, size - 1, size] where end > at {
            _ = try publish("steps", upTo: end, after: at)
            at = end
        }
        func files(_ name: String) throws -> [String: Data] {
            let root = folder.appendingPathComponent(name)
            let names = try FileManager.default.subpathsOfDirectory(atPath: root.path)
            return try Dictionary(uniqueKeysWithValues: names.compactMap { name in
                var isFolder: ObjCBool = false
                let file = root.appendingPathComponent(name)
                _ = FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder)
                return isFolder.boolValue ? nil : (name, try Data(contentsOf: file))
            })
        }
        let (atOnce, inSteps) = (try files("whole"), try files("steps"))
        // Smaller partial tiles stay until their tile is full, for readers of an older checkpoint.
        let kept = inSteps.filter { atOnce[$0.key] == nil }
        #expect(inSteps.filter { atOnce[$0.key] != nil } == atOnce)
        #expect(kept.keys.allSatisfy { $0.contains(".p/") && atOnce[String($0.prefix(upTo: $0.range(of: ".p/")!.lowerBound))] == nil })
        if at > 1 {
            let before = TileFolder(folder.appendingPathComponent("steps")).reader(size: size - 1)
            let old = try TreeProofs(source: before).root(size: size - 1)
            #expect(try old == TreeProofs(source: source).root(size: size - 1))
        }
        let tiles = whole.reader(size: size)
        let proofs = TreeProofs(source: tiles)
        let root = try proofs.root(size: size)
        for index in stride(from: 0, to: size, by: Int(max(1, size / 97))) {
            let path = try proofs.inclusion(of: index, in: size)
            #expect(ProofCheck.inclusion(leaf: source.hashes[Int(index)], index: index, size: size, path: path, root: root))
            #expect(try tiles.entries(index / 256)[Int(index % 256)] == entries[Int(index)])
        }
    }

    @Test("entries that are not those of the checkpoint are not published")
    func refusal() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tiles-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let tiles = TileFolder(folder)
        let checkpoint = Checkpoint(origin: "o", size: 2, root: try TreeProofs(source: leaves([[1], [2]])).root(size: 2))
        #expect(throws: AuditError.rootMismatch(size: 2)) {
            try tiles.publish(checkpoint, note: "n", after: 0) { _, take in
                try take([1])
                try take([3])
            }
        }
        #expect(throws: AuditError.truncated(size: 1, checkpoint: 2)) {
            try tiles.publish(checkpoint, note: "n", after: 0) { _, take in try take([1]) }
        }
        #expect(try tiles.checkpoint() == nil)
    }
}
