import AuditLog
import Foundation
import RedactedAPI
import Sealing
import TestVaults
import Testing
import VoCVault

@Suite("Erasure certificates")
struct ErasureCertificateTests {
    @Test("a certificate is signed, names the entry, and carries the proof that it is in the log")
    func certificate() throws {
        let vault = try TestVault()
        try vault.ingest((0..<3).map { line(id: "\($0)", customer: ["id": "C\($0)"]) })
        let officer = try vault.session("compliance")
        let subject = try officer.lookup(field: "customer_id", value: "C1", purpose: "subject-request").subjects[0]
        let notYet = VaultError.notFound("an erased customer of this pseudonym")
        #expect(throws: notYet) { try officer.erasureCertificate(subject, purpose: "subject-request") }
        let receipt = try officer.eraseSubject(subject, purpose: "subject-request", reason: "request").receipt
        let certificate = try officer.erasureCertificate(subject, purpose: "subject-request")
        let parts = certificate.components(separatedBy: "\n\n")
        #expect(parts[0].contains("customer: \(subject)") && parts[0].contains("records: 1") && parts[0].contains("\naudit entry: \(receipt)\ntombstones: "))
        let key = try VerifierKey(vault.vault.verifierKey)
        let signature = try #require(Data(base64Encoded: String(parts[1].split(separator: " ")[2])))
        func holds(_ text: String) -> Bool {
            Ed25519.verify(signature: Array(signature.dropFirst(4)), message: Array((text + "\n").utf8), publicKey: key.publicKey)
        }
        #expect(holds(parts[0]) && !holds(parts[0].replacing("records: 1", with: "records: 2")))
        // The proof: its leaf is the erasure's entry, its path leads to the checkpoint's root.
        let proof = parts[2].split(separator: "\n").map(String.init)
        let entry = try #require(Data(base64Encoded: String(proof[1].dropFirst(6))))
        let erased = try #require(AuditEntry(canonicalBytes: Array(entry)))
        #expect(erased.action == "subject.erase" && erased.seq == receipt && erased.target == subject)
        let checkpoint = try Checkpoint(verifying: parts[3...].joined(separator: "\n\n"), publicKey: key.publicKey)
        #expect(
            ProofCheck.inclusion(
                leaf: MerkleTree.leafHash(Array(entry), using: SHA256()), index: receipt, size: checkpoint.size,
                path: proof.dropFirst(3).map { Array(Data(base64Encoded: $0)!) }, root: checkpoint.root))
        // It can be issued again, others cannot have one, and the log still adds up.
        #expect(try officer.erasureCertificate(subject, purpose: "subject-request").hasPrefix("VoC Vault erasure certificate v1"))
        let living = try officer.lookup(field: "customer_id", value: "C2", purpose: "subject-request").subjects[0]
        #expect(throws: notYet) { try officer.erasureCertificate(living, purpose: "subject-request") }
        #expect(throws: VaultError.self) { try vault.session("analyst").erasureCertificate(subject, purpose: "subject-request") }
        #expect(try officer.verifyAudit().entries > 0)
    }

    @Test("a ground of several paragraphs stays in its line, and the signature holds")
    func paragraphs() throws {
        let vault = try TestVault { name, text in
            guard name == "retention.yaml" else { return text }
            return text.replacing(/\ \ basis: ".*"/, with: "  basis: |\n    first line\n\n    second paragraph\n")
        }
        try vault.ingest([line(id: "1", customer: ["id": "C1"])])
        let officer = try vault.session("compliance")
        let subject = try officer.lookup(field: "customer_id", value: "C1", purpose: "subject-request").subjects[0]
        _ = try officer.eraseSubject(subject, purpose: "subject-request", reason: "request")
        let parts = try officer.erasureCertificate(subject, purpose: "subject-request").components(separatedBy: "\n\n")
        #expect(parts[0].hasSuffix("(first line second paragraph)"))
        let signature = try #require(Data(base64Encoded: String(parts[1].split(separator: " ")[2])))
        let key = try VerifierKey(vault.vault.verifierKey)
        #expect(Ed25519.verify(signature: Array(signature.dropFirst(4)), message: Array((parts[0] + "\n").utf8), publicKey: key.publicKey))
    }
}
