import Foundation
import Store
import TestVaults
import Testing
import VaultAPI
import VoCVault

@testable import VaultServer

/// What becomes of each error of the store on its way to a client.
@Suite("Problems")
struct ProblemTests {
    private static let place = "/srv/voc/vault.db"

    @Test(
        "what the database cannot do just now is 503 with a time to ask again; what nobody knows, none",
        arguments: [
            (.busy(path: place), 503, "storage-unavailable", 5), (.unreachable(database: place, reason: "r"), 503, "storage-unavailable", 5),
            (.notAdmitted(database: place, reason: "r"), 503, "storage-unavailable", 60), (.readOnly(path: place), 503, "storage-unavailable", 60),
            (.moved(path: place), 503, "storage-unavailable", 60), (.isMoving(database: place), 503, "storage-unavailable", 60),
            (.diskFull(path: place), 503, "storage-full", 60), (.unknownOutcome(database: place), 503, "outcome-unknown", nil),
            // SQLITE_IOERR_WRITE, and a server that lacks memory.
            (.failed(path: place, code: 778, fault: .disk), 503, "storage-unavailable", 60),
            (.refused(database: place, state: "53200", fault: .machine), 503, "storage-unavailable", 60),
            // SQLITE_MISUSE, and a table that is not there.
            (.failed(path: place, code: 21, fault: .program), 500, "internal", nil), (.refused(database: place, state: "42P01", fault: .program), 500, "internal", nil),
            (.corrupt(path: place, detail: "d"), 500, "integrity", nil), (.differs(table: "t"), 500, "integrity", nil),
            (.mismatch(database: place), 400, "invalid", nil), (.forbidden(database: place), 500, "internal", nil),
        ] as [(StorageError, Int, String, Int?)])
    func storage(_ error: StorageError, _ status: Int, _ name: String, _ seconds: Int?) {
        let problem = Problem(error)
        #expect(problem.status.code == status && problem.failure.rawValue == name && problem.headers[.retryAfter] == seconds.map(String.init), "\(problem)")
        #expect(!problem.detail.contains("/srv") && !error.cause.contains("/srv"))
    }

    @Test("a full disk is one whoever noticed it: Foundation writes files as well")
    func files() {
        for error in [CocoaError(.fileWriteOutOfSpace), POSIXError(.ENOSPC), POSIXError(.EDQUOT)] as [any Error] {
            #expect(Problem(error).failure == .storageFull && Problem(error).headers[.retryAfter] != nil)
        }
        #expect(Problem(CocoaError(.fileNoSuchFile)).failure == .internal)
    }
}

@Suite("Slips by HTTP")
struct SlipByHTTPTests {
    @Test("a misspelt name is 400 with the nearest that was meant; a field that is there and denied is 403 with the roles that may")
    func slips() async throws {
        try await withRouter { server in
            try server.vault.ingest([line(id: "1")])
            let (analyst, agent, lead) = (try server.vault.token("analyst"), try server.vault.token("agent"), try server.vault.token("privacy-lead"))
            let replies = [
                try await server.query(analyst, ["select": ["ratin"]]), try await server.query(analyst, ["where": "ratin = 1"]),
                try await server.send("POST", "/v1/aggregate", token: analyst, json: ["purpose": "insight", "measures": ["count"], "group_by": ["ratin"]]),
                try await server.send("POST", "/v1/records/r_000/reveal", token: agent, json: ["field": "phnoe", "purpose": "follow-up", "reason": "x"]),
                try await server.send("GET", "/v1/audit/entries?action=reveel", token: lead),
            ]
            for reply in replies { #expect(reply.status == 400 && reply.problem == "invalid" && reply.text.contains("did you mean"), "\(reply.text)") }
            #expect(try server.vault.session("privacy-lead").auditEntries(.init(outcome: .denied)).isEmpty)
            let denied = try await server.query(analyst, ["select": ["phone"]])
            #expect(
                denied.status == 403 && denied.problem == "denied" && denied.text.contains("it denies field phone; roles that may for another purpose: agent"), "\(denied.text)")
        }
    }

    @Test("blanks around a token are not part of it, and what has them inside is none")
    func tokens() {
        #expect(Credential("vvt_x") == Credential("  vvt_x\r\n") && Credential("vvt_x") != nil)
        #expect(Credential("vvt_x vvt_y") == nil && Credential(" ") == nil)
    }
}
