import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Store
import VoCVault

/// Surrounds every request with its number, its log line, its metrics, the security headers, and problems in place of errors.
struct Observation: RouterMiddleware {
    let metrics: ServerMetrics
    let places: Places
    let served: ServedVault
    /// Whether clients reach the server only over TLS.
    let isSecure: Bool

    static let requestHeader = HTTPField.Name("Vault-Request")!

    func handle(
        _ request: Request, context: VaultContext, next: (Request, VaultContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        metrics.began()
        var response: Response
        do {
            // Liveness is answered regardless of the load.
            response = try await request.uri.path == OpenRoutes.liveness ? next(request, context) : places.within { try await next(request, context) }
        } catch {
            // The router's own "not found", as opposed to a resource's.
            let problem = error is HTTPError ? Problem(error).orNotAllowed(on: request.uri.path) : Problem(error)
            served.note(error)
            problem.log(error, of: context)
            response = problem.response(request: context.number)
        }
        if response.status.code < 400, response.headers[WrittenReceipt.entryHeader] != nil { served.noteSuccess() }
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        let route = context.endpointPath ?? "none"
        metrics.ended(method: Self.known(request.method), path: route, status: response.status.code, after: elapsed)
        let line = RequestLine(
            number: context.number, client: Self.isAnonymous(route) ? "-" : context.client, method: Self.known(request.method), route: route, status: response.status.code,
            milliseconds: elapsed * 1000)
        context.logger.info("request", metadata: [RequestLine.key: .stringConvertible(line)], source: "VaultServer")
        secure(&response, context)
        return response
    }

    /// Whoever fills in a form leaves no address in the log.
    private static func isAnonymous(_ route: String) -> Bool { route.hasPrefix(FeedbackForms.root + "/") }

    /// Keeps methods that a client invented out of logs and metrics.
    private static func known(_ method: HTTPRequest.Method) -> String {
        methods.contains(method) ? method.rawValue : "OTHER"
    }

    private static let methods: [HTTPRequest.Method] = [.get, .post, .head, .put, .delete, .patch, .options]

    private func secure(_ response: inout Response, _ context: VaultContext) {
        response.headers.append(HTTPField(name: Self.requestHeader, value: context.number))
        let headers = response.isPage ? Self.pageHeaders : Self.dataHeaders
        let hasOwn = response.headers.contains { Self.names.contains($0.name) }
        response.headers.append(contentsOf: hasOwn ? headers.filter { response.headers[$0.name] == nil } : headers)
        // It has no word for "some": frame-ancestors, which stands in its place (CSP 3, 6.4.2), has.
        if response.headers[.contentSecurityPolicy]?.hasSuffix("frame-ancestors 'none'") == false { response.headers[Self.framesHeader] = nil }
        if isSecure { response.headers.append(Self.transportHeader) }
    }

    private static let framesHeader = HTTPField.Name("X-Frame-Options")!
    private static let dataHeaders: [HTTPField] = [
        HTTPField(name: .cacheControl, value: "no-store"),
        HTTPField(name: .xContentTypeOptions, value: "nosniff"),
        HTTPField(name: framesHeader, value: "DENY"),
        HTTPField(name: .contentSecurityPolicy, value: "default-src 'none'; frame-ancestors 'none'"),
        HTTPField(name: .crossOriginResourcePolicy, value: "same-origin"),
    ]
    /// Headers that matter only for pages are set only on pages, as the OWASP REST Security Cheat Sheet recommends.
    private static let pageHeaders: [HTTPField] = dataHeaders + [
        HTTPField(name: HTTPField.Name("Referrer-Policy")!, value: "no-referrer"),
        HTTPField(name: HTTPField.Name("Cross-Origin-Opener-Policy")!, value: "same-origin"),
        HTTPField(name: HTTPField.Name("Permissions-Policy")!, value: "camera=(), geolocation=(), microphone=()"),
    ]
    private static let transportHeader = HTTPField(name: .strictTransportSecurity, value: "max-age=63072000")
    private static let names = Set(pageHeaders.map(\.name))
}

extension Problem {
    /// Logs why the vault failed. Temporary refusals are only counted.
    func log(_ error: any Error, of context: VaultContext) {
        guard status.code >= 500, failure != .busy else { return }
        // The database's messages name files and servers, never a value. Of other errors only the type is logged: an unforeseen
        // error may contain anything.
        let error = (error as? Interrupted)?.cause ?? error
        let cause = (error as? StorageError)?.description ?? "\(type(of: error))"
        context.logger.error("request failed", metadata: ["request": "\(context.number)", "error": "\(cause)"], source: "VaultServer")
    }
}

extension Response {
    /// Whether a browser shows it as a page.
    fileprivate var isPage: Bool { headers.contains { $0.name == .contentType && $0.value.hasPrefix("text/html") } }
}

/// The log's facts about a request, in one value: every request gets such a line.
struct RequestLine: Sendable, CustomStringConvertible {
    var number: String
    var client: String
    var method: String
    var route: String
    var status: Int
    var milliseconds: Double

    static let key = "http"

    var description: String { members.map { "\($0)=\($1)" }.joined(separator: " ") }

    /// Names and values, ordered by name.
    var members: [(name: String, value: String)] {
        let tenths = Int((milliseconds * 10).rounded())
        return [
            ("client", client), ("method", method), ("ms", "\(tenths / 10).\(tenths % 10)"), ("request", number), ("route", route),
            ("status", String(status)),
        ]
    }
}
