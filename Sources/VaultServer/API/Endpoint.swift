import HTTPTypes
import Hummingbird
import RedactedAPI
import VaultAPI
import VoCVault
import Wire

/// One operation of the API: its place, its request, its reply, and what it does.
///
/// The table of all endpoints creates the routes, checks the requests and writes the OpenAPI document.
struct Endpoint: Sendable {
    enum Content: Sendable {
        case none
        case json(Schema)
        /// Streamed to the handler: media types, and a description.
        case stream([String], about: String)
    }

    enum Reply: Sendable {
        case json(Schema)
        /// JSON, or the same rows as NDJSON or CSV if `Accept` asks for them.
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
    /// The action that the policy must allow; nil: signing in is enough.
    var action: String?
    /// Names and schemas of the path's variables.
    var variables: [Parameter] = []
    /// Whether the last variable takes the rest of the path.
    var takesRest = false
    var query: [Parameter] = []
    var content: Content = .none
    var reply: Reply
    /// Statuses besides 200, 400, 401, 403 and 429.
    var statuses: [HTTPResponse.Status] = []
    /// Answers a request that was answered before, if nothing has changed since; nil: the request is handled as usual.
    var repeated: (@Sendable (RepeatedCall) async throws -> Response?)?
    var handle: @Sendable (Call) async throws -> Response

    /// In Hummingbird's notation.
    var route: RouterPath {
        guard takesRest, let last = path.lastIndex(of: "/") else { return RouterPath(path) }
        return RouterPath(path[...last] + "**")
    }

    /// Whether a path is this endpoint's, whatever the method.
    func isAt(_ asked: String) -> Bool {
        let (own, asked) = (path.split(separator: "/"), asked.split(separator: "/"))
        guard own.count == asked.count || takesRest && own.count < asked.count else { return false }
        return zip(own, asked).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
}

extension Problem {
    /// A path that exists with other methods answers "method not allowed" (RFC 9110, section 15.5.6).
    func orNotAllowed(on path: String) -> Problem {
        let methods = VaultServer.endpoints.filter { $0.isAt(path) }.map(\.method.rawValue)
        guard status == .notFound, !methods.isEmpty else { return self }
        var problem = Problem(.method, "this path does not know the method")
        problem.headers[.allow] = methods.sorted().joined(separator: ", ")
        return problem
    }
}

/// A request whose body may have been checked before, for somebody who had signed in then.
struct RepeatedCall: Sendable {
    let request: Request
    let server: VaultServices
    let session: PresumedSession
    let body: [UInt8]
}

/// A checked request from somebody who has signed in.
struct Call: Sendable {
    let request: Request
    let context: VaultContext
    let server: VaultServices
    let session: Session
    /// Values of the path's variables and of the query, by name.
    let values: [String: JSON]
    let content: JSON
    /// The bytes from which `content` was read; empty if the body is streamed.
    let body: [UInt8]

    func text(_ name: String) -> String? { (content[name] ?? values[name])?.string }
    /// Whether a parameter of the query is `true`.
    func isSet(_ name: String) -> Bool { values[name] == true }
    func required(_ name: String) -> String { text(name)! }

    /// Does blocking work in the engine.
    func work<R: Sendable>(_ work: Work = .short, _ body: @escaping @Sendable (Session) throws -> R) async throws -> R {
        let session = session
        return try await server.served.work(work, for: session.principal) { try body(session) }
    }

    /// A reply with `members` and the receipt of the last operation.
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

    /// A reply in another form, with the receipt in its headers.
    func reply(_ type: String, _ body: ResponseBody, headers: HTTPFields = [:]) async throws -> Response {
        var response = Response(status: .ok, headers: headers, body: body)
        response.headers[.contentType] = type
        try await receipt().add(to: &response)
        return response
    }

    func receipt() async throws -> WrittenReceipt { try await server.receipt(for: session.lastReceipt ?? -1, of: session.principal) }
}
