import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import StrictJSON
import VoCVault

/// What serves requests: the vault, and what stands between it and the network.
struct VaultServices: Sendable {
    let served: ServedVault
    let signIn: SignIn
    let requests: RateLimiter
    let uploads: Places
    let idempotency = IdempotentRequests()
}

extension Endpoint {
    /// Bodies that are not streamed.
    static let maximumBody = 1 << 20
    /// A whole body must be there this long after its head.
    static let bodyPatience: Duration = .seconds(30)

    func add(to router: Router<VaultContext>, services: VaultServices) {
        router.on(route, method: method) { request, context in
            try await respond(to: request, context, services)
        }
    }

    private func respond(to request: Request, _ context: VaultContext, _ services: VaultServices) async throws -> Response {
        let session = try await services.signIn.session(SignIn.credential(of: request), client: context.client, request: context.number)
        if let seconds = services.requests.take(session.principal) {
            throw Problem.tooMany("more requests than one principal may send", after: seconds)
        }
        let call = Call(
            request: request, context: context, server: services, session: session,
            values: try values(of: request, context), content: try await content(of: request))
        var response = try await handle(call)
        if response.headers[Receipt.entryHeader] == nil, session.lastReceipt != nil { try await call.receipt().add(to: &response) }
        return response
    }

    /// The path's variables and the query's parameters.
    private func values(of request: Request, _ context: VaultContext) throws -> [String: JSON] {
        var values: [String: JSON] = [:]
        func take(_ text: String, for parameter: Parameter) throws {
            let value = parameter.schema.value(reading: text)
            if let problem = parameter.schema.problem(of: value, at: parameter.name) { throw Problem.invalid(problem) }
            guard values.updateValue(value, forKey: parameter.name) == nil else { throw Problem.invalid("'\(parameter.name)' stands twice") }
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

    private func content(of request: Request) async throws -> JSON {
        guard case .json(let schema) = content else { return .null }
        let type = request.headers[.contentType]?.lowercased().split(separator: ";").first
        guard type?.filter({ $0 != " " && $0 != "\t" }) == "application/json" else {
            throw Problem(.unsupportedMediaType, "media-type", "Unsupported media type", "the body must be application/json")
        }
        let bytes = try await request.collectBody(upTo: Self.maximumBody, within: Self.bodyPatience)
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
    /// A parameter's text in the schema's type.
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
    /// The whole body, if it is there in time.
    ///
    /// A client that trickles is caught with its next bytes; one that sends nothing at all has its connection closed.
    func collectBody(upTo limit: Int, within patience: Duration) async throws -> [UInt8] {
        let deadline = ContinuousClock.now + patience
        var bytes: [UInt8] = []
        for try await part in body {
            guard bytes.count + part.readableBytes <= limit else { throw NIOTooManyBytesError(maxBytes: limit) }
            bytes += part.readableBytesView
            guard ContinuousClock.now < deadline else {
                throw Problem(.requestTimeout, "timeout", "Too slow", "the body did not arrive in time")
            }
        }
        return bytes
    }
}
