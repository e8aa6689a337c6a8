/// What of a vault lies in a database of a server: the data and the keys, in a schema each, or one of them where the keys
/// have a database of their own.
package enum ServerParts: Sendable {
    case both, data, keys

    var hasData: Bool { self != .keys }
    var hasKeys: Bool { self != .data }

    /// The schemas' names, as in a list.
    var schemas: String { [hasData ? "vault" : nil, hasKeys ? "keystore" : nil].compactMap { $0 }.joined(separator: ", ") }
}
