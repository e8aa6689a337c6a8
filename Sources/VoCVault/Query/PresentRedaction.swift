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
        return try redactedAnew(purged: purged, in: vault)
    }

    /// Redacts the text again. If retention has removed it, or values that it may repeat, the stored redacted text is redacted
    /// again instead, so that what was hidden stays hidden.
    func redactedAnew(purged: Int, in vault: Vault) throws -> String? {
        var known: [KnownValue] = []
        for compartment in [Compartment.direct, .quasi, .sensitive] {
            try fields(compartment)?.forEach { name, value in
                if let field = vault.policy.field(name), (2...512).contains(value.count) { known.append(RecordEditor.known(field, String(plain: value))) }
            }
        }
        if let extras = try text(.unclassified, Compartment.unclassified.rawValue) { known += Self.customerExtras(in: extras) }
        let isWhole = purged & (Compartment.direct.bit | Compartment.quasi.bit | Compartment.sensitive.bit | Compartment.unclassified.bit) == 0
        let original = isWhole ? try text(.text, Compartment.text.rawValue) : nil
        return try (original ?? text(.redacted, Compartment.redacted.rawValue)).map { vault.detector.redact($0, known: known) }
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
