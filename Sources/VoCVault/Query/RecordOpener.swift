import Policy
import Sealing
import Store

/// Opens stored records for one worker.
final class RecordOpener {
    private let keys: SubjectKeys
    private let sealer: RecordSealer

    init(vault: Vault) throws {
        keys = SubjectKeys(keyring: vault.keyring, vaultID: vault.store.vaultID)
        sealer = try RecordSealer(vaultID: vault.store.vaultID, suite: vault.keyring.suite)
    }

    /// Prepares a record; nil if its customer's key was erased.
    func open(body: ArraySlice<UInt8>, key: WrappedKey?, subject: Int64, record: UInt128) throws -> OpenedRecord? {
        guard let key else { return nil }
        try sealer.load(key, of: subject, from: keys)
        return OpenedRecord(sealer: sealer, body: body, subject: subject, record: record)
    }

    /// Opens the codes of a record: none if its customer's key was erased.
    ///
    /// - Parameter isLoaded: whether the record itself has just been opened.
    func codes(_ codes: ArraySlice<UInt8>, key: WrappedKey?, subject: Int64, record: UInt128, isLoaded: Bool = false) throws -> RecordCodes {
        guard let key, !codes.isEmpty else { return RecordCodes() }
        if !isLoaded { try sealer.load(key, of: subject, from: keys) }
        return try sealer.open(codes: codes, subject: subject, record: record)
    }
}

/// A record whose key is loaded. Valid until its opener opens the next one.
struct OpenedRecord {
    fileprivate let sealer: RecordSealer
    let body: ArraySlice<UInt8>
    let subject: Int64
    let record: UInt128

    /// The fields of a compartment.
    func fields(_ compartment: Compartment) throws -> Fields? {
        try sealer.open(compartment, of: body, subject: subject, record: record)
    }

    /// A field as text; nil if the record lacks it.
    func text(_ compartment: Compartment, _ name: String) throws -> String? {
        try fields(compartment)?.with(name) { String(plain: $0) }
    }
}

extension String {
    /// The text was checked to be UTF-8 before it was sealed.
    init(plain bytes: Span<UInt8>) {
        if let text = try? UTF8Span(validating: bytes) { self.init(copying: text) } else { self = "\u{FFFD}" }
    }
}
