import HTTPTypes
import Hummingbird
import NIOCore
import Policy
import VaultAPI
import VoCVault
import Wire

/// Webhooks of other tools at `/hooks/SOURCE`: an event that the tool has signed is a record of the source, in the name of the webhook.
struct WebhookReceiver: Sendable {
    let served: ServedVault
    /// By where they come from: at once, and then per second. Whoever sends is not known before all of an event is there.
    private let rate = RateLimiter(burst: 200, perSecond: 50)
    /// The longest event. A conversation with all its parts may be long.
    private static let maximumBody = 1 << 20

    init(served: ServedVault) { self.served = served }

    func add(to router: Router<VaultContext>) {
        router.post("/hooks/{source}") { request, context in try await take(request, context) }
    }

    private func take(_ request: Request, _ context: VaultContext) async throws -> Response {
        let vault = try served.vault
        guard let hook = vault.policies.hooks.first(where: { $0.source == context.parameters.get("source") }) else { throw Problem.notFound }
        if let seconds = rate.take(FormGate.range(of: context.client)) { throw Problem(.rateLimited, "more events than one sender may send", after: seconds) }
        let event = HookEvent(body: try await request.collectBody(upTo: Self.maximumBody, within: Endpoint.bodyPatience), headers: Self.headers(of: request, for: hook))
        guard try await served.work(.short, for: hook.principal, { try vault.isGenuine(event, for: hook) }) else {
            throw Problem(.notSignedIn, "the signature is not that of this webhook's secret, or too old")
        }
        if event.isProbe { return try Self.reply(IngestReport()) }
        let session = vault.session(of: hook, request: context.number)
        do {
            let upload = try await served.work(.short, for: hook.principal) { try session.seal(event, of: hook) }
            guard let upload else { throw Problem.invalid("the event has no record") }
            let batch = try await session.store(upload)
            // The tool shows it among its deliveries, and can send it again once the source's rule is mended.
            if let reject = batch.rejects.first { throw Problem.invalid("the event was not taken in: \(reject.reason)") }
            return try Self.reply(batch.report)
        } catch VaultError.denied {
            throw Problem(.rateLimited, "this webhook has taken as many records as sources.yaml lets it in a day", after: 3600)
        }
    }

    private static func headers(of request: Request, for hook: HookPolicy) -> [String: String] {
        var headers: [String: String] = [:]
        for name in hook.headers { if let name = HTTPField.Name(name) { headers[name.canonicalName] = request.headers[name] } }
        return headers
    }

    private static func reply(_ report: IngestReport) throws -> Response {
        let summary = JSON.object(["stored": .integer(Int64(report.stored)), "duplicates": .integer(Int64(report.duplicates)), "replaced": .integer(Int64(report.replaced))])
        return Response(status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: ByteBuffer(bytes: summary.bytes)))
    }
}
