import CPostgres
import Store

/// What a server or libpq says, by its SQLSTATE. Its message is dropped: it quotes values of statements.
struct PostgresError: Error {
    /// Empty when the connection is gone.
    var state: String
    /// Whether it came instead of the answer to a commit that changes something.
    var isOfCommit = false

    init(state: String) { self.state = state }

    init(_ result: OpaquePointer?) {
        // PG_DIAG_SQLSTATE
        state = PQresultErrorField(result, 67).map { String(cString: $0) } ?? ""
    }
}

extension PostgresError {
    /// Whether the connection is gone, whoever ended it: the last three are of a session that idled, that idled in its
    /// transaction, and whose transaction took too long.
    var isLostConnection: Bool { state.isEmpty || state.hasPrefix("08") || ["57P01", "57P02", "57P03", "57P05", "25P03", "25P04"].contains(state) }
}

extension StorageError {
    init(_ error: PostgresError, database: String) {
        self = switch error.state {
        case _ where error.isLostConnection && error.isOfCommit: .unknownOutcome(database: database)
        case _ where error.isLostConnection: .unreachable(database: database, reason: "the connection was lost")
        case "53300": .unreachable(database: database, reason: "the server has no connection free")
        case "55P03", "40001", "40P01", "57014": .busy(path: database)
        case "53100": .diskFull(path: database)
        case "XX001", "XX002": .corrupt(path: database, detail: "the server finds it damaged, SQLSTATE \(error.state)")
        case "25006": .readOnly(path: database)
        case "42501": .forbidden(database: database)
        case "22P02", "22003", "22021", "42883", "42804": .mismatch(database: database)
        default: .refused(database: database, state: error.state, fault: Fault(state: error.state))
        }
    }
}

extension StorageError.Fault {
    /// Insufficient resources, an operator's intervention and errors of the system pass (PostgreSQL, "Error Codes": classes 53, 57, 58).
    fileprivate init(state: String) { self = ["53", "57", "58"].contains(state.prefix(2)) ? .machine : .program }
}
