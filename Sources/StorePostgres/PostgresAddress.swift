import CPostgres
import Foundation
import Store

/// Where a PostgreSQL database is and who connects to it, as a URL or a list of `key=value` that libpq understands.
///
/// No password is ever part of it: libpq takes one from `PGPASSFILE`, `~/.pgpass` or `PGPASSWORD`.
public struct PostgresAddress: Sendable, Equatable {
    /// As it was given.
    public let text: String
    /// Options by libpq's names.
    let options: [String: String]

    /// - Throws: ``StorageError/badAddress(reason:)`` when it cannot be read, holds a password, or leads over a network
    ///   without a certificate that is verified.
    public init(_ text: String) throws {
        guard let parsed = PQconninfoParse(text, nil) else {
            throw StorageError.badAddress(reason: "it is not an address such as postgres://vocvault@db.example.com/voc?sslmode=verify-full")
        }
        defer { PQconninfoFree(parsed) }
        var options: [String: String] = [:]
        var option = parsed
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { options[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        guard options["password"] == nil else {
            throw StorageError.badAddress(reason: "it holds a password; write that to ~/.pgpass or name a PGPASSFILE")
        }
        guard options["dbname"] != nil else { throw StorageError.badAddress(reason: "it names no database") }
        let hosts = (options["host"] ?? options["hostaddr"] ?? "/").split(separator: ",")
        let isNear = hosts.allSatisfy { $0.hasPrefix("/") || $0.hasPrefix("@") || ["localhost", "127.0.0.1", "::1"].contains($0) }
        guard isNear || ["verify-full", "verify-ca"].contains(options["sslmode"]) else {
            throw StorageError.badAddress(reason: "it leads over a network: add sslmode=verify-full, so that the server's certificate is verified")
        }
        (self.text, self.options) = (text, options)
    }

    /// Who connects.
    public var role: String { options["user"] ?? NSUserName() }

    /// For messages: host and database.
    public var name: String { "\(options["host"] ?? options["hostaddr"] ?? "local")/\(options["dbname"] ?? "")" }
}
