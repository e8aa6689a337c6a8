import Foundation
import NIOSSL
import Synchronization
import VaultAPI
import VoCVault

/// The server's certificate, as its files were when last read.
final class Certificates: Sendable {
    private struct Loaded {
        var context: NIOSSLContext
        /// The first of the chain to expire, in seconds since 1970.
        var expiry: Int64
    }

    private let files: VaultServer.TLS
    private let loaded: Mutex<Loaded>

    /// - Throws: ``VaultError/invalid(_:)`` naming the file with the problem.
    init(_ files: VaultServer.TLS) throws {
        self.files = files
        loaded = Mutex(try Self.load(files))
    }

    /// For new connections.
    var context: NIOSSLContext { loaded.withLock(\.context) }

    var expiry: Int64 { loaded.withLock(\.expiry) }

    private static var now: Int64 { Int64(Date().timeIntervalSince1970) }

    var isExpired: Bool { expiry <= Self.now }

    /// Reads the files as they are now. Files that cannot be used change nothing.
    func reload() throws {
        let new = try Self.load(files)
        guard new.expiry > Self.now || isExpired else { throw VaultError.invalid("\(files.certificates): the certificate has expired") }
        loaded.withLock { $0 = new }
    }

    private static func load(_ files: VaultServer.TLS) throws -> Loaded {
        func read<R>(_ path: String, _ what: String, _ body: () throws -> R) throws -> R {
            do { return try body() } catch { throw VaultError.invalid("\(path) cannot be read or holds no \(what)") }
        }
        let chain = try read(files.certificates, "certificate") { try NIOSSLCertificate.fromPEMFile(files.certificates) }
        let key = try read(files.key, "key") { try NIOSSLPrivateKey(file: files.key, format: .pem) }
        var settings = TLSConfiguration.makeServerConfiguration(certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        settings.minimumTLSVersion = .tlsv13
        // Does not wait longer for a client that does not close properly.
        settings.shutdownTimeout = .seconds(1)
        if let authorities = files.clientAuthorities {
            settings.certificateVerification = .noHostnameVerification
            settings.trustRoots = .certificates(try read(authorities, "certificate") { try NIOSSLCertificate.fromPEMFile(authorities) })
        }
        guard let expiry = chain.map({ Int64($0.notValidAfter) }).min(), let context = try? NIOSSLContext(configuration: settings) else {
            throw VaultError.invalid("the key in \(files.key) does not belong to the certificate in \(files.certificates)")
        }
        return Loaded(context: context, expiry: expiry)
    }

    /// The finding for an examination of the vault's health.
    var finding: HealthFinding {
        let days = Int((Double(expiry - Self.now) / 86_400).rounded(.down))
        let advice = "renew the files and send SIGHUP (systemctl reload vocvault)"
        if days < 0 { return HealthFinding(check: "certificate", state: .failure, finding: "it has expired", advice: advice) }
        // Authorities renew 90-day certificates a month before they expire.
        let state: HealthFinding.State = days < 3 ? .failure : days < 21 ? .warning : .ok
        return HealthFinding(check: "certificate", state: state, finding: "expires in \(days) days", advice: state == .ok ? "" : advice)
    }
}
