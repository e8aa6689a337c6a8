/// Kinds of personal data. The raw value is the placeholder that stands for it.
public enum EntityType: String, Sendable, CaseIterable {
    case person = "NAME"
    case phone = "PHONE"
    case email = "EMAIL"
    case address = "ADDRESS"
    case postcode = "POSTCODE"
    case location = "LOCATION"
    case birthDate = "BIRTH_DATE"
    case age = "AGE"

    // Documents.
    case residentID = "RESIDENT_ID"
    /// Hong Kong, Macau or Taiwan identity card.
    case regionalID = "REGIONAL_ID"
    case passport = "PASSPORT"
    /// Exit-entry permits between the mainland, Hong Kong, Macau and Taiwan.
    case travelPermit = "TRAVEL_PERMIT"
    case militaryID = "MILITARY_ID"
    case drivingLicence = "DRIVING_LICENCE"
    case socialSecurity = "SSN"
    case nationalInsurance = "NINO"
    /// Unified social credit code of an organisation or sole trader.
    case creditCode = "CREDIT_CODE"

    // Money.
    case bankCard = "BANK_CARD"
    case iban = "IBAN"
    case account = "ACCOUNT"
    case cardCode = "CARD_CODE"

    // Things.
    case plate = "PLATE"
    case vin = "VIN"
    case imei = "IMEI"
    case mac = "MAC_ADDRESS"
    case ipAddress = "IP_ADDRESS"
    case url = "URL"

    // Accounts on the net, and secrets.
    case wechat = "WECHAT"
    case qq = "QQ"
    case social = "SOCIAL"
    case oneTimeCode = "CODE"
    case password = "PASSWORD"

    // Special categories (GDPR Art. 9, PIPL Art. 28): what is said of somebody.
    case health = "HEALTH"
    case religion = "RELIGION"
    case ethnicity = "ETHNICITY"
    case union = "UNION"
    case politics = "POLITICS"
    case sexLife = "SEX_LIFE"
    case finances = "FINANCES"
    /// A child's age or schooling.
    case minor = "MINOR"

    // Business.
    case order = "ORDER_NO"
    case tracking = "TRACKING_NO"
    /// Looked for only where a rule asks for it.
    case organisation = "ORGANISATION"
    /// Another value that the record's customer block knows: an account or document number.
    case identifier = "ID"
    /// Sentences in a language that no recogniser reads.
    case foreign = "TEXT"
    /// A word of the deployment's own deny-list.
    case term = "TERM"
    /// What one of the deployment's own recognizers finds; ``Entity/own`` is its name.
    case own = "OWN"
}

extension EntityType {
    /// What GDPR Art. 9 and PIPL Art. 28 protect more than the rest, but for places: `LOCATION` is a type of its own.
    public static let specialCategories: [EntityType] = [.health, .religion, .ethnicity, .union, .politics, .sexLife, .finances, .minor]
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
    public let key: String
    /// The name of a type of the deployment's own, if it is one.
    var own: String?

    /// The type's name, as its placeholder has it.
    public var name: String { own ?? type.rawValue }
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

    let type: EntityType
    /// UTF-8.
    let bytes: ArraySlice<UInt8>
    let spelling: Spelling

    /// - Parameter bytes: UTF-8.
    public init(type: EntityType, bytes: ArraySlice<UInt8>, spelling: Spelling) {
        (self.type, self.bytes, self.spelling) = (type, bytes, spelling)
    }

    public init(type: EntityType, text: String, spelling: Spelling) {
        self.init(type: type, bytes: Array(text.utf8)[...], spelling: spelling)
    }
}
