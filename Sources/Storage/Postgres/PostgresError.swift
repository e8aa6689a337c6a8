import CPostgres

/// What a server or libpq says, by its SQLSTATE. Its message is dropped: it quotes values of statements.
struct PostgresError: Error {
    /// Empty when the connection is gone.
    var state: String

    init(state: String) { self.state = state }

    init(_ result: OpaquePointer?) {
        // PG_DIAG_SQLSTATE
        state = PQresultErrorField(result, 67).map { String(cString: $0) } ?? ""
    }
}

extension StorageError {
    init(_ error: PostgresError, database: String) {
        self = switch error.state {
        // The first three: a session that idled in its transaction, that idled, and whose transaction took too long.
        case "25P03", "57P05", "25P04", "", "57P01", "57P02", "57P03", "08000", "08003", "08006": .unreachable(database: database, reason: "the connection was lost")
        case "55P03", "40001", "40P01", "57014": .busy(path: database)
        case "53100": .diskFull(path: database)
        case "25006": .readOnly(path: database)
        case "42501": .forbidden(database: database)
        case "22P02", "22003", "22021", "42883", "42804": .mismatch(database: database)
        default: .refused(database: database, state: error.state)
        }
    }
}
