import CPostgres
import Store

extension StorageError {
    /// Why a connection did not come about; nil when it did.
    ///
    /// A server that is away, starting or full can be waited for; one that does not let the vault in cannot.
    init?(connecting handle: OpaquePointer, to database: String) {
        guard PQstatus(handle) != CONNECTION_OK else { return nil }
        // About host, user and certificate; it quotes no value.
        let message = String(cString: PQerrorMessage(handle))
        let reason = message.split(separator: "\n").first.map(String.init) ?? "no answer"
        // What a server itself says begins with its severity, in the server's language, and two spaces. The SQLSTATE, which
        // needs no language, libpq gives at a second attempt only, after it was asked for.
        var state: String?
        if message.contains(":  ") {
            PQsetErrorVerbosity(handle, PQERRORS_SQLSTATE)
            PQreset(handle)
            PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
            guard PQstatus(handle) != CONNECTION_OK else { return nil }
            state = String(cString: PQerrorMessage(handle)).matches(of: /:  ([0-9A-Z]{5})\s/).last.map { String($0.1) }
        }
        let isAdmission = state.map { !Self.passes($0) } ?? Self.clientRefusals.contains { message.contains($0) }
        self = isAdmission ? .notAdmitted(database: database, reason: reason) : .unreachable(database: database, reason: reason)
    }

    /// Whether it passes by itself: the server starts, ends or has no room (PostgreSQL, "Error Codes": classes 08, 53, 57).
    private static func passes(_ state: String) -> Bool { ["08", "53", "57"].contains(state.prefix(2)) }

    /// What libpq says, in English, when it is the vault's side that does not accept.
    private static let clientRefusals = ["SSL", "certificate", "no password supplied", "authentication"]
}
