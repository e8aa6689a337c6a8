import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Pages
import Policy
import RedactedAPI
import VaultAPI
import VoCVault

/// Pages for people, a workspace for each role. Rendered here, with no script and nothing
/// from elsewhere; every step is the same engine call that the API makes.
struct Console: Sendable {
    let services: VaultServices
    let sessions: ConsoleSessions
    private let style = ByteBuffer(string: ConsolePage.stylesheet)

    init(services: VaultServices, isSecure: Bool) throws {
        self.services = services
        sessions = try ConsoleSessions(isSecure: isSecure)
    }

    /// Somebody at the console, with one request.
    struct Visit: Sendable {
        let request: Request
        let context: VaultContext
        let console: Console
        let session: Session
        let number: String
        /// Fields of the form or of the query.
        var form: Form

        var words: Words { Words(console.language(of: request)) }

        /// Does an operation, as the API does it.
        ///
        /// - Parameter work: what it takes, where the operation alone does not tell.
        func perform<O: PerformedOperation>(_ operation: O, _ work: Work? = nil) async throws -> Receipted<O.Reply> {
            let session = O.route.method == .get ? session.viewing(O.id) : session
            return try await console.services.served.work(work ?? O.effort.work, for: session.principal) { try session.perform(operation) }
        }

        /// Whether the policy lets the role do something at all; asks without leaving an entry.
        func may(_ action: Action) -> Bool { session.capabilities.may(action) }

        /// The purpose for which the role may do something, the first of the policy's.
        func purpose(for action: Action) -> String? { session.capabilities.purposes(for: action).first }

        /// Somebody's own question that only fills a page: its entry says so.
        func show<O: PerformedOperation>(_ operation: O, as view: String, _ work: Work? = nil) async throws -> Receipted<O.Reply> {
            let session = session.viewing(view)
            return try await console.services.served.work(work ?? O.effort.work, for: session.principal) { try session.perform(operation) }
        }

        func page(_ title: String, message: ConsolePage.Message? = nil, _ content: (ConsolePage) -> HTML) throws -> Response {
            let words = words
            let links = places.map { ConsolePage.Link(path: $0.path, name: words[keyPath: $0.name], isCurrent: $0.covers(request.uri.path)) }
            let visitor = ConsolePage.Visitor(
                principal: session.principal, role: session.role, formToken: try console.sessions.formToken(number), navigation: links, address: address,
                zone: session.timeZone)
            let page = ConsolePage(title, visitor: visitor, message: message, words: words)
            return console.response(page, content(page))
        }

        /// The pages that the visitor's role can use.
        var places: [ConsolePlace] {
            let capabilities = session.capabilities
            return ConsolePlace.all.filter { $0.isFor(capabilities) }
        }

        /// Where this page, or the one that its form stands on, can be asked for again.
        private var address: String {
            let path = request.uri.path
            guard request.method == .get else { return places.first { $0.covers(path) }?.path ?? "/console" }
            let query = (request.uri.query ?? "").split(separator: "&").filter { !$0.hasPrefix("lang=") }.joined(separator: "&")
            return query.isEmpty ? path : "\(path)?\(query)"
        }
    }

