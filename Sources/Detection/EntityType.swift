/// Kinds of personal data. The raw value is the placeholder that stands for it.
public enum EntityType: String, Sendable, CaseIterable {
    case person = "NAME"
    case phone = "PHONE"
    case email = "EMAIL"
    case residentID = "RESIDENT_ID"
    case bankCard = "BANK_CARD"
    case address = "ADDRESS"
    case url = "URL"
    case ipAddress = "IP_ADDRESS"
    /// Another value that the record's customer block knows: an account or document number.
    case identifier = "ID"
    /// A word of the deployment's own deny-list.
    case term = "TERM"
}

/// A stretch of a text that is personal data.
public struct Entity: Sendable, Equatable {
    public var type: EntityType
    /// UTF-8 byte offsets in the text.
    public var bytes: Range<Int>
    /// 0…1: how sure the rule is.
    public var score: Double
    /// The rule that found it, such as `phone.cn-mobile`.
    public var rule: String
    /// The value in one spelling: equal values get the same placeholder within a record.
    let key: String
}

/// A value that is known to be personal, to be found wherever the text repeats it.
public struct KnownValue: Sendable {
    public enum Spelling: Sendable {
        /// A person's name: also given name alone and surname with a title.
        case name
        /// Digits in any grouping and script.
        case digits
        /// Letters and digits whatever their case, width and spacing.
        case compact
    }

    public var type: EntityType
    public var text: String
    public var spelling: Spelling

    public init(type: EntityType, text: String, spelling: Spelling) {
        (self.type, self.text, self.spelling) = (type, text, spelling)
    }
}
