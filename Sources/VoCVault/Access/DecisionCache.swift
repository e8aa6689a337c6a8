import Policy
import Synchronization

/// Decisions of a policy: those who query ask the same all day.
final class DecisionCache: Sendable {
    private let decisions = Mutex<[AccessRequest: Decision]>([:])
    /// Each minute makes another request.
    private static let capacity = 256

    func decision(_ request: AccessRequest, of policy: PolicySet) -> Decision {
        if let known = decisions.withLock({ $0[request] }) { return known }
        let decision = policy.decide(request)
        // A denied request may name anything.
        if decision.isAllowed {
            decisions.withLock { decisions in
                if decisions.count >= Self.capacity { decisions.removeAll(keepingCapacity: true) }
                decisions[request] = decision
            }
        }
        return decision
    }
}
