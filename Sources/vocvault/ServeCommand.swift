import ArgumentParser
import Foundation
import Sealing
import VaultServer
import VoCVault

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serves the vault over HTTP: API, console, metrics.",
        discussion: """
            Without TLS it listens on this machine only. On SIGHUP it reloads the policy files and the certificate. On SIGTERM
            it finishes the requests under way, cuts off those that take too long, and exits. If the database cannot be
            reached, it waits. The log goes to standard error, one JSON object per line.

            Examples:
              vocvault serve
              vocvault serve --listen 0.0.0.0:8443 --tls-certificates chain.pem --tls-key key.pem
            """)

    @Option(help: "Address and port; port 0 picks a free one.")
    var listen = "127.0.0.1:8443"

    @Option(help: "PEM file with the server's certificate chain; TLS 1.3 only.")
    var tlsCertificates: String?

    @Option(help: "PEM file with the certificate's private key.")
    var tlsKey: String?

    @Option(help: "PEM file with the authorities for client certificates; by default clients need none.")
    var clientAuthorities: String?

    @Flag(help: "Listen without TLS on other addresses, behind a proxy that terminates TLS.")
    var behindProxy = false

    @Option(help: "Requests per second that one principal may send, on average.")
    var requestsPerSecond = 500.0

    @Option(help: "Seconds that requests under way have after SIGTERM; less than the service manager's own limit.")
    var drainSeconds = 30.0

    func validate() throws {
        if (tlsCertificates == nil) != (tlsKey == nil) { throw ValidationError("--tls-certificates and --tls-key go together") }
        if clientAuthorities != nil, tlsKey == nil { throw ValidationError("--client-authorities needs TLS") }
        guard let (host, _) = address else { throw ValidationError("--listen must be ADDRESS:PORT") }
        if tlsKey == nil, !behindProxy, !["127.0.0.1", "::1", "localhost"].contains(host) {
            throw ValidationError("without TLS the vault listens on 127.0.0.1 only; give --tls-certificates and --tls-key, or --behind-proxy")
        }
        if !(0...3600).contains(drainSeconds) { throw ValidationError("--drain-seconds must be 0 to 3600") }
        if requestsPerSecond <= 0 { throw ValidationError("--requests-per-second must be more than 0") }
    }

    private var address: (host: String, port: Int)? {
        guard let colon = listen.lastIndex(of: ":"), let port = UInt16(listen[listen.index(after: colon)...]) else { return nil }
        let host = listen[..<colon].trimmingCharacters(in: ["[", "]"])
        return host.isEmpty ? nil : (host, Int(port))
    }

    func run() async throws {
        raiseOpenFileLimit()
        try ResourceLimits.server.require()
        var configuration = VaultServer.Configuration()
        (configuration.host, configuration.port) = address!
        configuration.requestsPerSecond = requestsPerSecond
        configuration.drainSeconds = drainSeconds
        configuration.requestBurst = max(1, Int(requestsPerSecond * 4))
        if let tlsCertificates, let tlsKey {
            configuration.tls = .init(certificates: tlsCertificates, key: tlsKey, clientAuthorities: clientAuthorities)
        }
        let location = VaultEnvironment.location
        let server = try VaultServer(opening: { try Self.open(at: location) }, configuration: configuration)
        let (host, isSecure) = (configuration.host, configuration.tls != nil)
        let isOver = try await server.run { port in
            let address = "\(isSecure ? "https" : "http")://\(host.contains(":") ? "[\(host)]" : host):\(port)"
            let message = "listening on \(address), console at /console"
            // A server works even if its standard output is closed.
            if (try? print(message)) == nil { printError(message) }
        }
        // exit() would destroy what running threads still use.
        if !isOver { _exit(0) }
    }

    /// The vault, under policies that its log names.
    private static func open(at location: Vault.Location) throws -> Vault {
        let vault = try Vault.open(at: location)
        try vault.note(policyAt: .start)
        return vault
    }
}

/// Raises the limit of open files as far as the system allows: each connection takes one.
private func raiseOpenFileLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}
