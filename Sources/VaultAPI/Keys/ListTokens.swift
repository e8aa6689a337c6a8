/// Tokens, without their secrets.
public struct ListTokens: VaultOperation {
    public init() {}

    public struct Reply: Codable, Sendable, Equatable {
        public var tokens: [TokenInfo]

        package init(tokens: [TokenInfo]) { self.tokens = tokens }
    }

    public static let route = Route.get("/v1/tokens")
    public static let summary = "Tokens, never their secrets."
    public static let action: String? = "token.list"
}
