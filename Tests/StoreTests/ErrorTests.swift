import GRDB
import Store
import Testing

@testable import StorePostgres
@testable import StoreSQLite

@Suite("What a database's codes mean")
struct ErrorTests {
    @Test(
        "what the disk or the machine is at fault for may be over later; what the program is, is not",
        arguments: [
            (.SQLITE_IOERR_WRITE, .disk), (.SQLITE_NOMEM, .machine), (.SQLITE_INTERRUPT, .machine), (.SQLITE_PROTOCOL, .machine), (.SQLITE_MISUSE, .program),
            (.SQLITE_CONSTRAINT_UNIQUE, .program),
        ] as [(ResultCode, StorageError.Fault)])
    func files(code: ResultCode, fault: StorageError.Fault) {
        let error = StorageError(DatabaseError(resultCode: code), path: "/")
        #expect(error == .failed(path: "/", code: code.rawValue, fault: fault))
        #expect(error.meaning == (fault == .program ? .failed : .unavailable(retryAfter: 60)))
    }

    @Test(
        "the same of a server",
        arguments: [("53200", .machine), ("57000", .machine), ("58030", .machine), ("42P01", .program), ("23505", .program)] as [(String, StorageError.Fault)])
    func server(state: String, fault: StorageError.Fault) {
        let error = StorageError(PostgresError(state: state), database: "d")
        #expect(error == .refused(database: "d", state: state, fault: fault))
        #expect(error.meaning == (fault == .program ? .failed : .unavailable(retryAfter: 60)))
    }
}
