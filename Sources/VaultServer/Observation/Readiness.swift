import Synchronization
import VoCVault

/// Checks whether the vault can serve. One check runs at a time, however many ask; a database that does not answer is a result,
/// too.
final class Readiness: Sendable {
    private let served: ServedVault
    private let certificates: Certificates?
    private let current = Mutex<Task<[String], Never>?>(nil)
    /// A collector or load balancer asks every few seconds.
    private let patience: Duration

    init(_ served: ServedVault, _ certificates: Certificates?, patience: Duration = .seconds(5)) {
        (self.served, self.certificates, self.patience) = (served, certificates, patience)
    }

    /// Whether the last check found that the audit log does not continue the one that was signed.
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
            // A check only reads. A fault in writing entries shows when a request fails.
            return (served.recentTrouble.map { ["\($0): a request has failed a moment ago"] } ?? []) + found
        } catch {
            return ["the server ends"]
        }
    }
}
