import Foundation
import Hummingbird
import Pages
import RedactedAPI
import Sealing
import Synchronization
import VaultAPI
import VoCVault
import Wire

/// Who is signed in at the console: what they showed is kept here, the browser has a signed number only.
final class ConsoleSessions: Sendable {
    /// Someone's sign-in.
    struct Entry: Sendable {
        var credential: Credential
        var began: ContinuousClock.Instant
        var used: ContinuousClock.Instant
        /// For lists.
        var person: Person
    }

    /// Whom a session is of.
    struct Person: Sendable {
        var principal: String
        var role: String
        /// The provider where they signed in; nil: they showed a token.
        var issuer: String?
        var client: String
        /// When they signed in, and asked for a page last.
        var began: Timestamp
        var used: Timestamp
    }

    private let entries = Mutex<[String: Entry]>([:])
    /// Signs numbers and form tokens; a restart ends all sessions.
    private let key: HeldSecret
    private let isSecure: Bool
    private static let idle: Duration = .seconds(30 * 60)
    private static let whole: Duration = .seconds(12 * 3600)
    private static let capacity = 10_000

    init(isSecure: Bool) throws {
        self.isSecure = isSecure
        key = HeldSecret(try SecretBytes.random(count: 32))
    }

    /// `__Host-` binds the cookie to this host over TLS (RFC 6265bis).
    private var name: String { isSecure ? "__Host-vocvault" : "vocvault" }

    /// Begins a session; returns its cookie.
    func begin(_ credential: Credential, of person: Person) throws -> Cookie {
        let number = Base64URL.encode(try Random.bytes(18))
        let now = ContinuousClock.now
        entries.withLock { entries in
            if entries.count >= Self.capacity { entries = entries.filter { isAlive($0.value, now) } }
            if entries.count < Self.capacity { entries[number] = Entry(credential: credential, began: now, used: now, person: person) }
        }
        return cookie("\(number).\(try mac("session", number))", maximumAge: nil)
    }

    func end(_ number: String) -> Cookie {
        _ = entries.withLock { $0.removeValue(forKey: number) }
        return cookie("", maximumAge: 0)
    }

    /// Everybody who is signed in, who came last first.
    ///
    /// - Parameter own: the session that asks.
    func list(own: String) -> [ConsolePage.SignedIn] {
        let now = ContinuousClock.now
        return entries.withLock { $0.filter { isAlive($0.value, now) } }.sorted { $0.value.used > $1.value.used }.compactMap { number, entry in
            guard let name = try? name(of: number) else { return nil }
            let person = entry.person
            return .init(
                name: name, principal: person.principal, role: person.role, issuer: person.issuer, began: person.began, used: person.used, client: person.client,
                isOwn: number == own)
        }
    }

    /// Ends the session that a list names so.
    func end(named name: String) {
        entries.withLock { entries in
            for number in entries.keys where (try? self.name(of: number)) == name { entries[number] = nil }
        }
    }

    /// Stands for a session in lists, and opens none.
    private func name(of number: String) throws -> String { String(try mac("name", number).prefix(16)) }

    /// Notes when somebody asked for a page.
    func noteUse(of number: String, at time: Timestamp) { entries.withLock { $0[number]?.person.used = time } }

    private func cookie(_ value: String, maximumAge: Int?) -> Cookie {
        Cookie(name: name, value: value, maxAge: maximumAge, path: "/", secure: isSecure, httpOnly: true, sameSite: .strict)
    }

    /// The session that a request's cookie stands for.
    func session(of request: Request) throws -> (number: String, credential: Credential)? {
        guard let value = request.cookies[name]?.value, let dot = value.firstIndex(of: ".") else { return nil }
        let number = String(value[..<dot])
        let tag = Array(value[value.index(after: dot)...].utf8)
        guard constantTimeEqual(tag, Array(try mac("session", number).utf8)) else { return nil }
        let now = ContinuousClock.now
        let credential = entries.withLock { entries -> Credential? in
            guard let entry = entries[number], isAlive(entry, now) else {
                entries[number] = nil
                return nil
            }
            entries[number]?.used = now
            return entry.credential
        }
        return credential.map { (number, $0) }
    }

    private func isAlive(_ entry: Entry, _ now: ContinuousClock.Instant) -> Bool {
        now - entry.used < Self.idle && now - entry.began < Self.whole
    }

    /// What the forms of a session carry, so that no other site's form can be sent in its name.
    func formToken(_ number: String) throws -> String { try mac("form", number) }

    func isFormToken(_ text: String, of number: String) throws -> Bool {
        constantTimeEqual(Array(text.utf8), Array(try formToken(number).utf8))
    }

    private func mac(_ use: String, _ number: String) throws -> String {
        let message = Array("vocvault console \(use) \(number)".utf8)
        return Base64URL.encode(try MACSession(key: key.secret).tag(message.span))
    }
}

/// A secret that several threads read.
private final class HeldSecret: Sendable {
    let secret: SecretBytes

    init(_ secret: consuming SecretBytes) { self.secret = secret }
}
