import Synchronization
import VoCVault

/// Looks whether the vault can serve: one look at a time, however many ask, and a database that does not answer is an answer.
final class Readiness: Sendable {
    private let served: ServedVault
    private let certificates: Certificates?
    private let current = Mutex<Task<[String], Never>?>(nil)
    /// A collector or a balancer asks every few seconds.
    private let patience: Duration

    init(_ served: ServedVault, _ certificates: Certificates?, patience: Duration = .seconds(5)) {
        (self.served, self.certificates, self.patience) = (served, certificates, patience)
    }

    /// Whether the audit log was found not to continue the one that was signed when it was looked at last.
    var isForked: Bool { (try? served.vault)?.isForked ?? false }

    /// What keeps the vault from serving, in a few words each.
    func obstacles() async -> [String] {
        var found = await vaultObstacles()
        if certificates?.isExpired == true { found.append("tls: the certificate has expired") }
        return found
    }

    private func vaultObstacles() async -> [String] {
        let look = current.withLock { current in
            if let current { return current }
            let look = Task { await self.look() }
            current = look
            return look
        }
        let found = try? await withCheckedThrowingContinuation { continuation in
            let answer = Answer<[String]>(continuation)
            Task { answer.give(.success(await look.value)) }
            Task {
                try? await Task.sleep(for: patience)
                answer.give(.success(["the database gives no answer"]))
            }
        }
        return found ?? []
    }

    private func look() async -> [String] {
        defer { current.withLock { $0 = nil } }
        if let error = served.obstacle { return [error.cause] }
        do {
            let vault = try served.vault
            let found = try await served.work(.look, for: "") { vault.obstacles() }
            // A look reads; what keeps requests from being written down shows when one fails.
            return (served.recentTrouble.map { ["\($0): a request has failed a moment ago"] } ?? []) + found
        } catch {
            return ["the server ends"]
        }
    }
}
