import Detection
import Policy
import Sealing
import Store
import Wire

/// Opens stored records, changes a field or the redaction, and seals them again.
final class RecordEditor {
    private let vault: Vault
    private let opener: RecordOpener
    private let keys: SubjectKeys
    private let sealer: RecordSealer
    private let mentions: MentionTokens

    init(vault: Vault) throws {
        self.vault = vault
        opener = try RecordOpener(vault: vault)
        keys = SubjectKeys(keyring: vault.keyring, vaultID: vault.store.vaultID)
        sealer = try RecordSealer(vaultID: vault.store.vaultID, suite: vault.keyring.suite)
        mentions = try MentionTokens(vault)
    }

    /// The value of a sealed field; nil if the record lacks it.
    func value(of field: FieldSchema, in stored: SealedRecord) throws -> String? {
        try open(stored)?.text(Compartment(field.fieldClass), field.name)
    }

    /// The record's body with another value in a sealed field. Where the text contains the new value, it is redacted, too; what
    /// was redacted before stays so.
    ///
    /// - Parameter value: nil removes the field.
    func body(of stored: SealedRecord, setting field: FieldSchema, to value: String?) throws -> [UInt8] {
        try body(of: stored) { compartment, name, content in
            if compartment == Compartment(field.fieldClass), name == field.name { return nil }
            guard compartment == .redacted, let value else { return content }
            return vault.detector.redact(content, known: [Self.known(field, value)])
        } adding: { compartment in
            compartment == Compartment(field.fieldClass) ? value.map { [(field.name, $0)] } ?? [] : []
        }
    }

    /// What modules said about the record.
    func labels(of stored: SealedRecord) throws -> [RecordCodes.Label] {
        try opener.codes(stored.codes[...], key: stored.key, subject: stored.subject, record: stored.uid).labels
    }

    /// The record's codes with a change, sealed.
    ///
    /// - Parameter other: the key that seals them from now on; nil: the present one.
    func codes(of stored: CodedRow, under other: WrappedKey? = nil, _ change: (inout RecordCodes) -> Void = { _ in }) throws -> [UInt8] {
        guard let key = stored.key else { throw VaultError.integrity("a customer's key is missing from the key store") }
        var codes = try opener.codes(stored.codes[...], key: key, subject: stored.subject, record: stored.uid)
        change(&codes)
        var sealed: [UInt8] = []
        try sealer.load(keys.unwrap(other ?? key, of: stored.subject).secret)
        try sealer.seal(codes, subject: stored.subject, record: stored.uid, to: &sealed)
        return sealed
    }

    /// The same of a record that has been read whole.
    func codes(of stored: SealedRecord, under other: WrappedKey? = nil, _ change: (inout RecordCodes) -> Void = { _ in }) throws -> [UInt8] {
        try codes(of: CodedRow(uid: stored.uid, subject: stored.subject, key: stored.key, codes: stored.codes), under: other, change)
    }

    /// What no field classified, as JSON; nil: nothing.
    func unclassified(of stored: SealedRecord) throws -> String? {
        try open(stored)?.text(.unclassified, Compartment.unclassified.rawValue)
    }

    /// The values of the record's sealed fields.
    func knownValues(in stored: SealedRecord) throws -> Set<String> {
        var values: Set<String> = []
        guard let record = try open(stored) else { return [] }
        for compartment in [Compartment.direct, .quasi, .sensitive] { try record.fields(compartment)?.forEach { values.insert(String(plain: $1)) } }
        return values
    }

    /// The record's body with members of what no field classified taken from there, and put into sealed fields. Where the text contains such a
    /// value, it is redacted, too.
    func body(of stored: SealedRecord, taking keys: Set<String>, to fields: [(field: FieldSchema, value: String)]) throws -> [UInt8] {
        try body(of: stored) { compartment, name, content in
            switch compartment {
            case .unclassified:
                guard case .object(var members)? = try? JSON(parsing: Array(content.utf8)) else { return content }
                for key in keys { members[key] = nil }
                return members.isEmpty ? nil : String(decoding: JSON.object(members).bytes, as: UTF8.self)
            case .redacted: return vault.detector.redact(content, known: fields.filter { (2...512).contains($0.value.utf8.count) }.map { Self.known($0.field, $0.value) })
            default:
                // The schema says now what it is: an older value gives way.
                return fields.contains { Compartment($0.field.fieldClass) == compartment && $0.field.name == name } ? nil : content
            }
        } adding: { compartment in
            fields.filter { Compartment($0.field.fieldClass) == compartment }.map { ($0.field.name, $0.value) }
        }
    }

    /// The record's body with its text redacted by the present detector.
    func redactedAnew(_ stored: SealedRecord) throws -> [UInt8] {
        guard let record = try open(stored) else { throw VaultError.integrity("a customer's key is missing from the key store") }
        guard let redacted = try record.redactedAnew(purged: stored.purged, in: vault, mentions) else { return stored.body }
        return try body(of: stored, redacted: redacted) { _, content in content }
    }

