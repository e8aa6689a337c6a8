import Detection
import Foundation
import Policy
import Sealing
import Storage

/// Opens stored records, changes a field or the redaction, and seals them again.
final class RecordEditor {
    private let vault: Vault
    private let opener: RecordOpener
    private let keys: SubjectKeys
    private let sealer: RecordSealer

    init(vault: Vault) throws {
        self.vault = vault
        opener = try RecordOpener(vault: vault)
        keys = SubjectKeys(keyring: vault.keyring, vaultID: vault.store.vaultID)
        sealer = try RecordSealer(vaultID: vault.store.vaultID, suite: vault.keyring.suite)
    }

    /// The value of a sealed field; nil when the record lacks it.
    func value(of field: FieldSchema, in stored: SealedRecord) throws -> String? {
        try open(stored)?.text(Compartment(field.fieldClass), field.name)
    }

    /// The record's body with another value in a sealed field. Where the text says the new value, it
    /// is redacted as well; what was redacted before stays so.
    ///
    /// - Parameter value: nil takes the field out.
    func body(of stored: SealedRecord, setting field: FieldSchema, to value: String?) throws -> [UInt8] {
        try body(of: stored) { compartment, name, content in
            if compartment == Compartment(field.fieldClass), name == field.name { return nil }
            guard compartment == .redacted, let value else { return content }
            return vault.detector.redact(content, known: [Self.known(field, value)])
        } adding: { compartment in
            compartment == Compartment(field.fieldClass) ? value.map { (field.name, $0) } : nil
        }
    }

    /// The record's body with its text redacted by the present detector.
    ///
    /// Once retention has removed the text, or values that the text may repeat, the redacted text is gone
    /// over instead: what was hidden stays so.
    func redactedAnew(_ stored: SealedRecord) throws -> [UInt8] {
        guard let record = try open(stored) else { throw VaultError.integrity("a customer's key is missing from the key store") }
        var known: [KnownValue] = []
        for compartment in [Compartment.direct, .quasi, .sensitive] {
            try record.fields(compartment)?.forEach { name, value in
                if let field = vault.policy.field(name), (2...512).contains(value.count) { known.append(Self.known(field, String(plain: value))) }
            }
        }
        if let extras = try record.text(.unclassified, Compartment.unclassified.rawValue) { known += Self.customerExtras(in: extras) }
        let isWhole = stored.purged & (Compartment.direct.bit | Compartment.quasi.bit | Compartment.sensitive.bit | Compartment.unclassified.bit) == 0
        let text = isWhole ? try record.text(.text, Compartment.text.rawValue) : nil
        return try body(of: stored) { compartment, _, content in
            compartment == .redacted ? vault.detector.redact(text ?? content, known: known) : content
        } adding: { _ in nil }
    }

    /// Values under `customer` that the schema does not classify: they are personal all the same.
    private static func customerExtras(in json: String) -> [KnownValue] {
        let object = try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        return (object ?? [:]).compactMap { key, value in
            guard key.hasPrefix("customer."), value is String || value is NSNumber else { return nil }
            let text = "\(value)"
            return (4...512).contains(text.utf8.count) ? KnownValue(type: .identifier, text: text, spelling: .compact) : nil
        }
    }

    /// - Parameters:
    ///   - change: gives each field its new content; nil takes it out.
    ///   - addition: a field that is added to a compartment.
    private func body(
        of stored: SealedRecord, _ change: (Compartment, String, String) throws -> String?, adding addition: (Compartment) -> (String, String)?
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
            if let (name, value) = addition(compartment) { Fields.append(name, Array(value.utf8)[...], to: &plaintext) }
            places.end(compartment, at: plaintext.count)
        }
        var body: [UInt8] = []
        let held = try keys.unwrap(key, of: stored.subject)
        try sealer.seal(plaintext.span, places, key: held.secret, subject: stored.subject, record: stored.uid, to: &body)
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
