import AuditLog
import Foundation
import Hummingbird
import NIOCore
import Policy
import RedactedAPI
import Sealing
import Store
import StrictJSON
import VaultAPI
import VoCVault

/// What went wrong, in the form of RFC 9457. `type` is stable: `urn:vocvault:` and one of the names below.
struct Problem: Error, HTTPResponseError {
    var status: HTTPResponse.Status
    var name: String
    var title: String
    /// For the person who reads it; never contains what a caller sent or a customer said.
    var detail: String
    var headers = HTTPFields()
    /// Further members of the document.
    var more: [String: JSON] = [:]

    init(_ status: HTTPResponse.Status, _ name: String, _ title: String, _ detail: String) {
        (self.status, self.name, self.title, self.detail) = (status, name, title, detail)
    }

    static func invalid(_ detail: String) -> Problem { Problem(.badRequest, "invalid", "The request is not valid", detail) }
    static let notFound = Problem(.notFound, "not-found", "Not found", "there is nothing at this path")

    static let busy = unavailable("busy", "Busy", "too many requests at once; try again in a moment", after: 1)
    static let crowded = unavailable("busy", "Busy", "too many requests of this kind wait already; try again in a moment", after: 5)
    static let waitedTooLong = unavailable("busy", "Busy", "the request waited too long for its turn, and nothing of it was done; try again later", after: 10)
    static let ending = unavailable("busy", "Busy", "the server is shutting down", after: 5)
    static let tooSlow = Problem(.requestTimeout, "timeout", "Too slow", "the body did not arrive in time")
    static let incomplete = Problem(.badRequest, "invalid", "The request is not valid", "the body ended too early")

    /// - Parameter seconds: when to try again; nil: unknown.
    static func unavailable(_ name: String, _ title: String, _ detail: String, after seconds: Int?) -> Problem {
        var problem = Problem(.serviceUnavailable, name, title, detail)
        problem.headers[.retryAfter] = seconds.map(String.init)
        return problem
    }

    static func tooMany(_ detail: String, after seconds: Int) -> Problem {
        var problem = Problem(.tooManyRequests, "rate-limited", "Too many requests", detail)
        problem.headers[.retryAfter] = String(seconds)
        return problem
    }

    static func notSignedIn(_ detail: String) -> Problem {
        var problem = Problem(.unauthorized, "not-signed-in", "Not signed in", detail)
        problem.headers[.wwwAuthenticate] = #"Bearer realm="vocvault""#
        return problem
    }

    /// The problem for an error of the engine. An unforeseen error reveals nothing.
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as VaultError: self.init(error)
        case let error as ExpressionError: self = .invalid("\(error)")
        case let error as PolicyError: self.init(.conflict, "policy", "The policy files have problems", "\(error)")
        case let error as AuditError: self.init(.internalServerError, "integrity", "Integrity failure", "\(error)")
        case let error as StorageError: self.init(error)
        case let error as Interrupted:
            self.init(error.cause)
            detail += "; \(error.done)"
        case let error where error.meansFullDisk: self = .storageFull("a disk of the vault is full")
        case is NIOTooManyBytesError: self.init(.contentTooLarge, "too-large", "Too large", "the body is larger than this request may have")
        case let error as HTTPError:
            switch error.status {
            case .notFound: self = .notFound
            default: self.init(error.status, "invalid", "The request is not valid", error.status.reasonPhrase)
            }
        default: self = .internalError
        }
    }

    private static let internalError = Problem(
        .internalServerError, "internal", "Internal error", "the vault could not do this; look for the request's number in its log")

    private static func storageFull(_ cause: String) -> Problem { unavailable("storage-full", "No room is left", cause, after: 60) }

    private init(_ error: StorageError) {
        switch error.meaning {
        case .unavailable(let seconds):
            self = .unavailable("storage-unavailable", "The database is not available", "\(error.cause); try again in a moment", after: seconds)
        case .full: self = .storageFull(error.cause)
        case .unknownOutcome:
            self = .unavailable(
                "outcome-unknown", "It is not known whether it was done", "\(error.cause): check whether it was made before you send it again", after: nil)
        case .invalid: self = .invalid(error.cause)
        case .integrity: self.init(.internalServerError, "integrity", "Integrity failure", error.cause)
        case .failed: self = .internalError
        }
    }

    private init(_ error: VaultError) {
        switch error {
        case .denied(let action, let rule, let hint):
            self.init(.forbidden, "denied", "Denied by policy", "\(action) is denied (\(rule))\(hint.isEmpty ? "" : "; \(hint)")")
        case .notSignedIn(let reason): self = .notSignedIn(reason)
        case .needsApproval(let id):
            self.init(.forbidden, "needs-approval", "A second principal must agree", "request \(id) waits for another principal's decision")
            more["approval"] = .integer(id)
        case .invalid(let message): self = .invalid(message)
        case .notFound(let what): self.init(.notFound, "not-found", "Not found", "\(what) was not found")
        case .conflict(let message): self.init(.conflict, "conflict", "Conflict", message)
        case .onHold: self.init(.conflict, "on-hold", "A legal hold forbids it", "\(error)")
        case .integrity: self.init(.internalServerError, "integrity", "Integrity failure", "\(error)")
        case .keys: self.init(.serviceUnavailable, "keys", "Keys are missing", "\(error)")
        case .logForked: self.init(.serviceUnavailable, "log-fork", "The audit log was rolled back or forked", "\(error)")
        case .needsConfirmation: self.init(.conflict, "needs-confirmation", "This must be confirmed", "\(error)")
        case .notAnchored: self.init(.badGateway, "not-anchored", "Not anchored", "\(error)")
        }
    }

    func response(from request: Request, context: some RequestContext) -> Response { response(request: context.id) }

    func response(request: String) -> Response {
        var document: [String: JSON] = [
            "type": .string("urn:vocvault:\(name)"), "title": .string(title), "status": .integer(Int64(status.code)),
            "detail": .string(detail), "instance": .string("urn:vocvault:request:\(request)"),
        ]
        document.merge(more) { $1 }
        var headers = headers
        headers[.contentType] = "application/problem+json"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSON.object(document).bytes)))
    }
}
