import HTTPTypes
import Hummingbird
import NIOCore
import VaultAPI
import VoCVault

/// Routes without sign-in: health, metrics, and the API's description.
struct OpenRoutes: Sendable {
    let readiness: Readiness
    let metrics: ServerMetrics
    let certificates: Certificates?
    /// The server's present load.
    let gauges: @Sendable () -> [Gauge]
    /// How customers' requests, sources, and what endpoints are to be told, stand; nil: the vault cannot be read now.
    let vault: @Sendable () async -> (requests: RequestMeasures, sources: [SourceState], outbox: [OutboxState])?

    static let liveness = "/livez"

    func add(to router: Router<VaultContext>) {
        let description = ByteBuffer(bytes: OpenAPI.document(VaultServer.endpoints, version: Vault.version).bytes)
        router.get("/openapi.json") { _, _ in
            Response(status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: description))
        }
        router.get(RouterPath(Self.liveness)) { _, _ in "ok\n" }
        router.get("/readyz") { _, _ in
            let obstacles = await readiness.obstacles()
            return EditedResponse(status: obstacles.isEmpty ? .ok : .serviceUnavailable, response: (obstacles.isEmpty ? ["ok"] : obstacles).map { $0 + "\n" }.joined())
        }
        router.get("/metrics") { request, context in
            // Only for a collector on this machine; requests through a proxy come from elsewhere.
            let forwarded = request.headers[HTTPField.Name("Forwarded")!] ?? request.headers[HTTPField.Name("X-Forwarded-For")!]
            guard context.isLoopback, forwarded == nil else {
                throw Problem(.denied, "measures are for this machine's own collector")
            }
            let isReady = await readiness.obstacles().isEmpty
            var gauges = [
                Gauge("vocvault_ready", "Whether database, keys, disk, audit log and certificate are in order.", isReady ? 1 : 0),
                Gauge(
                    "vocvault_log_forked", "Whether the audit log does not continue the one that was signed: see 'vocvault audit fork'.",
                    readiness.isForked ? 1 : 0),
            ] + gauges()
            if let vault = await vault() { gauges += [Gauge](vault.requests) + [Gauge](vault.sources) + [Gauge](vault.outbox) }
            if let certificates {
                gauges.append(Gauge("vocvault_tls_certificate_expiry_seconds", "When the certificate expires, in seconds since 1970.", Double(certificates.expiry)))
            }
            return metrics.text(gauges)
        }
    }
}
