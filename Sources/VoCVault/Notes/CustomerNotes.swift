import Sealing
import Store
import VaultAPI
import Wire

/// One worker's sealing and opening of what people write about customers: notes, reasons and grounds.
///
/// A note is sealed twice. Inside, under HKDF-SHA-256 (RFC 5869) of the customer's key (without salt; `vocvault customer note v1`): it ends
/// with the customer, in every copy of it. Around that, under the vault's key for notes, so that nobody sees whom it is about: the customer's
/// number (8 bytes), the version of the customer's key (4 bytes), and what is sealed inside. Each is bound to `vocvault note v1`, vault,
/// customer (0 around it), suite and place.
final class CustomerNotes {
    /// A number that no customer has: of what is written about it, nothing is kept.
    static let nobody: Int64 = 0

    private let store: KeyStore
    private let keys: SubjectKeys
    private let suite: Suite
    private let vaultID: UInt128
    private let outer: FieldCipher
    private let inner: FieldCipher
    /// Whose key `inner` has loaded.
    private var loaded: (subject: Int64, version: Int)?

    init(_ vault: Vault) throws {
        (store, suite, vaultID) = (vault.store.keys, vault.keyring.suite, vault.store.vaultID)
        keys = SubjectKeys(keyring: vault.keyring, vaultID: vaultID)
        (outer, inner) = (try FieldCipher(), try FieldCipher())
        try outer.load(vault.keyring.key(.notes, now: vault.clock()).secret)
    }

    /// Seals a text about a customer. Of one who has no key any more, it keeps nothing of the text.
    func seal(_ text: String, about subject: Int64, at place: NotePlace) throws -> SealedNote {
        var payload: [UInt8] = []
        payload.append(bigEndian: subject)
        let version = try store.subjectKey(subject)?.version ?? 0
        payload.append(bigEndian: UInt32(version))
        if try version > 0 && load(of: subject, version) {
            let (plain, aad) = (Array(text.utf8), aad(subject, suite.rawValue, place))
            try inner.seal(plain.span, aad: aad.span, suite: suite, to: &payload)
        }
        let aad = aad(Self.nobody, suite.rawValue, place)
        var sealed: [UInt8] = []
        try outer.seal(payload.span, aad: aad.span, suite: suite, to: &sealed)
        return SealedNote(Base64URL.encode(sealed))
    }

    /// Reads a note. It never fails: nothing that protects people may depend on what somebody wrote.
    func open(_ note: SealedNote, at place: NotePlace) -> CustomerNote {
        guard let (subject, version, sealed) = parts(of: note, at: place) else { return .unreadable }
        do {
            guard version > 0, try load(of: subject, version) else { return .erased }
            let aad = aad(subject, sealed.first ?? 0, place)
            return .text(try inner.open(sealed.span, aad: aad.span).withBytes { String(plain: $0) })
        } catch {
            return .unreadable
        }
    }

    /// The same text about the number that a customer has got; what cannot be read stays as it is. Words that a vault of an earlier format
    /// has kept are sealed.
    func moved(_ note: SealedNote, to subject: Int64, at place: NotePlace) throws -> SealedNote {
        guard let origin = origin(of: note, at: place) else { return try seal(note.text, about: subject, at: place) }
        guard origin.subject != subject, case .text(let text) = open(note, at: place) else { return note }
        return try seal(text, about: subject, at: place)
    }

    /// Whether both have the same text, as far as it can be read.
    func saySame(_ one: SealedNote, _ other: SealedNote, at place: NotePlace) -> Bool { one == other || open(one, at: place) == open(other, at: place) }

    /// Whom a note is about, and under which version of their key it is; nil for anything but a note of this place.
    func origin(of note: SealedNote, at place: NotePlace) -> (subject: Int64, version: Int)? {
        parts(of: note, at: place).map { ($0.subject, $0.version) }
    }

    private static let headLength = 12

    private func parts(of note: SealedNote, at place: NotePlace) -> (subject: Int64, version: Int, sealed: ArraySlice<UInt8>)? {
        guard let sealed = Base64URL.decode(note.text), let suite = sealed.first else { return nil }
        let aad = aad(Self.nobody, suite, place)
        guard let payload = try? outer.open(sealed.span, aad: aad.span).withBytes({ span in span.indices.map { span[$0] } }), payload.count >= Self.headLength
        else { return nil }
        let subject = payload[..<8].reduce(0) { $0 << 8 | UInt64($1) }
        let version = payload[8..<Self.headLength].reduce(0) { $0 << 8 | Int($1) }
        return (Int64(bitPattern: subject), version, payload[Self.headLength...])
    }

    /// - Returns: false if the customer has no such key.
    private func load(of subject: Int64, _ version: Int) throws -> Bool {
        if let loaded, loaded == (subject, version) { return true }
        loaded = nil
        guard let wrapped = try store.noteKey(of: subject, version: version) else { return false }
        let key = try keys.unwrap(wrapped, of: subject)
        if wrapped.version < 0 { try inner.load(key.secret) } else { try inner.load(SubjectKeys.noteKey(from: key.secret)) }
        loaded = (subject, version)
        return true
    }

    private func aad(_ subject: Int64, _ suite: UInt8, _ place: NotePlace) -> [UInt8] {
        var aad = Array("vocvault note v1".utf8)
        aad.append(bigEndian: vaultID)
        aad.append(bigEndian: subject)
        aad.append(suite)
        aad += place.name.utf8
        return aad
    }
}

/// Where a note stands: it opens nowhere else.
enum NotePlace {
    /// The reason in an entry of the log.
    case entry(request: String)
    case hold(setAt: Int64)
    case restriction
    case approval(askedAt: Int64)
    case subjectCase(openedAt: Int64)
    case caseTask(askedAt: Int64)
    case consent(purpose: String, recordedAt: Int64)
    /// What a record was.
    case former(record: Int64, at: Int64)

    /// Times are milliseconds since 1970.
    var name: String {
        switch self {
        case .entry(let request): "entry \(request)"
        case .hold(let time): "hold \(time)"
        case .restriction: "restriction"
        case .approval(let time): "approval \(time)"
        case .subjectCase(let time): "case \(time)"
        case .caseTask(let time): "case task \(time)"
        case .consent(let purpose, let time): "consent \(time) \(purpose)"
        case .former(let record, let time): "former \(record) \(time)"
        }
    }
}

/// What can be read of a note.
enum CustomerNote: Equatable {
    case text(String)
    /// The customer's key is destroyed.
    case erased
    /// It was changed, or belongs elsewhere.
    case unreadable

    /// As people see it.
    var shown: String {
        switch self {
        case .text(let text): text
        case .erased: NoteWord.erased
        case .unreadable: NoteWord.unreadable
        }
    }
}
