import HTTPTypes
import Hummingbird
import RedactedAPI
import VaultAPI
import VoCVault
import Wire

/// One operation of the API: where it is, what it takes and gives, and what it does.
///
/// The table of all endpoints makes the routes, checks the requests and writes the OpenAPI document.
struct Endpoint: Sendable {
    enum Content: Sendable {
        case none
        case json(Schema)
        /// Streamed to the handler: media types, and what it is.
        case stream([String], about: String)
    }

    enum Reply: Sendable {
        case json(Schema)
        /// JSON, or the same rows as NDJSON or CSV when `Accept` asks for them.
        case rows(Schema)
        case text(String, about: String)
        case bytes(String, about: String)
    }

    struct Parameter: Sendable {
        var name: String
        var schema: Schema
        var isRequired = false
    }

    var method: HTTPRequest.Method
    /// Such as `/v1/records/{record}`.
    var path: String
    var id: String
    var summary: String
    /// What the policy must allow; nil: signing in is enough.
    var action: String?
    /// Names and schemas of the path's variables.
    var variables: [Parameter] = []
    /// Whether the last variable takes all that is left of the path.
    var takesRest = false
    var query: [Parameter] = []
    var content: Content = .none
    var reply: Reply
    /// Statuses besides 200, 400, 401, 403 and 429.
    var statuses: [HTTPResponse.Status] = []
    /// Answers a request that was answered before, if nothing has changed since; nil: it takes the usual way.
    var repeated: (@Sendable (RepeatedCall) async throws -> Response?)?
    var handle: @Sendable (Call) async throws -> Response

    /// As Hummingbird writes it.
    var route: RouterPath {
        guard takesRest, let last = path.lastIndex(of: "/") else { return RouterPath(path) }
        return RouterPath(path[...last] + "**")
    }

    /// Whether its path, whatever the method, is this one.
    func isAt(_ asked: String) -> Bool {
        let (own, asked) = (path.split(separator: "/"), asked.split(separator: "/"))
        guard own.count == asked.count || takesRest && own.count < asked.count else { return false }
        return zip(own, asked).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
}

extension Problem {
    /// What is not found at a path because of its method is not allowed there (RFC 9110, section 15.5.6).
    func orNotAllowed(on path: String) -> Problem {
        let methods = VaultServer.endpoints.filter { $0.isAt(path) }.map(\.method.rawValue)
        guard status == .notFound, !methods.isEmpty else { return self }
        var problem = Problem(.method, "this path does not know the method")
        problem.headers[.allow] = methods.sorted().joined(separator: ", ")
        return problem
    }
}

/// A request whose body may be one that was checked before, by somebody who had signed in then.
struct RepeatedCall: Sendable {
    let request: Request
    let server: VaultServices
    let session: PresumedSession
    let body: [UInt8]
}

/// A request that has been checked, by somebody who has signed in.
struct Call: Sendable {
    let request: Request
    let context: VaultContext
    let server: VaultServices
    let session: Session
    /// Values of the path's variables and of the query, by name.
    let values: [String: JSON]
    let content: JSON
    /// What `content` was read from; empty when it is streamed.
    let body: [UInt8]

    func text(_ name: String) -> String? { (content[name] ?? values[name])?.string }
    func required(_ name: String) -> String { text(name)! }

    /// Does blocking work of the engine.
    func work<R: Sendable>(_ work: Work = .short, _ body: @escaping @Sendable (Session) throws -> R) async throws -> R {
        let session = session
        return try await server.served.work(work, for: session.principal) { try body(session) }
    }

    /// A reply with the members of `members` and the receipt of the last operation.
    func reply(_ members: [String: JSON]) async throws -> Response {
        let receipt = try await receipt()
        var members = members
        members["receipt"] = receipt.json
        var response = Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSON.object(members).bytes)))
        receipt.add(to: &response)
        return response
    }

    /// A reply of another form, with the receipt in its headers.
    func reply(_ type: String, _ body: ResponseBody, headers: HTTPFields = [:]) async throws -> Response {
        var response = Response(status: .ok, headers: headers, body: body)
        response.headers[.contentType] = type
        try await receipt().add(to: &response)
        return response
    }

    func receipt() async throws -> WrittenReceipt { try await server.receipt(for: session.lastReceipt ?? -1, of: session.principal) }
}
