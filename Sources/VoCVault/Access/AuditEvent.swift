import AuditLog
import Policy

/// What an audit entry records, as its action names it.
enum AuditEvent: Hashable {
    /// A principal performed an action.
    case request(Action)
    /// A principal previewed an action: a dry run.
    case plan(Action)
    case vault(VaultEvent)

    var name: String {
        switch self {
        case .request(let action): action.rawValue
        case .plan(let action): "\(action.rawValue).plan"
        case .vault(let event): event.rawValue
        }
    }

    /// nil for an action that only another version knows: it may have done anything.
    init?(_ name: String) {
        guard let event = Self.byName[name] else { return nil }
        self = event
    }

    static let all: [AuditEvent] = Action.allCases.flatMap { [.request($0), .plan($0)] } + VaultEvent.allCases.map { .vault($0) }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// Its effect. A dry run has none.
    var effect: Action.Effect {
        switch self {
        case .request(let action): action.effect
        case .plan: []
        case .vault(let event): event.effect
        }
    }

    /// How the canonical form of its entries begins: most entries record other events and need no parsing.
    var beginning: [UInt8] { AuditEntry.canonicalBeginning(of: name) }

    /// The beginnings of events with such an effect.
    static func beginnings(where isWanted: (Action.Effect) -> Bool) -> [[UInt8]] { all.filter { isWanted($0.effect) }.map(\.beginning) }
}

/// What the vault logs, besides the actions of principals.
enum VaultEvent: String, CaseIterable {
    case alert
    case signIn = "sign-in"
    /// Somebody looked at the state of their own requests for approval.
    case ownApprovals = "approval.own"
    case creation = "init"
    case join, restore, upgrade
    /// A policy came into force.
    case policy
    /// Erasures, holds and revocations that a restore had lost are repeated.
    case replay = "protections.replay"
    /// An endpoint was told what happened, or was to be.
    case outbox

    var effect: Action.Effect {
        switch self {
        case .alert, .signIn, .ownApprovals: []
        case .policy, .outbox: .changes
        case .creation, .join, .restore, .upgrade: .all
        case .replay: [.all, .takesAway]
        }
    }
}

extension AuditEntry {
    /// nil if only another version knows it.
    var event: AuditEvent? { AuditEvent(action) }

    /// What the vault did by itself.
    init(
        ofVault event: AuditEvent, _ outcome: Outcome = .allowed, purpose: String = "none", rule: String, rows: Int64 = 0, request: String = Token.requestID(),
        detail: [AuditDetail: String] = [:]
    ) {
        self.init(
            principal: "vault", role: "none", purpose: purpose, action: event.name, outcome: outcome, rule: rule, rows: rows, request: request,
            software: Vault.software, detail: detail)
    }
}
