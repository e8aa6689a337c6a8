import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import VaultAPI
import VoCVault
import Wire

/// What requests are served with: the vault, and everything between it and the network.
struct VaultServices: Sendable {
    let served: ServedVault
    let signIn: SignIn
    let requests: RateLimiter
    /// Requests in progress, by principal.
    let underWay: Places
    let uploads: Places
    /// Answers that continue at their clients' pace.
    let streams: Places
    /// The pace that uploads must keep.
    let pace: PacedBody.Pace
    let idempotency = IdempotentRequests()
    let queries = KnownQueries()
    let receipts = Receipts()
    let certificates: Certificates?

    /// Shows that an access is in the log.
    func receipt(for entry: Int64, of principal: String) async throws -> WrittenReceipt {
        let vault = try served.vault
        // This process signed it a moment ago; otherwise it must be read, which may wait.
        if let known = vault.knownCheckpoint(covering: entry) { return receipts.receipt(for: entry, known) }
        return receipts.receipt(for: entry, try await served.work(.short, for: principal) { try vault.checkpoint(covering: entry) })
    }
}

extension Endpoint {
    /// Longest body that is not streamed.
    static let maximumBody = 1 << 20
    /// How long after its head a whole body must have arrived.
    static let bodyPatience: Duration = .seconds(30)

    func add(to router: Router<VaultContext>, services: VaultServices) {
        router.on(route, method: method) { request, context in
            try await respond(to: request, context, services)
        }
    }

    private func respond(to request: Request, _ context: VaultContext, _ services: VaultServices) async throws -> Response {
        let credential = SignIn.credential(of: request)
        var body: [UInt8]?
        var presumed: PresumedSession?
        var place: Places.Place?
        defer { place?.free() }
        if let repeated, case .token(let hash) = credential, request.uri.query == nil {
            presumed = try services.served.vault.presumedSession(tokenHash: hash, client: context.client, request: context.number)
            if let presumed {
                try take(presumed.principal, services)
                place = try services.underWay.take(presumed.principal)
                let bytes = try await self.body(of: request)
                body = bytes
                if let response = try await repeated(RepeatedCall(request: request, server: services, session: presumed, body: bytes)) { return response }
            }
        }
        let session = try await services.signIn.session(credential, client: context.client, request: context.number)
        if session.principal != presumed?.principal {
            try take(session.principal, services)
            place?.free()
            place = try services.underWay.take(session.principal)
        }
        let values = try values(of: request, context)
        var content = JSON.null
        if case .json(let schema) = self.content {
            body = if let body { body } else { try await self.body(of: request) }
            content = try Self.content(of: body!, schema)
        }
        let call = Call(
            request: request, context: context, server: services, session: session, values: values, content: content, body: body ?? [])
        var response = try await handle(call)
        if response.headers[WrittenReceipt.entryHeader] == nil, session.lastReceipt != nil { try await call.receipt().add(to: &response) }
        return response
    }

    /// The path's variables and the query's parameters.
    private func values(of request: Request, _ context: VaultContext) throws -> [String: JSON] {
        var values: [String: JSON] = [:]
        func take(_ text: String, for parameter: Parameter) throws {
            let value = parameter.schema.value(reading: text)
            if let problem = parameter.schema.problem(of: value, at: parameter.name) { throw Problem.invalid(problem) }
            guard values.updateValue(value, forKey: parameter.name) == nil else { throw Problem.invalid("'\(parameter.name)' appears twice") }
        }
        for variable in variables {
            let rest = takesRest && variable.name == variables.last?.name ? context.parameters.getCatchAll().joined(separator: "/") : nil
            guard let text = rest ?? context.parameters.get(variable.name) else { throw Problem.notFound }
            try take(text.removingPercentEncoding ?? text, for: variable)
        }
        for (name, text) in request.uri.queryParameters {
            guard let parameter = query.first(where: { $0.name == name }) else {
                let known = query.map(\.name).joined(separator: ", ")
                throw Problem.invalid("the query may have only \(known.isEmpty ? "no parameters" : known)")
            }
            try take(String(text), for: parameter)
        }
        for parameter in query where parameter.isRequired && values[parameter.name] == nil {
            throw Problem.invalid("'\(parameter.name)' is missing")
        }
        return values
    }

    private func take(_ principal: String, _ services: VaultServices) throws {
        if let seconds = services.requests.take(principal) { throw Problem(.rateLimited, "more requests than one principal may send", after: seconds) }
    }

    private func body(of request: Request) async throws -> [UInt8] {
        guard let type = request.headers[.contentType], Self.isJSON(type) else {
            throw Problem(.mediaType, "the body must be application/json")
        }
        return try await request.collectBody(upTo: Self.maximumBody, within: Self.bodyPatience)
    }

    private static func isJSON(_ type: String) -> Bool {
        type == "application/json"
            || type.lowercased().split(separator: ";").first?.filter { $0 != " " && $0 != "\t" } == "application/json"
    }

    private static func content(of bytes: [UInt8], _ schema: Schema) throws -> JSON {
        let value: JSON
        do throws(JSON.SyntaxError) {
            value = try JSON(parsing: bytes)
        } catch {
            throw Problem.invalid("the body is not JSON: \(error.message) at byte \(error.offset)")
        }
        if let problem = schema.problem(of: value) { throw Problem.invalid(problem) }
        return value
    }
}

extension Schema {
    /// A parameter's text, converted to the schema's type.
    fileprivate func value(reading text: String) -> JSON {
        switch self {
        case .integer: Int64(text).map { .integer($0) } ?? .string(text)
        case .boolean: text == "true" ? true : text == "false" ? false : .string(text)
        case .array: .array(text.split(separator: ",", omittingEmptySubsequences: false).map { .string(String($0)) })
        default: .string(text)
        }
    }
}

extension Request {
    /// The whole body, if it is there in time: Hummingbird's `collectBody(upTo:)` has a limit of bytes, but waits for ever.
    ///
    /// A client that trickles is caught when its next bytes arrive; if nothing arrives at all, the connection is closed.
    func collectBody(upTo limit: Int, within patience: Duration) async throws -> [UInt8] {
        let deadline = ContinuousClock.now + patience
        var bytes: [UInt8] = []
        var parts = body.makeAsyncIterator()
        while true {
            let part: ByteBuffer?
            do { part = try await parts.next() } catch { throw Problem.incomplete }
            guard let part else { return bytes }
            guard bytes.count + part.readableBytes <= limit else { throw NIOTooManyBytesError(maxBytes: limit) }
            bytes += part.readableBytesView
            guard ContinuousClock.now < deadline else { throw Problem.tooSlow }
        }
    }
}
