import RedactedAPI
import Wire

/// An operation of the vault. The value is the request: everything that is known about the operation, in the engine, by HTTP, in
/// the client, on the command line and in the OpenAPI document, is derived from this one type.
///
/// By HTTP, members that the route names stand in the path; the others stand in the query of a GET or DELETE, and in the JSON
/// body of a POST. Names of members are in snake case there.
public protocol VaultOperation: Codable, Sendable {
    associatedtype Reply: Codable & Sendable

    /// Its name in the OpenAPI document; its type's, as `holdSubject`, when it does not say another.
    static var id: String { get }
    static var route: Route { get }
    /// What it does, in a sentence.
    static var summary: String { get }
    /// What the policy must allow; nil: being signed in is enough.
    static var action: String? { get }
    /// What members of the request may hold; each text has a limit.
    static var members: [String: Schema] { get }
    /// How long it may take.
    static var effort: Effort { get }
    /// What the reply is by HTTP.
    static var form: ReplyForm { get }
    /// Statuses that are possible besides those that every operation can have.
    static var statuses: [Int] { get }
}

extension VaultOperation {
    public static var members: [String: Schema] { [:] }
    public static var effort: Effort { .short }
    public static var form: ReplyForm { .json }
    public static var statuses: [Int] { [] }

    public static var id: String {
        let name = "\(Self.self)"
        return name.prefix(1).lowercased() + name.dropFirst()
    }
}

/// Where an operation is, by HTTP.
public struct Route: Sendable, Equatable {
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    public var method: Method
    /// With its variables in braces: `/v1/records/{record}`. One with a star takes what is left of the path: `{file*}`.
    public var path: String

    public static func get(_ path: String) -> Route { Route(method: .get, path: path) }
    public static func post(_ path: String) -> Route { Route(method: .post, path: path) }
    public static func delete(_ path: String) -> Route { Route(method: .delete, path: path) }

    /// Parts of the path, and whether each is a variable that takes all that is left.
    package var parts: [(text: String, isVariable: Bool, takesRest: Bool)] {
        path.split(separator: "/").map { part in
            guard part.hasPrefix("{") else { return (String(part), false, false) }
            let name = part.dropFirst().dropLast()
            return name.hasSuffix("*") ? (String(name.dropLast()), true, true) : (String(name), true, false)
        }
    }

    package var variables: [String] { parts.filter(\.isVariable).map(\.text) }
}

/// How much work an operation is.
public enum Effort: Sendable {
    /// A look at some rows.
    case short
    /// A look at much of the vault.
    case long
    /// What customers have a right to: it waits for no analysis.
    case rights
}

/// What a reply is by HTTP.
public enum ReplyForm: Sendable {
    /// An object with the reply's members, and the receipt beside them.
    case json
    /// Rows: an object, or NDJSON or CSV for whoever accepts that.
    case rows
    /// The reply is a text.
    case text(String, about: String)
    /// The reply is a text: JSON of this schema, byte for byte.
    case written(Schema)
    /// The reply is ``Bytes``.
    case bytes(String, about: String, file: String? = nil)
}

/// Shows that an operation is in the audit log.
public struct Receipt: Codable, Sendable, Equatable {
    /// Number of the audit entry; nil where the operation leaves none.
    public var entry: Int64?
    /// A signed checkpoint (C2SP tlog-checkpoint) of a log that has the entry; from a server.
    public var checkpoint: String?

    package init(entry: Int64?, checkpoint: String? = nil) { (self.entry, self.checkpoint) = (entry, checkpoint) }
}

/// A reply, and what shows that it is in the audit log.
public struct Receipted<Reply: Sendable>: Sendable {
    public var reply: Reply
    public var receipt: Receipt

    package init(_ reply: Reply, _ receipt: Receipt) { (self.reply, self.receipt) = (reply, receipt) }
}

/// What is no text.
public struct Bytes: Codable, Sendable, Equatable {
    public var content: [UInt8]

    public init(_ content: some Sequence<UInt8>) { self.content = Array(content) }
}

/// A reply without a member of its own: that it came is all it says.
public struct Done: Codable, Sendable, Equatable {
    public init() {}
}

/// A member that is always there, and null when there is no value.
@propertyWrapper
public struct Nullable<Value: Codable & Sendable>: Codable, Sendable {
    public var wrappedValue: Value?

    public init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        wrappedValue = container.decodeNil() ? nil : try container.decode(Value.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
    }
}

extension Nullable: Equatable where Value: Equatable {}
