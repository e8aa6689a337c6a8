import AuditLog
import Foundation
import Hummingbird
import NIOCore
import Policy
import RedactedAPI
import Sealing
import Store
import VaultAPI
import VoCVault
import Wire

/// What went wrong, in the form of RFC 9457. `type` is stable: `urn:vocvault:` and one of the names below.
struct Problem: Error, HTTPResponseError {
    var failure: Failure
    var status: HTTPResponse.Status
    /// For the person who reads it; never holds what a caller sent or a customer said.
    var detail: String
    var headers = HTTPFields()
    /// Further members of the document.
    var more: [String: JSON] = [:]

    /// - Parameter seconds: until it is worth asking again; nil: nobody knows.
    init(_ failure: Failure, _ detail: String, after seconds: Int? = nil) {
        (self.failure, self.detail, status) = (failure, detail, HTTPResponse.Status(code: failure.status))
        if let seconds { headers[.retryAfter] = String(seconds) }
        if failure == .notSignedIn { headers[.wwwAuthenticate] = #"Bearer realm="vocvault""# }
    }

    static func invalid(_ detail: String) -> Problem { Problem(.invalid, detail) }
    static let notFound = Problem(.notFound, "there is nothing at this path")

    static let busy = Problem(.busy, "too many requests at once; try again in a moment", after: 1)
    static let crowded = Problem(.busy, "too many requests of this kind wait already; try again in a moment", after: 5)
    static let waitedTooLong = Problem(.busy, "the request waited too long for its turn, and nothing of it was done; try again later", after: 10)
    static let ending = Problem(.busy, "the server is shutting down", after: 5)
    static let tooSlow = Problem(.timeout, "the body did not arrive in time")
    static let incomplete = invalid("the body ended too early")

    /// The problem for an error of the engine. An unforeseen error reveals nothing.
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as VaultError: self.init(error)
        case let error as ExpressionError: self.init(.invalid, "\(error)")
        case let error as PolicyError: self.init(.policy, "\(error)")
        case let error as AuditError: self.init(.integrity, "\(error)")
        case let error as StorageError: self.init(error)
        case let error as Interrupted:
            self.init(error.cause)
            detail += "; \(error.done)"
        case let error where error.meansFullDisk: self = .storageFull("a disk of the vault is full")
        case is NIOTooManyBytesError: self.init(.tooLarge, "the body is larger than this request may have")
        case let error as HTTPError where error.status == .notFound: self = .notFound
        case let error as HTTPError:
            self.init(.invalid, error.status.reasonPhrase)
            status = error.status
        default: self = .internalError
        }
    }

    private static let internalError = Problem(.internal, "the vault could not do this; look for the request's number in its log")

    private static func storageFull(_ cause: String) -> Problem { Problem(.storageFull, cause, after: 60) }

    private init(_ error: StorageError) {
        switch error.meaning {
        case .unavailable(let seconds): self.init(error.failure, "\(error.cause); try again in a moment", after: seconds)
        case .full: self = .storageFull(error.cause)
        case .unknownOutcome: self.init(error.failure, "\(error.cause): check whether it was made before you send it again")
        case .invalid, .integrity: self.init(error.failure, error.cause)
        case .failed: self = .internalError
        }
    }

    private init(_ error: VaultError) {
        switch error {
        case .notSignedIn(let reason): self.init(.notSignedIn, reason)
        case .needsApproval(let id):
            self.init(.needsApproval, "request \(id) waits for another principal's decision")
            more["approval"] = .integer(id)
        default: self.init(error.failure, "\(error)")
        }
    }

    func response(from request: Request, context: some RequestContext) -> Response { response(request: context.id) }

    func document(request: String) -> JSON {
        var document: [String: JSON] = [
            "type": .string("urn:vocvault:\(failure.rawValue)"), "title": .string(failure.title), "status": .integer(Int64(status.code)),
            "detail": .string(detail), "instance": .string("urn:vocvault:request:\(request)"),
        ]
        document.merge(more) { $1 }
        return .object(document)
    }

    func response(request: String) -> Response {
        var headers = headers
        headers[.contentType] = "application/problem+json"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: document(request: request).bytes)))
    }
}
