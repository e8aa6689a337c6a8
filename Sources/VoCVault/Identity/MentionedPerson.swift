import Detection
import Policy
import Store

/// Somebody whom texts of others may mention, by the values of their own records.
struct MentionedPerson {
    /// The field of each token.
    private(set) var fields: [String: String] = [:]
    /// Names and handles.
    private var values: [KnownValue] = []

    /// Finds nothing but values that are known.
    private static let finder = Detector(rules: Dictionary(uniqueKeysWithValues: EntityType.allCases.map { ($0, TypeRule(threshold: 2)) }))

    /// - Parameter customers: all who are the person.
    init(_ customers: [Int64], _ vault: Vault, _ reader: StoreReader) throws {
        let (opener, tokens) = (try RecordOpener(vault: vault), try MentionTokens(vault))
        let fields = vault.policy.fields.filter(MentionTokens.names)
        var seen: Set<[String]> = []
        for stored in try customers.flatMap({ try reader.sealedRecords(of: $0) }) {
            guard let record = try opener.open(body: stored.body[...], key: stored.key, subject: stored.subject, record: stored.uid) else { continue }
            for field in fields {
                guard let value = try record.text(Compartment(field.fieldClass), field.name), seen.insert([field.name, value]).inserted else { continue }
                let its = try tokens.tokens(of: value, in: field)
                for token in its { self.fields[token] = field.name }
                if !its.isEmpty { values.append(RecordEditor.known(field, value)) }
            }
        }
    }

    /// Whether nothing that texts could mention is known of them.
    var isNobody: Bool { fields.isEmpty }

    /// The fields of which these tokens are values, in the order of their names.
    func fields(among tokens: [Substring]) -> [String] { Set(tokens.compactMap { fields[String($0)] }).sorted() }

    /// A text with placeholders in the place of the person: wherever it has their values, also parts of a name, and whatever redaction finds there
    /// whose token is theirs.
    ///
    /// - Parameter known: the values of the text's own customer, who stays.
    func removed(from text: String, known: [KnownValue], _ detector: Detector, _ tokens: MentionTokens) throws -> CutText {
        let bytes = Array(text.utf8)
        let own = Self.finder.entities(in: bytes.span, known: known)
        // A brother's family name is the text's own customer's as well.
        var found = Self.finder.entities(in: bytes.span, known: values).filter { part in
            !own.contains { $0.bytes.count > part.bytes.count && $0.bytes.lowerBound <= part.bytes.lowerBound && part.bytes.upperBound <= $0.bytes.upperBound }
        }
        found += try detector.entities(in: bytes.span, known: known).filter { try tokens.token(of: $0, in: bytes[...]).map { fields[$0] != nil } ?? false }
        var apart: [Entity] = []
        for entity in found.sorted(by: { ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound) }) {
            if let last = apart.last, entity.bytes.lowerBound < last.bytes.upperBound {
                apart[apart.count - 1].bytes = last.bytes.lowerBound..<max(last.bytes.upperBound, entity.bytes.upperBound)
            } else {
                apart.append(entity)
            }
        }
        return CutText(text, zip(apart, Self.finder.replacements(of: apart, in: bytes[...])).map { CutText.Place(from: $0.bytes.lowerBound, to: $0.bytes.upperBound, with: $1) })
    }
}
