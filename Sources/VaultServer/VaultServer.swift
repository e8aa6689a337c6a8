import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals
import VaultAPI
import VoCVault

/// The vault over HTTP: the API under `/v1`, a console for people under `/console`, and what its operation needs.
///
/// Whoever signs in gets a `Session` of the engine, which asks the policy before every step: the server grants no rights of its
/// own. Blocking work runs on separate threads, never on those that serve connections.
package struct VaultServer: Sendable {
    package struct Configuration: Sendable {
        package var host = "127.0.0.1"
        /// 0: any free port.
        package var port = 8443
        /// PEM files; nil: no TLS.
        package var tls: TLS?
        /// Requests in progress at the same time, half of which one principal may have; further ones are answered 503.
        package var maximumRequests = 512
        /// Connections; if there are more, idle ones make room. Nil: as many as the limit of open files allows, but no more than
        /// 12,000.
        package var maximumConnections: Int?
        /// Requests of one principal: at once, and then per second.
        package var requestBurst = 2000
        package var requestsPerSecond = 500.0
        /// Failed attempts to sign in from one address: at once; each takes five seconds to be forgotten.
        package var failedSignIns = 20
        /// A connection is closed if, for this many seconds, it has no complete request head or no more of its body arrives.
        package var idleSeconds: Int64 = 30
        /// A client that reads nothing of a waiting answer is cut off after this many seconds.
        package var stalledSeconds: Int64 = 120
        /// An upload is cut off if it brings fewer bytes per second over this many seconds of waiting for it.
        package var uploadBytesPerSecond = 1024
        package var uploadStretchSeconds = 30.0
        /// After a signal to end, requests in progress have this many seconds; then the rest is cut off.
        package var drainSeconds = 30.0
        /// Delay between attempts to reach a database that was not available when the server started: at first, and at most.
        package var openingPauseSeconds = 1.0
        package var longestOpeningPauseSeconds = 15.0

        package init() {}
    }

    package struct TLS: Sendable {
        package var certificates: String
        package var key: String
        /// Certificates of the authorities that sign clients' certificates; nil: clients need none.
        package var clientAuthorities: String?

        package init(certificates: String, key: String, clientAuthorities: String? = nil) {
            (self.certificates, self.key, self.clientAuthorities) = (certificates, key, clientAuthorities)
        }
    }

    private let configuration: Configuration
    private let served: ServedVault
    private let certificates: Certificates?
    private let connections: Connections
    private let metrics = ServerMetrics()
    private let logger: Logger

    /// - Parameters:
    ///   - opening: opens the vault. While its database cannot be reached, the server says so and tries again.
    ///   - log: receives the log's lines of JSON; nil: standard error.
    /// - Throws: why it cannot serve: a problem with the vault or a certificate, or a limit of open files that is too low.
    package init(
        opening: @escaping @Sendable () throws -> Vault, configuration: Configuration = Configuration(), log: (@Sendable (Data) -> Void)? = nil
    ) throws {
        var configuration = configuration
        let maximum = try configuration.maximumConnections ?? min(12_000, OpenFiles.connections())
        // Some of them never have a request and can make room.
        configuration.maximumRequests = min(configuration.maximumRequests, max(1, maximum * 3 / 4))
        self.configuration = configuration
        certificates = try configuration.tls.map { try Certificates($0) }
        connections = Connections(maximum: maximum)
        served = try ServedVault(opening: opening)
        logger = Logger(label: JSONLogHandler.label) { label in
            log.map { JSONLogHandler(label: label, write: $0) } ?? JSONLogHandler(label: label)
        }
    }

    /// All endpoints of the API.
    static let endpoints = [Endpoint.ingest] + Operations.all.map(Endpoint.of)

    /// Serves until a signal ends it, after giving requests in progress some time to finish. SIGHUP reloads the policy files and
    /// the certificate.
    ///
    /// - Parameters:
    ///   - signals: the signals that end it.
    ///   - onListening: is told the port.
    /// - Returns: whether everything has ended. If not, work is still running, and ending the process then has the effect of a
    ///   crash: nothing that was acknowledged is lost.
    @discardableResult
    package func run(signals: [UnixSignal] = [.sigterm, .sigint], onListening: @escaping @Sendable (Int) -> Void = { _ in }) async throws -> Bool {
        let application = try Application(
            responder: router().buildResponder(), server: http(),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), backlog: 1024,
                availableConnectionsDelegate: ConnectionRoom(connections: connections)),
            onServerRunning: { [connections, logger] channel in
                await AcceptPause.add(to: channel, connections, logger)
                onListening(channel.localAddress?.port ?? 0)
            }, logger: logger)
        let serving = Serving(
            application: application, connections: connections, served: served, patience: .seconds(configuration.drainSeconds), logger: logger)
        let services: [any Service] = [
            Reload(served: served, certificates: certificates, metrics: metrics, logger: logger),
            Opening(
                served: served, pause: .seconds(configuration.openingPauseSeconds), longest: .seconds(configuration.longestOpeningPauseSeconds),
                logger: logger), OutboxDelivery(served: served, logger: logger), serving,
        ]
        try await ServiceGroup(configuration: .init(services: services, gracefulShutdownSignals: signals, logger: logger)).run()
        return served.abandon() == 0 && !serving.isLeftBehind
    }

    /// What answers requests, however they come.
    func router() throws -> Router<VaultContext> {
        let router = Router(context: VaultContext.self)
        router.add(
            middleware: Observation(metrics: metrics, places: Places(configuration.maximumRequests), served: served, isSecure: configuration.tls != nil))
        let uploads = Places(Uploads.places, each: Uploads.placesEach)
        let services = VaultServices(
            served: served, signIn: SignIn(served, failures: configuration.failedSignIns),
            requests: RateLimiter(burst: configuration.requestBurst, perSecond: configuration.requestsPerSecond),
            underWay: Places(configuration.maximumRequests, each: max(1, configuration.maximumRequests / 2)), uploads: uploads,
            streams: Places(RowStream.places, each: RowStream.placesEach),
            pace: .init(bytesPerSecond: configuration.uploadBytesPerSecond, stretch: .seconds(configuration.uploadStretchSeconds)),
            certificates: certificates)
        for endpoint in Self.endpoints { endpoint.add(to: router, services: services) }
        try Console(services: services, isSecure: configuration.tls != nil).add(to: router)
        FeedbackForms(served: served).add(to: router)
        WebhookReceiver(served: served).add(to: router)
        let (served, connections) = (served, connections)
        let gauges: @Sendable () -> [Gauge] = { [Gauge](served, connections, uploads: uploads) }
        OpenRoutes(readiness: Readiness(served, certificates), metrics: metrics, certificates: certificates, gauges: gauges) {
            try? await served.work(.look, for: "metrics") { try (served.vault.requestMeasures(), served.vault.sourceStates(), served.vault.outboxStates()) }
        }.add(to: router)
        return router
    }

    private func http() -> HTTPServerBuilder {
        let patience = TimeAmount.seconds(configuration.stalledSeconds)
        let http = HTTP1Channel.Configuration(
            additionalChannelHandlers: [StalledWriteHandler(patience: patience)], idleTimeout: .seconds(configuration.idleSeconds),
            httpDecoderConfiguration: .init(maxHeaderFieldSize: 32 << 10, maxHeaderListSize: 48 << 10, maxHeaderFieldCount: 64))
        return HTTPServerBuilder { [certificates, connections] responder in
            ServedChannel(responder: responder, configuration: http, certificates: certificates, connections: connections)
        }
    }
}
