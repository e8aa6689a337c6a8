import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Pages
import Policy
import VaultAPI
import VoCVault

/// Forms of `forms.yaml`, for people who are nobody's principals: no sign-in, no cookie, no script, nothing from elsewhere. What is typed
/// comes in as any other record, in the name of the form.
struct FeedbackForms: Sendable {
    let served: ServedVault
    private let gate = FormGate()
    private let style = ByteBuffer(string: FormPage.stylesheet)
    /// The longest that a form may send.
    private static let maximumBody = 128 << 10

    init(served: ServedVault) { self.served = served }

    static let root = "/feedback"

    func add(to router: Router<VaultContext>) {
        router.get(RouterPath(FormPage.stylesheetPath)) { _, _ in
            Response(status: .ok, headers: [.contentType: "text/css; charset=utf-8", .cacheControl: "max-age=3600"], body: ResponseBody(byteBuffer: style))
        }
        router.get("/feedback/{form}") { request, context in
            try visit(request, context) { isClosed($0) ? $0.notice(.closed, .serviceUnavailable) : $0.response($0.page.ask()) }
        }
        router.post("/feedback/{form}") { request, context in try await visited(request, context, take) }
        router.get("/feedback/{form}/receipt") { request, context in try visit(request, context) { $0.response($0.page.askReceipt()) } }
        router.post("/feedback/{form}/receipt") { request, context in try await visited(request, context, takeReceipt) }
    }

    /// Somebody at a form, with one request.
    private struct Visit: Sendable {
        let form: FormPolicy
        let vault: Vault
        let context: VaultContext
        let language: Language
        /// What was sent; empty for a page that is only looked at.
        var sent = Form("")

        var page: FormPage { FormPage(form, language: language) }

        func response(_ html: String, _ status: HTTPResponse.Status = .ok) -> Response { FeedbackForms.response(html, status, origins: form.origins) }

        func notice(_ notice: FormPage.Notice, _ status: HTTPResponse.Status) -> Response { response(page.notice(notice), status) }
    }

    /// - Throws: while the vault cannot be reached.
    private func begin(_ request: Request, _ context: VaultContext) throws -> Visit? {
        let vault = try served.vault
        let name = context.parameters.get("form") ?? ""
        return vault.policies.forms.first { $0.name == name }.map { Visit(form: $0, vault: vault, context: context, language: Self.language(of: request, for: $0)) }
    }

    private func visit(_ request: Request, _ context: VaultContext, _ show: (Visit) throws -> Response) throws -> Response {
        let begun: Visit?
        do { begun = try begin(request, context) } catch { return unavailable(error, request, context) }
        guard let visit = begun else { return Self.unknown(request) }
        return try show(visit)
    }

    private func visited(_ request: Request, _ context: VaultContext, _ take: (Visit) async throws -> Response) async throws -> Response {
        let begun: Visit?
        do { begun = try begin(request, context) } catch { return unavailable(error, request, context) }
        guard var visit = begun else { return Self.unknown(request) }
        guard Self.isOwn(request) else { return visit.notice(.foreign, .forbidden) }
        do {
            visit.sent = Form(String(decoding: try await request.collectBody(upTo: Self.maximumBody, within: Endpoint.bodyPatience), as: UTF8.self))
        } catch is NIOTooManyBytesError { return visit.notice(.tooLarge, .contentTooLarge) }
        return try await take(visit)
    }

    // MARK: What is sent

