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

    fileprivate enum Kind: UInt8 {
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

    /// What a token stands for: the one form of a name, a number or an address.
    struct Form: Equatable {
        fileprivate var kind: Kind
        fileprivate var bytes: [UInt8]
    }

    /// The tokens of a text's entities, each once; its own customer, who is known, has none.
    ///
    /// - Parameter own: the forms of the text's own customer; asked for only if anybody is mentioned.
    func tokens(of entities: [Entity], in text: ArraySlice<UInt8>, except own: () throws -> [Form]) throws -> [String] {
        var found: [Form] = []
        for entity in entities { if let form = form(of: entity, in: text), !found.contains(form) { found.append(form) } }
        guard !found.isEmpty else { return [] }
        let own = try own()
        return try found.filter { !own.contains($0) }.map(token)
    }

    /// Whether texts may mention a customer by a field's values.
    static func names(_ field: FieldSchema) -> Bool { field.isSealed && (field.distinguishes || field.indexed) }

    /// - Returns: nil for what tells nobody from others: a surname with a title, a place, a day.
    func token(of entity: Entity, in text: ArraySlice<UInt8>) throws -> String? { try form(of: entity, in: text).map(token) }

    private func form(of entity: Entity, in text: ArraySlice<UInt8>) -> Form? {
        guard let kind = Self.kind(of: entity.type), !entity.rule.hasPrefix("known.") else { return nil }
        let written = text[text.startIndex + entity.bytes.lowerBound..<text.startIndex + entity.bytes.upperBound]
        switch kind {
        case .name: return Self.form(of: DistinctName(written))
        case .phone: return handles(Array(entity.key.utf8)[...], phones, kind).first ?? handles(written, phones, kind).first
        case .email: return handles(written, emails, kind).first
        case .identifier: return Self.identifier(written)
        }
    }

    /// The tokens by which texts of others mention whoever has a value in a field.
    func tokens(of value: String, in field: FieldSchema) throws -> [String] { try forms(of: Array(value.utf8)[...], in: field).map(token) }

    func forms(of bytes: ArraySlice<UInt8>, in field: FieldSchema) -> [Form] {
        field.distinguishes ? [Self.form(of: DistinctName(bytes))].compactMap(\.self) : forms(of: bytes, field.normalizer)
    }

    /// Those of a handle.
    func forms(of bytes: ArraySlice<UInt8>, _ normalizer: Normalizer) -> [Form] {
        switch normalizer {
        case .phone: handles(bytes, phones, .phone)
        case .email: handles(bytes, emails, .email)
        case .id, .document, .name, .none: [Self.identifier(bytes)].compactMap(\.self)
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

    static func form(of name: DistinctName?) -> Form? {
        switch name?.form {
        case .chinese(let full, _): Form(kind: .name, bytes: Array(full.utf8))
        case .latin(let name), .other(let name): Form(kind: .name, bytes: Array(name.utf8))
        case .family, .initials, .titled, nil: nil
        }
    }

    private func handles(_ value: ArraySlice<UInt8>, _ reader: HandleReader, _ kind: Kind) -> [Form] {
        reader.handles(value).map { Form(kind: kind, bytes: $0) }
    }

    /// Letters and digits, in upper case: numbers are grouped in many ways.
    private static func identifier(_ value: ArraySlice<UInt8>) -> Form? {
        var form: [UInt8] = []
        if Handles.isPlain(value) {
            for byte in value where byte &- 48 < 10 || (byte | 0x20) &- 97 < 26 { form.append(byte &- 97 < 26 ? byte & 0xDF : byte) }
        } else {
            form += Handles.text(value).uppercased().filter { $0.isLetter || $0.isNumber }.utf8
        }
        return form.count < 5 ? nil : Form(kind: .identifier, bytes: form)
    }

    private func token(_ form: Form) throws -> String {
        let message = [form.kind.rawValue] + form.bytes
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
