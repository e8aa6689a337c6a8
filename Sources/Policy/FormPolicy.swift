import Foundation

/// A form that the vault serves at `/feedback/NAME`, from `forms.yaml`.
public struct FormPolicy: Sendable, Equatable {
    /// A text in each of the form's languages.
    public struct Words: Sendable, Equatable {
        /// By language: `zh`, `en`.
        public var texts: [String: String]

        /// The text in a language, or in the form's other one.
        public subscript(language: String) -> String { texts[language] ?? texts.values.first ?? "" }
    }

    /// How a field is asked for.
    public enum Kind: Sendable, Equatable {
        /// Several lines.
        case long
        case line, phone, email, number, date
        /// One of the field's options.
        case choice
    }

    public struct Option: Sendable, Equatable {
        /// What the record has.
        public var value: String
        public var label: Words
    }

    public struct Field: Sendable, Equatable {
        /// Of `schema.yaml`, or `text`.
        public var name: String
        /// Where it goes in the record.
        public var path: String
        public var kind: Kind
        public var label: Words
        public var hint: Words?
        public var isRequired: Bool
        /// In characters.
        public var longest: Int
        public var options: [Option]
        public var bounds: ClosedRange<Int>?
    }

    /// What people can agree to, and under which text.
    public struct Consent: Sendable, Equatable {
        public struct Decision: Sendable, Equatable {
            public var purpose: String
            public var label: Words
            /// Whether nothing is taken without it.
            public var isRequired: Bool
        }

        /// Goes with each decision into the ledger.
        public var version: String
        public var text: Words
        public var decisions: [Decision]
    }

    public var name: String
    public var title: Words
    public var introduction: Words?
    /// Shown once something was sent.
    public var thanks: Words?
    public var source: String
    public var channel: String
    /// The purpose under which records come in, and that of requests by receipt.
    public var (intakePurpose, requestPurpose): (String, String)
    public var fields: [Field]
    public var consent: Consent?
    /// Origins whose pages may show it in a frame.
    public var origins: [String]
    /// How much it takes: in a day, and in an hour from one range of addresses.
    public var (perDay, perAddress): (Int, Int)
    public var place: Place

    /// The principal in whose name it works.
    public var principal: String { name + Self.principals }
    /// What names of forms' principals end in; nobody else's does.
    public static let principals = "@forms"
    /// Its role, which `forms.yaml` makes: nobody can sign in with it.
    public var role: String { Self.rolePrefix + name }
    static let rolePrefix = "form:"
    /// Its languages, in the order in which they are offered.
    public var languages: [String] { ["zh", "en"].filter { title.texts[$0] != nil } }

    /// What counts against ``perDay``.
    public static let (recordQuota, requestQuota) = ("records", "requests")

    /// Why an origin cannot be let show a form; nil: it can.
    static func obstacle(to origin: String) -> String? {
        guard let url = URL(string: origin), let scheme = url.scheme, let host = url.host, !host.isEmpty,
            host.utf8.allSatisfy({ $0 &- 97 < 26 || $0 &- 48 < 10 || $0 == 0x2E || $0 == 0x2D }), origin == "\(scheme)://\(host)\(url.port.map { ":\($0)" } ?? "")"
        else { return "must be an origin such as https://www.example.com: no path, no wildcard" }
        guard scheme == "https" || scheme == "http" && ["127.0.0.1", "localhost"].contains(host) else { return "must begin with https://; http:// is for this machine alone" }
        return nil
    }

    /// Brings records in, and opens requests of whoever holds a receipt; nothing else.
    var ownRole: Role {
        func grant(_ name: String, _ purpose: String, _ action: Action, _ quota: String) -> Grant {
            Grant(
                name: name, purposes: [purpose], actions: [action], fields: [:], rows: nil, disclosure: Disclosure(), pageLimit: 0, quotas: [quota: perDay], hours: nil,
                place: place)
        }
        return Role(
            name: role, description: "The form '\(name)'.",
            grants: [grant("intake", intakePurpose, .ingest, Self.recordQuota), grant("requests", requestPurpose, .caseManage, Self.requestQuota)], place: place)
    }
}
