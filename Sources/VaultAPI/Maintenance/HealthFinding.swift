/// Result of one check of the vault's health.
public struct HealthFinding: Codable, Sendable, Equatable {
    public enum State: String, Word, Comparable {
        case ok, warning, failure

        public static func < (a: State, b: State) -> Bool { a.rank < b.rank }
        private var rank: Int { [.ok: 0, .warning: 1, .failure: 2][self]! }
    }

    /// What a failed check puts at risk.
    public enum Kind: String, Word {
        /// Integrity: somebody, or a fault, has changed what the vault wrote. Exit code 4.
        case integrity
        /// Operation: something must be done for the vault to keep working as it should.
        case operation
    }

    public var check: String
    public var state: State
    public var kind: Kind
    /// What was found.
    public var finding: String
    /// What to do; empty if all is well.
    public var advice: String

    package init(check: String, state: State, kind: Kind = .operation, finding: String, advice: String) {
        (self.check, self.state, self.kind, self.finding, self.advice) = (check, state, kind, finding, advice)
    }
}
