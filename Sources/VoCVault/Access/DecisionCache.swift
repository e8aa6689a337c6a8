import Policy
import Synchronization

/// What a policy has decided: those who query ask the same all day.
final class DecisionCache: Sendable {
    private let decisions = Mutex<[AccessRequest: Decision]>([:])
    /// Each minute is another request.
    private static let capacity = 256

    func decision(_ request: AccessRequest, of policy: PolicySet) -> Decision {
        if let known = decisions.withLock({ $0[request] }) { return known }
        let decision = policy.decide(request)
        // What is denied may name anything.
        if decision.isAllowed {
            decisions.withLock { decisions in
                if decisions.count >= Self.capacity { decisions.removeAll(keepingCapacity: true) }
                decisions[request] = decision
            }
        }
        return decision
    }
}