    func add(to router: Router<VaultContext>) {
        router.get(RouterPath(ConsolePage.stylesheetPath)) { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/css; charset=utf-8", .cacheControl: "max-age=3600"], body: ResponseBody(byteBuffer: style))
        }
        router.get(RouterPath(ConsolePage.iconPath)) { _, _ in
            Response(
                status: .ok, headers: [.contentType: "image/svg+xml", .cacheControl: "max-age=86400"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: ConsolePage.icon)))
        }
        router.get("/console/sign-in") { request, _ in signInPage(request) }
        router.post("/console/sign-in") { request, context in try await signIn(request, context) }
        on(router, .post, "/console/sign-out") { visit in
            var response = Response.redirect(to: "/console/sign-in")
            response.setCookie(sessions.end(visit.number))
            return response
        }
        addPages(to: router)
    }

    /// Registers a page: only who is signed in gets to it, and what changes something needs the session's form token.
    func on(
        _ router: Router<VaultContext>, _ method: HTTPRequest.Method, _ path: RouterPath, _ handle: @escaping @Sendable (Visit) async throws -> Response
    ) {
        router.on(path, method: method) { request, context in
            do {
                var response = try await handle(visit(request, context))
                remember(language(of: request), request, &response)
                return response
            } catch let problem as Problem where problem.failure == .notSignedIn {
                return .redirect(to: "/console/sign-in")
            } catch {
                services.served.note(error)
                let problem = Problem(error)
                problem.log(error, of: context)
                return problemPage(problem, request)
            }
        }
    }

    private func visit(_ request: Request, _ context: VaultContext) async throws -> Visit {
        guard let (number, credential) = try sessions.session(of: request) else { throw Problem(.notSignedIn, "") }
        let session = try await services.signIn.session(credential, client: context.client, request: context.number)
        if let seconds = services.requests.take(session.principal) {
            throw Problem(.rateLimited, "more requests than one principal may send", after: seconds)
        }
        sessions.noteUse(of: number, at: session.now)
        var form = Form(request.uri.query ?? "")
        if request.method == .post {
            guard Self.isOwn(request) else { throw Problem(.foreignForm, "the form was sent from another site") }
            let bytes = try await request.collectBody(upTo: Endpoint.maximumBody, within: Endpoint.bodyPatience)
            form = Form(String(decoding: bytes, as: UTF8.self))
            guard try sessions.isFormToken(form["csrf"] ?? "", of: number) else {
                throw Problem(.foreignForm, "the form is not of this session; load the page again")
            }
        }
        return Visit(request: request, context: context, console: self, session: session, number: number, form: form)
    }

    /// Whether the browser says that a form comes from this site (Fetch Metadata; RFC 6454).
    private static func isOwn(_ request: Request) -> Bool {
        if let site = request.headers[HTTPField.Name("Sec-Fetch-Site")!] { return site == "same-origin" }
        guard let origin = request.headers[.origin] else { return true }
        return origin.split(separator: "/").last.map(String.init) == request.head.authority
    }

    // MARK: Signing in

    private func signInPage(_ request: Request, message: ConsolePage.Message? = nil, status: HTTPResponse.Status = .ok) -> Response {
        let language = language(of: request)
        let page = ConsolePage(Words(language).signIn, visitor: nil, message: message, words: Words(language))
        var response = response(page, page.signIn())
        response.status = status
        remember(language, request, &response)
        return response
    }

    private func signIn(_ request: Request, _ context: VaultContext) async throws -> Response {
        guard Self.isOwn(request) else { throw Problem(.foreignForm, "the form was sent from another site") }
        let bytes = try await request.collectBody(upTo: 16 << 10, within: Endpoint.bodyPatience)
        let text = (Form(String(decoding: bytes, as: UTF8.self))["token"] ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
        let credential = Credential(text)
        let session: Session
        do {
            session = try await services.signIn.session(credential, client: context.client, request: context.number)
        } catch {
            services.served.note(error)
            let problem = Problem(error)
            problem.log(error, of: context)
            let failed = Words(language(of: request)).signInFailed
            return signInPage(request, message: .init(failed, detail: problem.detail, isBad: true), status: problem.status)
        }
        var response = Response.redirect(to: "/console")
        response.setCookie(try sessions.begin(credential!, of: person(session)))
        return response
    }

    private func person(_ session: Session, issuer: String? = nil) -> ConsoleSessions.Person {
        .init(principal: session.principal, role: session.role, issuer: issuer, client: session.client, began: session.now, used: session.now)
    }

    // MARK: Rendering

    func language(of request: Request) -> Language {
        let asked = Form(request.uri.query ?? "")["lang"] ?? request.cookies["vocvault-lang"]?.value
        return asked.flatMap(Language.init(rawValue:)) ?? Language(accepting: request.headers[.acceptLanguage])
    }

    /// Keeps a language that was asked for by link.
    func remember(_ language: Language, _ request: Request, _ response: inout Response) {
        guard Form(request.uri.query ?? "")["lang"] != nil else { return }
        response.setCookie(
            Cookie(name: "vocvault-lang", value: language.rawValue, maxAge: 31_536_000, path: "/console", httpOnly: true, sameSite: .strict))
    }

    func response(_ page: ConsolePage, _ content: HTML) -> Response {
        var response = Response(
            status: .ok, headers: [.contentType: "text/html; charset=utf-8"], body: ResponseBody(byteBuffer: ByteBuffer(string: page.html(content))))
        response.headers[.contentSecurityPolicy] =
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        return response
    }

    private func problemPage(_ problem: Problem, _ request: Request) -> Response {
        let words = Words(language(of: request))
        let page = ConsolePage(words.problem, visitor: nil, message: .init(words.text(of: problem.failure), detail: problem.detail, isBad: true), words: words)
        var response = response(page, page.problem())
        response.status = problem.status
        response.headers.append(contentsOf: problem.headers)
        return response
    }
}

/// Fields of an HTML form, as `application/x-www-form-urlencoded` (WHATWG URL). Hummingbird's decoder takes no name twice, which is
/// how a browser sends several ticked boxes, and gives brackets in names a meaning of their own.
struct Form: Sendable {
    private var fields: [(name: String, value: String)] = []

    init(_ text: some StringProtocol) {
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { part in
                // What cannot be decoded stays as it is: left out, a condition would be one less.
                let text = part.replacingOccurrences(of: "+", with: " ")
                return text.removingPercentEncoding ?? text
            }
            fields.append((parts[0], parts.count > 1 ? parts[1] : ""))
        }
    }

    /// A field that is there and not empty.
    subscript(name: String) -> String? {
        fields.first { $0.name == name && !$0.value.isEmpty }?.value
    }

    /// A time that is there; one that cannot be read is no wish for all times.
    func time(_ name: String) throws -> Timestamp? {
        guard let text = self[name] else { return nil }
        guard let time = Timestamp(text) else { throw Problem.invalid("'\(name)' must be a time such as 2026-03-04 or 2026-03-04T12:00:00Z") }
        return time
    }

    /// All fields that are not empty, the first of each name.
    var asked: [String: String] { Dictionary(fields.filter { !$0.value.isEmpty }.map { ($0.name, $0.value) }) { first, _ in first } }

    func all(_ name: String) -> [String] { fields.filter { $0.name == name && !$0.value.isEmpty }.map(\.value) }
}