    /// The record's body without what its text, and what no field classified, say of somebody else.
    ///
    /// - Parameter person: whom they mention.
    /// - Returns: also both texts, whether they mention them or not.
    func body(of stored: SealedRecord, without person: MentionedPerson) throws -> (body: [UInt8], texts: [CutText]) {
        guard let record = try open(stored) else { throw VaultError.integrity("a customer's key is missing from the key store") }
        let known = try record.knownValues(in: vault)
        var texts: [CutText] = []
        let body = try body(of: stored) { _, text in
            texts.append(try person.removed(from: text, known: known, vault.detector, mentions))
            return texts[texts.count - 1].after
        }
        return (body ?? stored.body, texts)
    }

    /// The record's body with its text, and what no field classified, changed, and redacted anew.
    ///
    /// - Parameter change: gives each its new content.
    /// - Returns: nil if neither has changed.
    func body(of stored: SealedRecord, changing change: (Compartment, String) throws -> String) throws -> [UInt8]? {
        guard let record = try open(stored) else { throw VaultError.integrity("a customer's key is missing from the key store") }
        var changed: [Compartment: String] = [:]
        for compartment in [Compartment.text, .unclassified] {
            guard let content = try record.text(compartment, compartment.rawValue), case let new = try change(compartment, content), new != content else { continue }
            changed[compartment] = new
        }
        guard !changed.isEmpty else { return nil }
        guard let text = try changed[.text] ?? record.text(.text, Compartment.text.rawValue) else {
            return try body(of: stored) { compartment, _, content in changed[compartment] ?? content } adding: { _ in [] }
        }
        let redacted = try RedactedText(of: text, known: record.knownValues(in: vault), vault.detector, mentions) { try record.ownForms(in: vault, $0) }
        return try body(of: stored, redacted: redacted) { compartment, content in changed[compartment] ?? content }
    }

    /// A text of a record, without what it says of somebody else.
    func text(_ text: String, without person: MentionedPerson) throws -> CutText { try person.removed(from: text, known: [], vault.detector, mentions) }

    /// - Parameter change: returns the content of each other field.
    private func body(of stored: SealedRecord, redacted: RedactedText, _ change: (Compartment, String) throws -> String) throws -> [UInt8] {
        try body(of: stored) { compartment, _, content in
            switch compartment {
            case .redacted: redacted.text
            case .mentions: redacted.mentions == nil ? content : nil
            default: try change(compartment, content)
            }
        } adding: { compartment in
            guard compartment == .mentions, let tokens = redacted.mentions, !tokens.isEmpty else { return [] }
            return [(Compartment.mentions.rawValue, tokens.joined())]
        }
    }

    /// The record's body under another key of its customer.
    func resealed(_ stored: SealedRecord, under key: WrappedKey) throws -> [UInt8] {
        try body(of: stored, under: key) { _, _, content in content } adding: { _ in [] }
    }

    /// The record's body and codes as another customer's.
    func moved(_ stored: SealedRecord, to subject: Int64, under key: WrappedKey) throws -> (body: [UInt8], codes: [UInt8]) {
        let body = try body(of: stored, under: key, as: subject) { _, _, content in content } adding: { _ in [] }
        guard !stored.codes.isEmpty else { return (body, []) }
        guard let former = stored.key else { throw VaultError.integrity("a customer's key is missing from the key store") }
        let codes = try opener.codes(stored.codes[...], key: former, subject: stored.subject, record: stored.uid)
        var sealed: [UInt8] = []
        try sealer.load(keys.unwrap(key, of: subject).secret)
        try sealer.seal(codes, subject: subject, record: stored.uid, to: &sealed)
        return (body, sealed)
    }

    /// - Parameters:
    ///   - other: the key that seals it from now on; nil: the present one.
    ///   - owner: whose the record is from now on; nil: the present customer.
    ///   - change: returns each field's new content; nil removes the field.
    ///   - additions: fields to add to a compartment.
    private func body(
        of stored: SealedRecord, under other: WrappedKey? = nil, as owner: Int64? = nil, _ change: (Compartment, String, String) throws -> String?,
        adding additions: (Compartment) -> [(String, String)]
    ) throws -> [UInt8] {
        guard let record = try open(stored), let key = stored.key else {
            throw VaultError.integrity("a customer's key is missing from the key store")
        }
        var plaintext: [UInt8] = []
        defer { wipe(&plaintext) }
        var places = CompartmentPlaces(start: 0)
        for compartment in Compartment.allCases {
            try record.fields(compartment)?.forEach { name, bytes in
                guard let content = try change(compartment, name, String(plain: bytes)) else { return }
                Fields.append(name, Array(content.utf8)[...], to: &plaintext)
            }
            for (name, value) in additions(compartment) { Fields.append(name, Array(value.utf8)[...], to: &plaintext) }
            places.end(compartment, at: plaintext.count)
        }
        var body: [UInt8] = []
        let subject = owner ?? stored.subject
        let held = try keys.unwrap(other ?? key, of: subject)
        try sealer.seal(plaintext.span, places, key: held.secret, subject: subject, record: stored.uid, to: &body)
        return body
    }

    private func open(_ stored: SealedRecord) throws -> OpenedRecord? {
        try opener.open(body: stored.body[...], key: stored.key, subject: stored.subject, record: stored.uid)
    }

    static func known(_ field: FieldSchema, _ value: String) -> KnownValue {
        let (type, spelling) = RecordPreparer.kind(of: field)
        return KnownValue(type: type, text: value, spelling: spelling)
    }
}
