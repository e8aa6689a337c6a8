/// What a check of the vault's health has found.
public struct HealthFinding: Codable, Sendable, Equatable {
    public enum State: String, Word, Comparable {
        case ok, warning, failure

        public static func < (a: State, b: State) -> Bool { a.rank < b.rank }
        private var rank: Int { [.ok: 0, .warning: 1, .failure: 2][self]! }
    }

    /// What a failure puts at risk.
    public enum Kind: String, Word {
        /// Somebody, or a fault, has changed what the vault wrote: exit code 4.
        case integrity
        /// Something must be done so that the vault goes on as it should.
        case operation
    }

    public var check: String
    public var state: State
    public var kind: Kind
    /// What was found.
    public var finding: String
    /// What to do; empty when all is well.
    public var advice: String

    package init(check: String, state: State, kind: Kind = .operation, finding: String, advice: String) {
        (self.check, self.state, self.kind, self.finding, self.advice) = (check, state, kind, finding, advice)
    }
}
