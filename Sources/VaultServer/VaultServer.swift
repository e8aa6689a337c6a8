import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle
import StrictJSON
import UnixSignals
import VoCVault

/// The vault over HTTP: the API under `/v1`, a console for people under `/console`, and what operating it needs.
///
/// Whoever signs in gets a `Session` of the engine, which asks the policy before every step: the server adds no right
/// of its own. Blocking work runs on threads of its own, never on those that serve connections.
public struct VaultServer: Sendable {
    public struct Configuration: Sendable {
        public var host = "127.0.0.1"
        /// 0: any that is free.
        public var port = 8443
        /// PEM files; nil: no TLS.
        public var tls: TLS?
        /// Requests under way at the same time; more are answered 503.
        public var maximumRequests = 512
        /// Connections; more wait to be accepted.
        public var maximumConnections = 12_000
        /// Requests of one principal: at once, and per second after that.
        public var requestBurst = 2000
        public var requestsPerSecond = 500.0
        /// Attempts to sign in that may fail at once from one address; each needs five seconds to come back.
        public var failedSignIns = 20
        /// A connection without a whole request's head, or without more of its body, is closed after so many seconds.
        public var idleSeconds: Int64 = 30
        /// A client that takes nothing of what there is to take is cut off after so many seconds.
        public var stalledSeconds: Int64 = 120

        public init() {}
    }

    public struct TLS: Sendable {
        public var certificates: String
        public var key: String
        /// Certificates of the authorities that sign clients' certificates; nil: clients need none.
        public var clientAuthorities: String?

        public init(certificates: String, key: String, clientAuthorities: String? = nil) {
            (self.certificates, self.key, self.clientAuthorities) = (certificates, key, clientAuthorities)
        }
    }

    private let configuration: Configuration
    private let served: ServedVault
    private let metrics = ServerMetrics()
    private let logger: Logger

    /// - Parameter log: takes the log's lines, JSON each; nil: standard error.
    public init(_ vault: Vault, configuration: Configuration = Configuration(), log: (@Sendable (Data) -> Void)? = nil) {
        self.configuration = configuration
        served = ServedVault(vault)
        logger = Logger(label: JSONLogHandler.label) { label in
            log.map { JSONLogHandler(label: label, write: $0) } ?? JSONLogHandler(label: label)
        }
    }

    /// All endpoints of the API.
    static let endpoints = RecordEndpoints.all + QueryEndpoints.all + SubjectEndpoints.all + AuditEndpoints.all + OperationEndpoints.all + TaskEndpoints.all

    /// Serves until a signal ends it; requests under way are finished first. SIGHUP reloads the policy files.
    ///
    /// - Parameters:
    ///   - signals: those that end it.
    ///   - onListening: is told the port.
    public func run(signals: [UnixSignal] = [.sigterm, .sigint], onListening: @escaping @Sendable (Int) -> Void = { _ in }) async throws {
        let application = try Application(
            responder: router().buildResponder(), server: httpServer(),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), backlog: 1024,
                availableConnectionsDelegate: .maximum(configuration.maximumConnections, logger: logger)),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? 0) }, logger: logger)
        let group = ServiceGroup(
            configuration: .init(
                services: [PolicyReload(served: served, metrics: metrics, logger: logger), application], gracefulShutdownSignals: signals,
                logger: logger))
        try await group.run()
        try await served.shutdown()
    }

    private func router() throws -> Router<VaultContext> {
        let router = Router(context: VaultContext.self)
        router.add(middleware: Observation(metrics: metrics, places: Places(configuration.maximumRequests), isSecure: configuration.tls != nil))
        let services = VaultServices(
            served: served, signIn: SignIn(served, failures: configuration.failedSignIns),
            requests: RateLimiter(burst: configuration.requestBurst, perSecond: configuration.requestsPerSecond),
            uploads: Places(ServedVault.maximumUploads))
        for endpoint in Self.endpoints { endpoint.add(to: router, services: services) }
        try Console(services: services, isSecure: configuration.tls != nil).add(to: router)
        OpenRoutes(served: served, metrics: metrics).add(to: router)
        return router
    }

    private func httpServer() throws -> HTTPServerBuilder {
        let patience = TimeAmount.seconds(configuration.stalledSeconds)
        let http = HTTPServerBuilder.http1(
            configuration: .init(
                additionalChannelHandlers: [StalledWriteHandler(patience: patience)], idleTimeout: .seconds(configuration.idleSeconds),
                httpDecoderConfiguration: .init(maxHeaderFieldSize: 32 << 10, maxHeaderListSize: 48 << 10, maxHeaderFieldCount: 64)))
        guard let tls = configuration.tls else { return http }
        var settings = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(tls.certificates).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: tls.key, format: .pem)))
        settings.minimumTLSVersion = .tlsv13
        if let authorities = tls.clientAuthorities {
            settings.certificateVerification = .noHostnameVerification
            settings.trustRoots = .file(authorities)
        }
        return try .tls(http, tlsConfiguration: settings)
    }
}

/// Reloads the policies at SIGHUP. Files with problems change nothing, and the log says why.
private struct PolicyReload: Service {
    let served: ServedVault
    let metrics: ServerMetrics
    let logger: Logger

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() {
            do {
                try served.reload()
                metrics.reloaded(true)
                logger.notice("policies reloaded", source: "VaultServer")
            } catch {
                metrics.reloaded(false)
                logger.error("policies not reloaded; those in force stay", metadata: ["problems": "\(error)"], source: "VaultServer")
            }
        }
    }
}
