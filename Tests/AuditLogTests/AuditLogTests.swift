import AuditLog
import Foundation
import Sealing
import Testing

@Suite("Audit log")
struct AuditLogTests {
    private func hex(_ bytes: [UInt8]) -> String { bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() }

    @Test("roots of the Certificate Transparency reference trees (RFC 6962/9162)")
    func referenceRoots() {
        let leaves: [[UInt8]] = [
            [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43],
            Array(0x50...0x57), Array(0x60...0x6f),
        ]
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ]
        let sha = SHA256()
        var tree = MerkleTree()
        #expect(hex(tree.root(using: sha)) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        for (leaf, root) in zip(leaves, roots) {
            tree.append(leaf, using: sha)
            #expect(hex(tree.root(using: sha)) == root)
        }
    }

    @Test("the frontier gives the same root as the recursive definition of RFC 9162 §2.1.1")
    func recursiveDefinition() {
        let sha = SHA256()
        func root(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
            if leaves.count == 1 { return MerkleTree.leafHash(leaves.first!, using: sha) }
            var split = 1
            while split * 2 < leaves.count { split *= 2 }
            return MerkleTree.nodeHash(
                root(leaves.prefix(split)), root(leaves.dropFirst(split)), using: sha)
        }
        var leaves: [[UInt8]] = []
        var tree = MerkleTree()
        for number in 0..<130 {
            leaves.append(Array("entry \(number)".utf8))
            tree.append(leaves.last!, using: sha)
            #expect(tree.root(using: sha) == root(leaves[...]))
            #expect(MerkleTree(size: tree.size, frontier: tree.frontierBytes) == tree)
        }
        #expect(MerkleTree(size: 3, frontier: [1, 2, 3]) == nil)
    }

    private func key(_ fill: UInt8 = 1) throws -> Ed25519.SigningKey {
        try Ed25519.SigningKey(seed: SecretBytes(copying: [UInt8](repeating: fill, count: 32).span))
    }

    @Test("the verifier key has the form of the signed-note specification's example")
    func verifierKey() {
        let publicKey = Array(Data(base64Encoded: "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")!.dropFirst())
        #expect(
            Checkpoint.verifierKey(origin: "PeterNeumann", publicKey: publicKey)
                == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    }

    @Test("a checkpoint reads back, and no line of it can be changed")
    func checkpoint() throws {
        let key = try key()
        let checkpoint = Checkpoint(origin: "vocvault/ab", size: 17, root: [UInt8](repeating: 9, count: 32))
        let note = try checkpoint.signed(by: key)
        #expect(try Checkpoint(verifying: note, publicKey: key.publicKey) == checkpoint)
        #expect(throws: AuditError.badSignature) { try Checkpoint(verifying: note, publicKey: self.key(2).publicKey) }
        for (old, new) in [("17", "18"), ("vocvault/ab\n17", "vocvault/ac\n17"), ("CQkJ", "CQkI")] {
            let changed = note.replacing(old, with: new, maxReplacements: 1)
            #expect(changed != note)
            #expect(throws: AuditError.self) { try Checkpoint(verifying: changed, publicKey: key.publicKey) }
        }
        for cut in 0..<note.count - 1 {
            #expect(throws: AuditError.self) { try Checkpoint(verifying: String(note.prefix(cut)), publicKey: key.publicKey) }
        }
    }

    private func entry(_ number: Int64) -> AuditEntry {
        var entry = AuditEntry(
            principal: "lin", role: "analyst", purpose: "insight", action: "query", outcome: .allowed,
            rule: "analyst/insight", fields: ["text"], rows: number, reason: "空调\n\"x\"\u{1}", request: "q_\(number)",
            software: "test")
        // Another version's.
        entry.detail = ["b": "2", "a": "1"]
        entry.seq = number
        entry.time = "2026-03-04T00:00:00Z"
        return entry
    }

    @Test("what stored entries call their details is what it was when they were written")
    func names() {
        #expect(
            AuditDetail.allCases.map(\.rawValue).joined(separator: " ")
                == """
                absent action anchor approval audit_key budget case changed changes charged chunks clock_confirmed closed consents customers customers_erased \
                data_keys days decision deep detector digest doubt due duplicates ended ends entries entries_until epsilon epsilon_left erased_before erased_by_entry \
                error explained export field fields_indexed files filled filter_fields findings for for_purpose former_audit_key found_entries found_root from from_format \
                gone handles hold holds_left journal kept kept_entries kept_root keys_erased_again kind late link listed mentions minutes missing_at_least missing_at_most modules \
                new_chunks new_customers overdue owner period proof pruned pseudonyms question question_digest questions_ended records reindexing rejected removes replaced \
                replayed report requests resealing restricted restriction retired revocation role root rotation rows scope sealed_reason set_aside sharers size \
                snapshot source standbys state step subject subjects system task text_searches to to_format tombstone tombstones_removed tombstones_until usual value \
                version view witnessed
                """)
        var entry = entry(1)
        entry[.removes] = "record"
        #expect(entry.detail == ["a": "1", "b": "2", "removes": "record"] && entry[.removes] == "record" && entry[.customers] == nil)
    }

    @Test("entries have one byte form: sorted keys, shortest escapes, and they read back")
    func canonicalForm() throws {
        let entry = entry(3)
        let text = String(decoding: entry.canonicalBytes, as: UTF8.self)
        #expect(
            text == #"{"action":"query","detail":{"a":"1","b":"2"},"fields":["text"],"outcome":"allowed","principal":"lin","purpose":"insight","reason":"空调\n\"x\"\u0001","request":"q_3","role":"analyst","rows":3,"rule":"analyst/insight","seq":3,"software":"test","time":"2026-03-04T00:00:00Z","v":1}"#)
        #expect(AuditEntry(canonicalBytes: entry.canonicalBytes) == entry)
        #expect(AuditEntry(canonicalBytes: Array((" " + text).utf8)) == nil)
    }

    @Test("verification names what was done to the log")
    func verification() throws {
        let key = try key()
        let sha = SHA256()
        var tree = MerkleTree()
        let entries = (0..<20).map { self.entry($0).canonicalBytes }
        var old: Checkpoint?
        for entry in entries {
            tree.append(entry, using: sha)
            if tree.size == 7 { old = Checkpoint(origin: "o", size: 7, root: tree.root(using: sha)) }
        }
        let checkpoint = Checkpoint(origin: "o", size: 20, root: tree.root(using: sha))
        func verify(_ rows: [(Int64, [UInt8])], against older: Checkpoint? = nil) throws {
            var verifier = try AuditVerifier(checkpoint: checkpoint, older: [older].compactMap { $0 })
            for (sequence, entry) in rows { try verifier.add(sequence: sequence, entry) }
            #expect(try verifier.finish().size == 20)
        }
        let rows = entries.enumerated().map { (Int64($0.offset), $0.element) }
        try verify(rows, against: old)
        _ = key
        #expect(throws: AuditError.sequenceBroken(expected: 5, found: 6)) { try verify(rows.filter { $0.0 != 5 }) }
        #expect(throws: AuditError.truncated(size: 19, checkpoint: 20)) { try verify(rows.dropLast()) }
        var edited = rows
        edited[4].1 = { var e = self.entry(4); e.principal = "eve"; return e.canonicalBytes }()
        #expect(throws: AuditError.rootMismatch(size: 20)) { try verify(edited) }
        #expect(throws: AuditError.rootMismatch(size: 7)) { try verify(edited, against: old) }
        var swapped = rows
        (swapped[2].1, swapped[3].1) = (swapped[3].1, swapped[2].1)
        #expect(throws: AuditError.rootMismatch(size: 20)) { try verify(swapped) }
        #expect(throws: AuditError.unsignedEntries(size: 21, checkpoint: 20)) {
            try verify(rows + [(20, self.entry(20).canonicalBytes)])
        }
        let future = Checkpoint(origin: "o", size: 25, root: checkpoint.root)
        #expect(throws: AuditError.truncated(size: 20, checkpoint: 25)) { try verify(rows, against: future) }
        let foreign = Checkpoint(origin: "other", size: 7, root: old!.root)
        #expect(throws: AuditError.wrongOrigin("other")) { try verify(rows, against: foreign) }
    }
}
