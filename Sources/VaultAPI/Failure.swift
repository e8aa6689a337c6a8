/// Why the vault did not do what was asked: by HTTP the end of a problem's `type` and its status (RFC 9457), on the command line
/// the exit code. What goes wrong here and on a server is told in the same way.
public enum Failure: String, CaseIterable, Sendable {
    case invalid
    case notSignedIn = "not-signed-in"
    case denied
    case needsApproval = "needs-approval"
    case foreignForm = "foreign-form"
    case notFound = "not-found"
    case cursorGone = "cursor-gone"
    case method
    case timeout
    case tooLarge = "too-large"
    case mediaType = "media-type"
    case onHold = "on-hold"
    case conflict
    case underWay = "under-way"
    case policy
    case needsConfirmation = "needs-confirmation"
    case keyReused = "idempotency-key-reused"
    case rateLimited = "rate-limited"
    case busy
    case storageUnavailable = "storage-unavailable"
    case storageFull = "storage-full"
    case unknownOutcome = "outcome-unknown"
    case integrity
    case logForked = "log-fork"
    case keys
    case notAnchored = "not-anchored"
    case `internal`

    /// Of a response.
    public var status: Int {
        switch self {
        case .invalid: 400
        case .notSignedIn: 401
        case .denied, .needsApproval, .foreignForm: 403
        case .notFound: 404
        case .method: 405
        case .timeout: 408
        case .onHold, .conflict, .underWay, .policy, .needsConfirmation: 409
        case .cursorGone: 410
        case .tooLarge: 413
        case .mediaType: 415
        case .keyReused: 422
        case .rateLimited: 429
        case .integrity, .internal: 500
        case .notAnchored: 502
        case .busy, .storageUnavailable, .storageFull, .unknownOutcome, .logForked, .keys: 503
        }
    }

    /// Of the command line: 1 failed, 2 bad input, 3 denied by policy, 4 integrity failure.
    public var exitCode: Int32 {
        switch self {
        case .invalid, .method, .tooLarge, .mediaType, .policy, .keyReused, .keys: 2
        case .notSignedIn, .denied, .needsApproval, .foreignForm, .onHold: 3
        case .integrity, .logForked: 4
        case .notFound, .cursorGone, .timeout, .conflict, .underWay, .needsConfirmation, .rateLimited, .busy, .storageUnavailable, .storageFull, .unknownOutcome,
            .notAnchored, .internal:
            1
        }
    }

    /// Whether nothing was done, and the same request may succeed in a moment. Not so where somebody must act first, or where
    /// nobody knows whether it was done.
    public var passes: Bool { [.rateLimited, .busy, .storageUnavailable].contains(self) }

    /// A heading for people.
    public var title: String {
        switch self {
        case .invalid: "The request is not valid"
        case .notSignedIn: "Not signed in"
        case .denied: "Denied by policy"
        case .needsApproval: "A second principal must agree"
        case .foreignForm: "Not a form of this session"
        case .notFound: "Not found"
        case .cursorGone: "The cursor is too old"
        case .method: "Method not allowed"
        case .timeout: "Too slow"
        case .tooLarge: "Too large"
        case .mediaType: "Unsupported media type"
        case .onHold: "A legal hold forbids it"
        case .conflict: "Conflict"
        case .underWay: "Still under way"
        case .policy: "The policy files have problems"
        case .needsConfirmation: "This must be confirmed"
        case .keyReused: "The Idempotency-Key was used for another request"
        case .rateLimited: "Too many requests"
        case .busy: "Busy"
        case .storageUnavailable: "The database is not available"
        case .storageFull: "No room is left"
        case .unknownOutcome: "It is not known whether it was done"
        case .integrity: "Integrity failure"
        case .logForked: "The audit log was rolled back or forked"
        case .keys: "Keys are missing"
        case .notAnchored: "Not anchored"
        case .internal: "Internal error"
        }
    }
}
