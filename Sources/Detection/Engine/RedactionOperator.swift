/// What takes the place of an entity.
public enum RedactionOperator: Sendable, Equatable {
    /// `[PHONE]`, or numbered where a text has several of a type.
    case placeholder
    /// Asterisks but for the last characters.
    case mask(keepLast: Int)
    /// What is coarse enough to stay: `[ADDRESS:北京市]`, `[BIRTH_DATE:1958]`, `[AGE:60-69]`, `[BANK_CARD:UnionPay]`;
    /// a placeholder where there is nothing of the kind.
    case generalize
    /// Nothing.
    case drop

    /// - Parameter value: the entity as written.
    func replacement(of value: String, _ type: EntityType, placeholder: String) -> String {
        switch self {
        case .placeholder: return placeholder
        case .drop: return ""
        case .mask(let keepLast):
            let count = value.count
            return String(repeating: "*", count: max(count - keepLast, 0)) + (count > keepLast ? String(value.suffix(keepLast)) : "")
        case .generalize:
            return Self.coarse(value, type).map { "[\(type.rawValue):\($0)]" } ?? placeholder
        }
    }

    private static func coarse(_ value: String, _ type: EntityType) -> String? {
        let digits = FoldedText.units(of: value).compactMap { FoldedText.digit($0) }
        switch type {
        case .address:
            return ChinesePlaces.city(of: value)
        case .birthDate:
            for start in digits.indices where start + 4 <= digits.count {
                let year = digits[start..<start + 4].reduce(0) { $0 * 10 + Int($1) }
                if (1900...2100).contains(year) { return String(year) }
            }
            return nil
        case .age:
            guard !digits.isEmpty, digits.count <= 3 else { return nil }
            let low = digits.reduce(0) { $0 * 10 + Int($1) } / 10 * 10
            return "\(low)-\(low + 9)"
        case .bankCard:
            // ISO/IEC 7812 issuer ranges.
            guard digits.count >= 12 else { return nil }
            switch (digits[0], digits[1]) {
            case (6, 2): return "UnionPay"
            case (4, _): return "Visa"
            case (5, 1...5), (2, 2...7): return "Mastercard"
            case (3, 4), (3, 7): return "American Express"
            case (3, 5): return "JCB"
            default: return nil
            }
        default: return nil
        }
    }
}

/// How entities of a type are treated.
public struct TypeRule: Sendable, Equatable {
    /// Entities with a lower score stay; above 1: all do.
    public var threshold: Double
    public var replacement: RedactionOperator

    public init(threshold: Double = 0.5, replacement: RedactionOperator = .placeholder) {
        (self.threshold, self.replacement) = (threshold, replacement)
    }
}
