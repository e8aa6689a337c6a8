import HTTPTypes
import Hummingbird
import NIOCore
import VoCVault

/// What needs no sign-in: health, measures, and the API's description.
struct OpenRoutes: Sendable {
    let served: ServedVault
    let metrics: ServerMetrics

    func add(to router: Router<VaultContext>) {
        let description = ByteBuffer(bytes: OpenAPI.document(VaultServer.endpoints, version: Vault.version).bytes)
        router.get("/openapi.json") { _, _ in
            Response(status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: description))
        }
        router.get("/livez") { _, _ in plain(.ok, "ok\n") }
        router.get("/readyz") { _, _ in
            let obstacles = try await served.work { $0.obstacles() }
            return plain(obstacles.isEmpty ? .ok : .serviceUnavailable, obstacles.isEmpty ? "ok\n" : obstacles.joined(separator: "\n") + "\n")
        }
        router.get("/metrics") { request, context in
            // For the collector on this machine; what came through a proxy is from elsewhere.
            let forwarded = request.headers[HTTPField.Name("Forwarded")!] ?? request.headers[HTTPField.Name("X-Forwarded-For")!]
            guard context.isLoopback, forwarded == nil else {
                throw Problem(.forbidden, "denied", "Denied", "measures are for this machine's own collector")
            }
            let obstacles = try await served.work { $0.obstacles() }
            let text = metrics.text(gauges: [
                ("vocvault_ready", "Whether keys, disk and audit log are in order.", obstacles.isEmpty ? 1 : 0),
                ("vocvault_log_forked", "Whether the audit log does not continue the one that was signed: see 'vocvault audit fork'.", served.vault.isForked ? 1 : 0),
            ])
            return plain(.ok, text)
        }
    }

    private func plain(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(status: status, headers: [.contentType: "text/plain; charset=utf-8"], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