    private func take(_ visit: Visit) async throws -> Response {
        let (form, page) = (visit.form, visit.page)
        if isClosed(visit) { return visit.notice(.closed, .serviceUnavailable) }
        let typed = form.typed(visit.sent)
        let faults = form.faults(in: typed)
        guard faults.isEmpty else { return visit.response(page.ask(typed: typed, faults: faults), .unprocessableContent) }
        let hash = FormGate.hash(form, typed)
        guard gate.begin(hash) else { return visit.notice(.repeated, .ok) }
        var isStored = false
        defer { if !isStored { gate.forget(hash) } }
        if let seconds = gate.take(form, "records", from: visit.context.client) {
            return visit.response(page.ask(typed: typed, trouble: .tooMany(Self.minutes(seconds))), .tooManyRequests)
        }
        do {
            let (session, receipt) = (visit.vault.session(of: form, request: visit.context.number), try FeedbackReceipt())
            let answers = form.answers(typed, language: visit.language)
            let upload = try await served.work(.short, for: form.principal) { try session.seal(answers, of: form, under: receipt) }
            guard let upload, try await session.store(upload).report.stored == 1 else {
                return visit.response(page.ask(typed: typed, trouble: .notTaken), .unprocessableContent)
            }
            isStored = true
            return visit.response(page.done(receipt: receipt.text))
        } catch VaultError.denied {
            // The day's share is used up; the log has it.
            gate.close(form, on: visit.vault.today)
            return visit.notice(.closed, .serviceUnavailable)
        } catch {
            return visit.response(page.ask(typed: typed, trouble: .unavailable), status(of: error, visit))
        }
    }

    private func takeReceipt(_ visit: Visit) async throws -> Response {
        let (form, page) = (visit.form, visit.page)
        let typed = String((visit.sent[FormPage.receiptField] ?? "").prefix(60))
        guard let receipt = FeedbackReceipt(typed) else { return visit.response(page.askReceipt(typed: typed, fault: .noReceipt), .unprocessableContent) }
        if let seconds = gate.take(form, "requests", from: visit.context.client) {
            return visit.response(page.askReceipt(typed: typed, trouble: .tooMany(Self.minutes(seconds))), .tooManyRequests)
        }
        do {
            let session = visit.vault.session(of: form, request: visit.context.number)
            switch try await served.work(.short, for: form.principal, { try session.openErasure(by: receipt, of: form) }) {
            case .open(let due): return visit.response(page.asked(day: due))
            case .unknown: return visit.response(page.askReceipt(typed: typed, fault: .unknownReceipt), .notFound)
            }
        } catch VaultError.denied {
            return visit.notice(.closed, .serviceUnavailable)
        } catch {
            return visit.response(page.askReceipt(typed: typed, trouble: .unavailable), status(of: error, visit))
        }
    }

    private func isClosed(_ visit: Visit) -> Bool { gate.isClosed(visit.form, on: visit.vault.today) }

    /// The status of a failure, which is noted as any other.
    private func status(of error: any Error, _ visit: Visit) -> HTTPResponse.Status {
        served.note(error)
        let problem = Problem(error)
        problem.log(error, of: visit.context)
        return problem.status
    }

    private static func minutes(_ seconds: Int) -> Int { (seconds + 59) / 60 }

    // MARK: Answers

    private static func language(of request: Request, for form: FormPolicy?) -> Language {
        let asked = Form(request.uri.query ?? "")["lang"].flatMap(Language.init(rawValue:)) ?? Language(accepting: request.headers[.acceptLanguage])
        guard let form, !form.languages.contains(asked.rawValue) else { return asked }
        return form.languages.first.flatMap(Language.init(rawValue:)) ?? asked
    }

    /// Whether the browser says that it comes from the form's own page, in a frame or not (Fetch Metadata).
    private static func isOwn(_ request: Request) -> Bool {
        guard let site = request.headers[HTTPField.Name("Sec-Fetch-Site")!] else { return true }
        return site == "same-origin" || site == "none"
    }

    /// While the vault cannot be reached, nobody knows its forms.
    private func unavailable(_ error: any Error, _ request: Request, _ context: VaultContext) -> Response {
        served.note(error)
        let problem = Problem(error)
        problem.log(error, of: context)
        var response = Self.response(FormPage(nil, language: Self.language(of: request, for: nil)).notice(.unavailable), problem.status, origins: [])
        response.headers[.retryAfter] = problem.headers[.retryAfter]
        return response
    }

    private static func unknown(_ request: Request) -> Response {
        response(FormPage(nil, language: language(of: request, for: nil)).notice(.unknown), .notFound, origins: [])
    }

    private static func response(_ html: String, _ status: HTTPResponse.Status, origins: [String]) -> Response {
        var response = Response(status: status, headers: [.contentType: "text/html; charset=utf-8"], body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
        let frames = origins.isEmpty ? "'none'" : origins.joined(separator: " ")
        response.headers[.contentSecurityPolicy] = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors \(frames)"
        return response
    }
}
