import Foundation
import Sealing

/// The vault's own confidential values, sealed under one of its data keys.
struct SealedJSON {
    private let cipher: FieldCipher

    init(_ use: Keyring.Use, of vault: Vault) throws {
        cipher = try FieldCipher()
        try cipher.load(vault.keyring.key(use, now: vault.clock()).secret)
    }

    /// - Parameter place: the bytes open only with this place.
    func seal(_ value: some Encodable, place: String) throws -> [UInt8] {
        let plaintext = [UInt8](try JSONEncoder().encode(value))
        let aad = Array(place.utf8)
        var sealed: [UInt8] = []
        try cipher.seal(plaintext.span, aad: aad.span, to: &sealed)
        return sealed
    }

    /// - Throws: ``VaultError/integrity(_:)`` for bytes that were not sealed for this place.
    func open<T: Decodable>(_ sealed: [UInt8], as type: T.Type, place: String) throws -> T {
        let aad = Array(place.utf8)
        guard let opened = try? cipher.open(sealed.span, aad: aad.span),
            let value = try? JSONDecoder().decode(type, from: Data(opened.withBytes { span in span.indices.map { span[$0] } }))
        else { throw VaultError.integrity("\(place) does not open") }
        return value
    }
}
