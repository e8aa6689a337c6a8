/// Versions and counts of keys; never a key.
public struct ListKeys: VaultOperation {
    public init() {}

    public struct Reply: Codable, Sendable, Equatable {
        /// Root keys.
        public var keys: [KeyStatus]
        /// The keys that they wrap.
        public var versions: [KeyVersion]

        package init(keys: [KeyStatus], versions: [KeyVersion]) { (self.keys, self.versions) = (keys, versions) }
    }

    public static var id: String { "keyStatus" }
    public static let route = Route.get("/v1/keys")
    public static let summary = "Versions and counts of keys; never a key."
    public static let action: String? = "keys.status"
    public static let effort = Effort.long
}
