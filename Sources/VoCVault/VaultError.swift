import Store
import VaultAPI

/// Why the vault did not do what was asked. No case ever carries customer data, a key or a token.
public enum VaultError: Error, Equatable {
    /// The policy denies it; the audit log has the denial.
    case denied(action: String, rule: String, hint: String)
    case notSignedIn(String)
    /// A second principal must approve; the request waits under this number.
    case needsApproval(Int64)
    /// The caller's input is wrong.
    case invalid(String)
    /// The checkpoint could not be delivered outside.
    case notAnchored(String)
    case notFound(String)
    /// What has changed since a place cannot be told any more; it must be read from the beginning.
    case cursorGone(String)
    /// The request does not fit the present state: it was done already, or undone meanwhile.
    case conflict(String)
    /// The key file or a key provider cannot supply what the vault needs.
    case keys(String)
    /// Stored bytes differ from what the vault wrote.
    case integrity(String)
    case onHold(ground: String)
    /// Somebody must first confirm that it is meant: what it would do, and how to confirm it.
    case needsConfirmation(String)
    /// The log in the database does not continue the one that was signed; an officer must decide which is true.
    case logForked(LogFork)

    /// What it is on the command line and by HTTP.
    public var failure: Failure {
        switch self {
        case .denied: .denied
        case .notSignedIn: .notSignedIn
        case .needsApproval: .needsApproval
        case .invalid: .invalid
        case .notAnchored: .notAnchored
        case .notFound: .notFound
        case .cursorGone: .cursorGone
        case .conflict: .conflict
        case .keys: .keys
        case .integrity: .integrity
        case .onHold: .onHold
        case .needsConfirmation: .needsConfirmation
        case .logForked: .logForked
        }
    }

    /// Records were left out that are not as the vault left them.
    ///
    /// - Parameter records: their pseudonyms.
    public static func altered(records: [String]) -> VaultError {
        let names = records.prefix(10).joined(separator: ", ") + (records.count > 10 ? ", …" : "")
        return .integrity(
            records.count == 1
                ? "record \(names) is left out: somebody other than the vault has changed it"
                : "\(records.count) records are left out: somebody other than the vault has changed them (\(names))")
    }

    /// Whether the log is none that could take an entry.
    var isLogForked: Bool { if case .logForked = self { true } else { false } }
}

extension StorageError {
    /// The same of the store's errors.
    package var failure: Failure {
        switch meaning {
        case .unavailable: .storageUnavailable
        case .full: .storageFull
        case .unknownOutcome: .unknownOutcome
        case .invalid: .invalid
        case .integrity: .integrity
        case .failed: .internal
        }
    }
}

extension VaultError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .denied(let action, let rule, let hint): "\(action) is denied (\(rule))\(hint.isEmpty ? "" : "; \(hint)")"
        case .needsApproval(let id): "a second principal must agree: request \(id) waits for 'vocvault approvals grant \(id)'"
        case .notSignedIn(let reason): "not signed in: \(reason)"
        case .invalid(let message), .conflict(let message), .cursorGone(let message), .keys(let message), .notAnchored(let message), .needsConfirmation(let message): message
        case .notFound(let what): "\(what) was not found"
        case .integrity(let what): "integrity failure: \(what)"
        case .onHold(let ground): "a legal hold forbids it: \(ground)"
        case .logForked(let fork): "\(fork)"
        }
    }
}
