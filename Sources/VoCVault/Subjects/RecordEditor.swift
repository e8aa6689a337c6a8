import Detection
import Policy
import Sealing
import Storage

/// Opens a stored record, changes a field and seals it again.
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
        guard let record = try open(stored), let key = stored.key else {
            throw VaultError.integrity("a customer's key is missing from the key store")
        }
        var plaintext: [UInt8] = []
        defer { wipe(&plaintext) }
        var places = CompartmentPlaces(start: 0)
        for compartment in Compartment.allCases {
            let isEdited = compartment == Compartment(field.fieldClass)
            try record.fields(compartment)?.forEach { name, bytes in
                if isEdited, name == field.name { return }
                var content = String(plain: bytes)
                if compartment == .redacted, let value { content = vault.detector.redact(content, known: [Self.known(field, value)]) }
                Fields.append(name, Array(content.utf8)[...], to: &plaintext)
            }
            if isEdited, let value { Fields.append(field.name, Array(value.utf8)[...], to: &plaintext) }
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
