import Detection
import Policy
import Sealing
import Wire

/// Makes tokens of the people whom a text mentions: keyed hashes of the names, numbers and addresses that redaction finds in it, each in the
/// one form that handles have.
///
/// They are sealed beside the text under its customer's key, and go with it. So a search for one person opens tokens and no text, nobody sees
/// on the disk that two texts mention the same person, and whoever lacks the vault's key for mentions cannot try names. Equal tokens say that
/// two names are equal, not that two people are: somebody has to decide.
///
/// One worker's.
struct MentionTokens {
    /// The first version of the detector whose records have tokens.
    static let firstVersion = 7

    private enum Kind: UInt8 {
        case name = 1
        case phone, email, identifier
    }

    private let mac: MACSession
    private let phones: HandleReader
    private let emails: HandleReader

    init(_ vault: Vault) throws {
        mac = try MACSession(key: vault.keyring.key(.mentions, now: vault.clock()).secret)
        phones = HandleReader(.phone, country: vault.policy.country)
        emails = HandleReader(.email, country: vault.policy.country)
    }

    /// 72 bits of HMAC-SHA-256 over the kind (1) and the form, in Base64url: as many tokens as there are people never meet by chance.
    static let length = 12

    /// The tokens of a text's entities, each once; its own customer, who is known, has none.
    ///
    /// - Parameter own: the tokens of the text's own customer; asked for only if anybody is mentioned.
    func tokens(of entities: [Entity], in text: ArraySlice<UInt8>, except own: () throws -> [String]) throws -> [String] {
        var found: [String] = []
        for entity in entities { if let token = try token(of: entity, in: text), !found.contains(token) { found.append(token) } }
        guard !found.isEmpty else { return [] }
        let own = try own()
        return found.filter { !own.contains($0) }
    }

    /// Whether texts may mention a customer by a field's values.
    static func names(_ field: FieldSchema) -> Bool { field.isSealed && (field.distinguishes || field.indexed) }

    /// - Returns: nil for what tells nobody from others: a surname with a title, a place, a day.
    func token(of entity: Entity, in text: ArraySlice<UInt8>) throws -> String? {
        guard let kind = Self.kind(of: entity.type), !entity.rule.hasPrefix("known.") else { return nil }
        let written = text[text.startIndex + entity.bytes.lowerBound..<text.startIndex + entity.bytes.upperBound]
        switch kind {
        case .name: return try name(written)
        case .phone: return try handle(Array(entity.key.utf8)[...], phones, kind) ?? handle(written, phones, kind)
        case .email: return try handle(written, emails, kind)
        case .identifier: return try identifier(written)
        }
    }

    /// The tokens by which texts of others mention whoever has a value in a field.
    func tokens(of value: String, in field: FieldSchema) throws -> [String] { try tokens(of: Array(value.utf8)[...], in: field) }

    func tokens(of bytes: ArraySlice<UInt8>, in field: FieldSchema) throws -> [String] {
        if field.distinguishes { return [try name(bytes)].compactMap(\.self) }
        switch field.normalizer {
        case .phone: return try handles(bytes, phones, .phone)
        case .email: return try handles(bytes, emails, .email)
        case .id, .document, .name, .none: return [try identifier(bytes)].compactMap(\.self)
        }
    }

    private static func kind(of type: EntityType) -> Kind? {
        switch type {
        case .person: .name
        case .phone: .phone
        case .email: .email
        case .residentID, .regionalID, .passport, .travelPermit, .militaryID, .drivingLicence, .socialSecurity, .nationalInsurance, .bankCard, .iban, .account, .wechat,
            .qq, .social, .identifier:
            .identifier
        default: nil
        }
    }

    private func name(_ value: ArraySlice<UInt8>) throws -> String? {
        switch DistinctName(value) {
        case .chinese(let full, _): try token(.name, full.utf8)
        case .latin(let words): try token(.name, words.utf8)
        case .family, nil: nil
        }
    }

    private func handle(_ value: ArraySlice<UInt8>, _ reader: HandleReader, _ kind: Kind) throws -> String? { try handles(value, reader, kind).first }

    private func handles(_ value: ArraySlice<UInt8>, _ reader: HandleReader, _ kind: Kind) throws -> [String] {
        try reader.handles(value).map { try token(kind, $0) }
    }

    /// Letters and digits, in upper case: numbers are grouped in many ways.
    private func identifier(_ value: ArraySlice<UInt8>) throws -> String? {
        let form = Handles.text(value).uppercased().filter { $0.isLetter || $0.isNumber }
        return form.utf8.count < 5 ? nil : try token(.identifier, form.utf8)
    }

    private func token(_ kind: Kind, _ form: some Sequence<UInt8>) throws -> String {
        let message = [kind.rawValue] + form
        let tag = try mac.shortTag(message.span)
        return Base64URL.encode(withUnsafeBytes(of: tag.bigEndian) { Array($0.prefix(9)) })
    }

    // MARK: The sealed form

    /// The tokens one after another.
    static func list(_ text: String) -> [Substring] {
        let bytes = Array(text.utf8)
        return stride(from: 0, to: bytes.count - length + 1, by: length).map { start in Substring(decoding: bytes[start..<start + length], as: UTF8.self) }
    }
}
