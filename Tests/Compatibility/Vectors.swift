import AuditLog
import Foundation
import Policy
@_spi(Vectors) import Sealing
import Wire

@testable import Store
@testable import VoCVault

/// The test vectors of docs/FORMATS.md, as the vault's own code gives them for fixed keys and values.
///
/// Sealed records have random nonces: theirs are made once, and from then on the code has to open what the file has.
struct Vectors {
    typealias Vector = [String: Any]

    static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("vectors.json")
    private static let seed = bytes(0x60)
    private static let origin = "vocvault/000102030405060708090a0b0c0d0e0f"
    private static let vaultID = UInt128(bigEndianBytes: bytes(0)[0..<16].span)

    /// - Parameter bodies: sealed records of a file that is there; nil: they are made.
    static func json(bodies: [Vector]?) throws -> String {
        let all: [String: [Vector]] = [
            "derive": try derived(), "scrypt": try stretched(), "seal": try sealed(), "body": try bodies ?? Self.bodies(), "normal_form": normalForms(),
            "indexed_form": indexedForms(), "index_entries": entries(), "pseudonym": try pseudonyms(), "value_pseudonym": try valuePseudonyms(), "token": tokens(),
            "tombstone": try tombstones(), "condition": try conditions(), "cursor_aad": try cursorPlaces(), "asked_digest": try askedDigests(),
            "entry": auditEntries(), "tree": try trees(), "note": try notes(), "cosignature": try cosignatures(), "manifest": try manifests(), "head": try heads(),
            "tile_path": tilePaths(), "key_file": try keyFiles(),
        ]
        let data = try JSONSerialization.data(withJSONObject: all, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    // MARK: Keys

    private static func derived() throws -> [Vector] {
        let root = try secret(0x40)
        return [
            ["root": hex(bytes(0x40)), "info": "vocvault wrap v1", "digest": "sha256", "key": hex(try KeyWrapper.wrappingKey(from: root))],
            [
                "root": hex(bytes(0x40)), "info": "vocvault proof v1", "digest": "sha256",
                "key": hex(try HKDF.derive(from: root, salt: [], info: Array("vocvault proof v1".utf8), count: 32)),
            ],
            [
                "root": hex(bytes(0x40)), "info": "vocvault hmac-sm3", "digest": "sm3",
                "key": hex(try HKDF.derive(from: root, salt: [], info: Array("vocvault hmac-sm3".utf8), count: 32, digest: .sm3)),
            ],
        ]
    }

    private static func stretched() throws -> [Vector] {
        let key = try Scrypt(n: 16384, r: 8, p: 1).derive(passphrase: SecretBytes(copying: Array("correct horse 电池".utf8).span), salt: Array(bytes(0)[..<16]), count: 32)
        return [["passphrase": "correct horse 电池", "salt": hex(Array(bytes(0)[..<16])), "n": 16384, "r": 8, "p": 1, "key": hex(key)]]
    }

    private static func keyFiles() throws -> [Vector] {
        let one = Data(bytes(0x40)).base64EncodedString(), two = Data(bytes(0x80)).base64EncodedString()
        let texts = [
            "version 1\nactive a\nroot a file \(one)\n",
            "# comment\n\n version 1 # more\nsuite sm4-ctr-hmac-sm3\r\n\troot a  file \(one)\nroot b#2 exec /bin/echo \(two)\nactive b#2",
        ]
        return try texts.map { text in
            let path = FileManager.default.temporaryDirectory.appendingPathComponent("vector-\(UUID().uuidString)").path
            defer { try? FileManager.default.removeItem(atPath: path) }
            _ = FileManager.default.createFile(atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
            let file = try KeyFile(path: path)
            let roots = try file.entries.map { ($0.id, hex(try file.rootKey($0.id))) }
            return ["text": text, "active": file.active, "suite": file.suite.name, "roots": Dictionary(uniqueKeysWithValues: roots)]
        }
    }

    // MARK: Sealing

    private static func sealed() throws -> [Vector] {
        let cipher = try FieldCipher()
        try cipher.load(secret(0x20))
        return try ["", "a", "空调又坏了，第三次了！ The air conditioning is broken again."].flatMap { text in
            try Suite.allCases.map { suite in
                let aad = Array("vocvault subject key v1".utf8) + bytes(0)[..<16] + [0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 1]
                // A counter that carries: the block counts up as a whole.
                let nonce = Array(repeating: UInt8(0xFF), count: suite.nonceLength)
                let sealed = try cipher.seal(Array(text.utf8).span, aad: aad.span, suite: suite, nonce: nonce)
                return ["key": hex(bytes(0x20)), "aad": hex(aad), "plaintext": hex(Array(text.utf8)), "sealed": hex(sealed)]
            }
        }
    }

    /// What the records in ``bodies()`` hold.
    private static let compartments: [(Compartment, [(String, String)])] = [
        (.direct, [("source_id", "c-1"), ("name", "诸葛亮"), ("phone", "13800138000")]), (.quasi, [("birth_date", "1990-03-07")]), (.sensitive, [("health", "")]),
        (.text, [("text", "我是诸葛亮")]), (.redacted, [("redacted", "我是[PERSON]")]), (.unclassified, [("unclassified", #"{"attributes.new":"1"}"#)]),
    ]

    private static func bodies() throws -> [Vector] {
        try Suite.allCases.map { suite in
            var plaintext: [UInt8] = []
            var places = CompartmentPlaces(start: 0)
            for (compartment, fields) in compartments {
                for (name, value) in fields { Fields.append(name, Array(value.utf8)[...], to: &plaintext) }
                places.end(compartment, at: plaintext.count)
            }
            var body: [UInt8] = []
            let uid = UInt128(bigEndianBytes: bytes(0x90).span)
            try RecordSealer(vaultID: vaultID, suite: suite).seal(plaintext.span, places, key: secret(0x20), subject: 7, record: uid, to: &body)
            let fields = compartments.map { ($0.0.rawValue, Dictionary(uniqueKeysWithValues: $0.1)) }
            return [
                "key": hex(bytes(0x20)), "vault": hex(vaultID.bigEndianBytes), "customer": 7, "uid": hex(uid.bigEndianBytes), "body": hex(body),
                "compartments": Dictionary(uniqueKeysWithValues: fields),
            ]
        }
    }

    /// Whether a vector's parts, taken apart by the code, each hold what the vector says.
    static func opens(_ vector: Vector) throws -> Bool {
        let body = unhex(vector["body"] as? String)
        let (fields, place) = (vector["compartments"] as? [String: [String: String]] ?? [:], unhex(vector["uid"] as? String) + [])
        let cipher = try FieldCipher()
        try cipher.load(SecretBytes(copying: unhex(vector["key"] as? String).span))
        for (name, values) in fields {
            guard let compartment = Compartment(rawValue: name), let range = try SealedBody.range(of: compartment, in: body[...]) else { return false }
            var aad = Array("vocvault field".utf8) + [1] + unhex(vector["vault"] as? String)
            aad.append(bigEndian: Int64(vector["customer"] as? Int ?? 0))
            aad += place + [body[range.lowerBound]] + Array(name.utf8)
            let plaintext = try cipher.open(body[range].span, aad: aad.span).withBytes { span in span.indices.map { span[$0] } }
            for (field, value) in values {
                guard let found = Fields.place(of: field, in: plaintext.span), Array(plaintext[found]) == Array(value.utf8) else { return false }
            }
        }
        return !fields.isEmpty
    }

    // MARK: The log

    private static func auditEntries() -> [Vector] {
        var entry = AuditEntry(
            principal: "zhao", role: "agent", purpose: "follow-up", action: "reveal", outcome: .allowed, rule: "agent/reveal (roles.yaml:12)", target: "r_0",
            fields: ["phone", "name"], rows: 1,
            reason: "a \"quote\", a \\, a line\nand \u{1} 客户 \u{2028}", request: "q_000000000000", client: "10.0.0.1", software: "vocvault/0")
        entry.detail = ["z": "1", "a": "", "é": "2"]
        (entry.seq, entry.time, entry.clock, entry.doubted) = (7, "2026-03-04T04:37:39.120Z", "2026-03-04T04:37:38Z", "2001-01-01T00:00:00Z")
        var plain = AuditEntry(principal: "vault", role: "none", purpose: "none", action: "init", outcome: .denied, rule: "", request: "q_1", software: "vocvault/0")
        plain.time = "2026-03-04T04:37:39Z"
        // Numbers that binary64 does not have.
        var large = plain
        (large.seq, large.rows) = (.max, (1 << 53) + 1)
        return [entry, plain, large].map { entry in
            let bytes = entry.canonicalBytes
            return [
                "bytes": hex(bytes), "seq": entry.seq, "rows": entry.rows, "action": entry.action, "detail": entry.detail, "leaf": hex(MerkleTree.leafHash(bytes, using: SHA256())),
            ]
        }
    }

    /// Complete subtrees of a few leaves, hashed anew each time.
    private struct Leaves: NodeSource {
        var hashes: [[UInt8]]

        func node(level: Int, index: Int64) throws -> [UInt8] {
            if level == 0 { return hashes[Int(index)] }
            return MerkleTree.nodeHash(try node(level: level - 1, index: 2 * index), try node(level: level - 1, index: 2 * index + 1), using: SHA256())
        }
    }

    private static func leaves(_ count: Int) -> [[UInt8]] { (0..<count).map { Array("entry \($0)".utf8) } }

    private static func tree(_ count: Int) -> MerkleTree {
        leaves(count).reduce(into: MerkleTree()) { $0.append($1, using: SHA256()) }
    }

    private static func trees() throws -> [Vector] {
        try [0, 1, 7, 8, 11].map { size in
            let proofs = TreeProofs(source: Leaves(hashes: leaves(size).map { MerkleTree.leafHash($0, using: SHA256()) }))
            return [
                "entries": leaves(size).map(hex), "root": hex(tree(size).root(using: SHA256())), "frontier": hex(tree(size).frontierBytes),
                "inclusion": try (0..<size).map { try proofs.inclusion(of: Int64($0), in: Int64(size)).map(hex) },
                "consistency": try (0..<size).map { try proofs.consistency(from: Int64($0), to: Int64(size)).map(hex) },
            ]
        }
    }

    private static func checkpoint(_ size: Int) -> Checkpoint { Checkpoint(origin: origin, size: Int64(size), root: tree(size).root(using: SHA256())) }

    private static func notes() throws -> [Vector] {
        let (key, other) = (try Ed25519.SigningKey(seed: secret(0x60)), try Ed25519.SigningKey(seed: secret(0x70)))
        let former = Checkpoint.verifierKey(origin: origin, publicKey: other.publicKey)
        return [try checkpoint(7).signed(by: key), try checkpoint(0).signed(by: [other, key]), try checkpoint(8).signed(by: key, extensions: [former])].map { note in
            let (checkpoint, extensions) = try! Checkpoint.reading(note, publicKey: key.publicKey)
            return [
                "seed": hex(seed), "verifier_key": Checkpoint.verifierKey(origin: origin, publicKey: key.publicKey), "note": note, "size": checkpoint.size,
                "root": hex(checkpoint.root),
                "extensions": extensions,
            ]
        }
    }

    private static func cosignatures() throws -> [Vector] {
        let (key, witness) = (try Ed25519.SigningKey(seed: secret(0x60)), try Ed25519.SigningKey(seed: secret(0x70)))
        let note = try checkpoint(7).signed(by: key)
        let line = try Checkpoint.cosignature(under: note, by: witness, named: "witness.example/w", time: 1_772_592_000)
        return [["note": note + line, "name": "witness.example/w", "public": hex(witness.publicKey), "time": 1_772_592_000]]
    }

    private static func manifests() throws -> [Vector] {
        let key = try Ed25519.SigningKey(seed: secret(0x60))
        return try [(0, []), (65537, [bytes(1), bytes(2)].map { hex(SHA256.hash($0)) })].map { length, chunks in
            let note = try SnapshotManifest.note(checkpoint(7), time: "2026-03-04T04:37:39Z", bytes: length, chunks: chunks) {
                try Checkpoint.note($0, signedBy: key, named: origin)
            }
            return ["verifier_key": Checkpoint.verifierKey(origin: origin, publicKey: key.publicKey), "note": note, "size": 7, "bytes": length, "chunks": chunks]
        }
    }

    private static func heads() throws -> [Vector] {
        let key = try Ed25519.SigningKey(seed: secret(0x60))
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("vector-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let kept = KeptHead(Vault.Location(home: folder.path, keys: folder.path + "/keys", policies: ""))
        for (size, decisions) in [(7, 1), (3, 2)] {
            kept.write(KeptHead.Record(head: LogHead(origin: origin, tree: tree(size), note: try checkpoint(size).signed(by: key)), decisions: decisions))
            _ = try? kept.read()
        }
        let file = try Data(contentsOf: URL(fileURLWithPath: kept.path))
        return [
            [
                "verifier_key": Checkpoint.verifierKey(origin: origin, publicKey: key.publicKey), "file": hex(Array(file)), "decisions": 2, "size": 3,
                "frontier": hex(tree(3).frontierBytes),
            ]
        ]
    }

    private static func tilePaths() -> [Vector] {
        [("0", 0, 256), ("1", 7, 3), ("entries", 1_234_067, 256), ("2", 1000, 255)].map { kind, index, width in
            ["kind": kind, "index": index, "width": width, "path": TileFolder.path(kind, Int64(index), width: Int64(width))]
        }
    }

    // MARK: Bytes

    /// 32 bytes that count up.
    static func bytes(_ first: UInt8) -> [UInt8] { (0..<32).map { first &+ $0 } }
    static func secret(_ first: UInt8) throws -> SecretBytes { try SecretBytes(copying: bytes(first).span) }
    static func hex(_ bytes: [UInt8]) -> String { bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() }
    static func hex(_ secret: borrowing SecretBytes) -> String { secret.withSpan { span in hex(span.indices.map { span[$0] }) } }
    static func unhex(_ text: String?) -> [UInt8] {
        let digits = Array(text ?? "")
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(String(digits[$0...$0 + 1]), radix: 16) ?? 0 }
    }
}
