import Foundation
import Storage
import Testing
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
            (.failed(path: place, code: 778), 503, "storage-unavailable", 60), (.refused(database: place, state: "53200"), 503, "storage-unavailable", 60),
            // SQLITE_MISUSE, and a table that is not there.
            (.failed(path: place, code: 21), 500, "internal", nil), (.refused(database: place, state: "42P01"), 500, "internal", nil),
            (.corrupt(path: place, detail: "d"), 500, "integrity", nil), (.differs(table: "t"), 500, "integrity", nil),
            (.mismatch(database: place), 400, "invalid", nil), (.forbidden(database: place), 500, "internal", nil),
        ] as [(StorageError, Int, String, Int?)])
    func storage(_ error: StorageError, _ status: Int, _ name: String, _ seconds: Int?) {
        let problem = Problem(error)
        #expect(problem.status.code == status && problem.name == name && problem.headers[.retryAfter] == seconds.map(String.init), "\(problem)")
        #expect(!problem.detail.contains("/srv") && !error.cause.contains("/srv"))
    }

    @Test("a full disk is one whoever noticed it: Foundation writes files as well")
    func files() {
        for error in [CocoaError(.fileWriteOutOfSpace), POSIXError(.ENOSPC), POSIXError(.EDQUOT)] as [any Error] {
            #expect(Problem(error).name == "storage-full" && Problem(error).headers[.retryAfter] != nil)
        }
        #expect(Problem(CocoaError(.fileNoSuchFile)).name == "internal")
    }
}
