import Synchronization

/// Customers for whom an ingest has made keys and who are not stored yet. If they never are, their keys are removed with the
/// batch.
final class MadeKeys: Sendable {
    private let numbers = Mutex<Set<Int64>>([])

    func add(_ subjects: [Int64]) { numbers.withLock { $0.formUnion(subjects) } }

    func didStore(_ subjects: some Sequence<Int64>) { numbers.withLock { $0.subtract(subjects) } }

    var isEmpty: Bool { numbers.withLock(\.isEmpty) }

    /// Removes the keys of customers who were not stored. What fails here is left to `doctor`.
    func removeUnused(from vault: Vault) {
        let left = numbers.withLock { $0.sorted() }
        if !left.isEmpty { _ = try? vault.store.removeUnusedKeys(among: left) }
    }
}
