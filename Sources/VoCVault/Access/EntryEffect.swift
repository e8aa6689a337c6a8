import AuditLog
import Policy

/// What the vault writes down besides what principals ask for.
enum VaultEvent: String, CaseIterable {
    case alert
    case signIn = "sign-in"
    /// Somebody looked at the state of their own requests for approval.
    case ownApprovals = "approval.own"
    case creation = "init"
    case join, restore, upgrade
    /// Erasures, holds and revocations that a restore had lost are done again.
    case replay = "protections.replay"

    var effect: Action.Effect {
        switch self {
        case .alert, .signIn, .ownApprovals: []
        case .creation, .join, .restore, .upgrade: .all
        case .replay: [.all, .takesAway]
        }
    }
}

/// What followed from what an entry records, as its action says it.
enum EntryEffect {
    /// By the names that entries have for them. What a dry run would do is undone.
    private static let known: [String: Action.Effect] = {
        var known: [String: Action.Effect] = [:]
        for action in Action.allCases {
            known[action.rawValue] = action.effect
            known["\(action.rawValue).plan"] = []
        }
        for event in VaultEvent.allCases { known[event.rawValue] = event.effect }
        return known
    }()

    /// nil of an entry of another version that knows more actions: it may have done anything.
    static func of(_ action: String) -> Action.Effect? { known[action] }

    /// How the canonical form of entries begins whose effect is such a one: most need no parsing.
    static func beginnings(where isWanted: (Action.Effect) -> Bool) -> [[UInt8]] {
        known.filter { isWanted($0.value) }.keys.map(AuditEntry.canonicalBeginning)
    }
}
