import RedactedAPI
import Wire

/// An operation of the vault. The value is the request. Everything else about the operation, in the engine, over HTTP, in the
/// client, on the command line and in the OpenAPI document, is derived from this one type.
///
/// Over HTTP, members that the route names stand in the path; the others stand in the query of a GET or DELETE, or in the JSON
/// body of a POST. There, their names are in snake case.
public protocol VaultOperation: Codable, Sendable {
    associatedtype Reply: Codable & Sendable

    /// Its name in the OpenAPI document. By default the type's: `holdSubject`.
    static var id: String { get }
    static var route: Route { get }
    /// What it does, in a sentence.
    static var summary: String { get }
    /// The action that the policy must allow; nil: signing in is enough.
    static var action: String? { get }
    /// What members of the request may contain; each text has a limit.
    static var members: [String: Schema] { get }
    /// How long it may take.
    static var effort: Effort { get }
    /// The form of the reply over HTTP.
    static var form: ReplyForm { get }
    /// Possible statuses, besides those that every operation can have.
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

/// Where an operation is found over HTTP.
public struct Route: Sendable, Equatable {
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    public var method: Method
    /// With variables in braces: `/v1/records/{record}`. A variable with a star takes the rest of the path: `{file*}`.
    public var path: String

    public static func get(_ path: String) -> Route { Route(method: .get, path: path) }
    public static func post(_ path: String) -> Route { Route(method: .post, path: path) }
    public static func delete(_ path: String) -> Route { Route(method: .delete, path: path) }

    /// Parts of the path, and whether each is a variable that takes the rest.
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
    /// Reads some rows.
    case short
    /// Reads much of the vault.
    case long
    /// Something that customers have a right to: it never waits for analysis.
    case rights
}

/// The form of a reply over HTTP.
public enum ReplyForm: Sendable {
    /// An object with the reply's members and the receipt's beside them.
    case json
    /// Rows: an object, or NDJSON or CSV for clients that accept it.
    case rows
    /// A text.
    case text(String, about: String)
    /// A text that is JSON of this schema, byte for byte.
    case written(Schema)
    /// ``Bytes``.
    case bytes(String, about: String, file: String? = nil)
}

/// Shows that the audit log has an operation.
public struct Receipt: Codable, Sendable, Equatable {
    /// Number of the audit entry; nil if the operation leaves none.
    public var entry: Int64?
    /// A signed checkpoint (C2SP tlog-checkpoint) of a log that contains the entry; only servers send it.
    public var checkpoint: String?

    package init(entry: Int64?, checkpoint: String? = nil) { (self.entry, self.checkpoint) = (entry, checkpoint) }
}

/// A reply, and its receipt from the audit log.
public struct Receipted<Reply: Sendable>: Sendable {
    public var reply: Reply
    public var receipt: Receipt

    package init(_ reply: Reply, _ receipt: Receipt) { (self.reply, self.receipt) = (reply, receipt) }
}

/// A reply that is not text.
public struct Bytes: Codable, Sendable, Equatable {
    public var content: [UInt8]
    /// Of what is about a customer: what was searched for it; over HTTP in the header `Vault-Searched`, as JSON.
    public var searched: Searched?

    public init(_ content: some Sequence<UInt8>, searched: Searched? = nil) { (self.content, self.searched) = (Array(content), searched) }

    package static let searchedHeader = "Vault-Searched"
}

/// A reply without members of its own: its arrival says everything.
public struct Done: Codable, Sendable, Equatable {
    public init() {}
}

/// A member that is always there, and null when it has no value.
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
