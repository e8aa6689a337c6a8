import Detection
import Foundation
import Policy
import Sealing

extension OpenedRecord {
    /// The text as the present detector redacts it: what an older one missed, or one under other policies, is not released.
    ///
    /// - Parameters:
    ///   - edition: that of the detector that made the stored form.
    ///   - purged: compartments that retention has removed.
    func redactedText(by edition: Int, purged: Int, in vault: Vault) throws -> String? {
        guard edition != vault.detector.edition, DetectorEdition.version(edition) <= Detector.version else { return try text(.redacted, Compartment.redacted.rawValue) }
        return try redactedAnew(purged: purged, in: vault)?.text
    }

    /// Redacts the text again. If retention has removed it, or values that it may repeat, the stored redacted text is redacted
    /// again instead, so that what was hidden stays hidden.
    ///
    /// - Parameter tokens: makes those of whom the text mentions.
    func redactedAnew(purged: Int, in vault: Vault, _ tokens: MentionTokens? = nil) throws -> RedactedText? {
        let known = try knownValues(in: vault)
        let isWhole = purged & (Compartment.direct.bit | Compartment.quasi.bit | Compartment.sensitive.bit | Compartment.unclassified.bit) == 0
        guard isWhole, let original = try text(.text, Compartment.text.rawValue) else {
            return try text(.redacted, Compartment.redacted.rawValue).map { RedactedText(text: vault.detector.redact($0, known: known)) }
        }
        return try RedactedText(of: original, known: known, vault.detector, tokens) { try ownForms(in: vault, $0) }
    }

    /// What texts of others would mention the record's own customer by.
    func ownForms(in vault: Vault, _ tokens: MentionTokens) throws -> [MentionTokens.Form] {
        try vault.policy.fields.filter(MentionTokens.names).flatMap { field in
            try text(Compartment(field.fieldClass), field.name).map { tokens.forms(of: Array($0.utf8)[...], in: field) } ?? []
        }
    }

    /// The values of the record's fields, which its text may repeat.
    func knownValues(in vault: Vault) throws -> [KnownValue] {
        var known: [KnownValue] = []
        for compartment in [Compartment.direct, .quasi, .sensitive] {
            try fields(compartment)?.forEach { name, value in
                if let field = vault.policy.field(name), (2...512).contains(value.count) { known.append(RecordEditor.known(field, String(plain: value))) }
            }
        }
        if let extras = try text(.unclassified, Compartment.unclassified.rawValue) { known += Self.customerExtras(in: extras) }
        return known
    }

    /// Values under `customer` that the schema does not classify. They are personal all the same.
    private static func customerExtras(in json: String) -> [KnownValue] {
        let object = try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        return (object ?? [:]).compactMap { key, value in
            guard key.hasPrefix("customer."), value is String || value is NSNumber else { return nil }
            let text = "\(value)"
            return (4...512).contains(text.utf8.count) ? KnownValue(type: .identifier, text: text, spelling: .compact) : nil
        }
    }
}

/// What redaction makes of a text.
struct RedactedText {
    var text: String
    /// Tokens of whom it mentions; nil: they were not made.
    var mentions: [String]?

    init(text: String) { self.text = text }

    /// - Parameter own: the forms of the text's own customer.
    init(of original: String, known: [KnownValue], _ detector: Detector, _ tokens: MentionTokens?, own: (MentionTokens) throws -> [MentionTokens.Form]) throws {
        let bytes = Array(original.utf8)
        let entities = detector.entities(in: bytes.span, known: known)
        text = String(decoding: detector.replace(entities, in: bytes[...]), as: UTF8.self)
        mentions = try tokens.map { tokens in try tokens.tokens(of: entities, in: bytes[...], except: { try own(tokens) }) }
    }
}
