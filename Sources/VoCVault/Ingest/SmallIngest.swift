import Foundation
import Policy
import Store
import Synchronization

/// Records that arrived in one piece, read and sealed, but not stored yet.
package struct SealedUpload: Sendable {
    fileprivate let access: Access
    fileprivate let source: String
    fileprivate let batch: IngestBatch
    fileprivate let made: MadeKeys
}

/// Takes in small numbers of records. Many clients at once share transactions and their flush, occupy no thread while they wait
/// for them, and leave the write-ahead log to the checkpoints that its size triggers.
extension Session {
    /// Reads, redacts and seals an input of at most a few hundred KiB; nil if it has no record.
    package func seal(_ input: consuming [UInt8], _ options: InputOptions, source name: String) throws -> SealedUpload? {
        try requireName(ofSource: name)
        let access = try authorize(.ingest, purpose: nil)
        return try logged(access) {
            let rest = Mutex<[UInt8]?>(input)
            let source = InputSource {
                rest.withLock { rest in
                    defer { rest = nil }
                    return rest?[...]
                }
            }
            let preparer = BatchPreparer(vault: vault, options: options, source: name, batchSize: .max, input: source)
            guard let prepared = try preparer.next() else { return nil }
            let foreseen = try store.read { try Foreseen(prepared.records, vault: vault, reader: $0) }
            let made = MadeKeys()
            do {
                let sealed = try BatchSealer(vault: vault, made: made).seal(prepared, foreseen: foreseen, overlay: Additions())
                return SealedUpload(access: access, source: name, batch: IngestBatch(prepared: prepared, sealed: sealed), made: made)
            } catch {
                made.removeUnused(from: vault)
                throw error
            }
        }
    }

    /// Stores what was sealed, without blocking a thread.
    package func store(_ upload: SealedUpload) async throws -> IngestedBatch {
        let (vault, access, batch, source, made) = (vault, upload.access, upload.batch, upload.source, upload.made)
        do {
            return try await logged(access) {
                let (sealed, receipt) = try await commit(access) { store in
                    try access.useQuota(FormPolicy.recordQuota, batch.prepared.records.count, in: store)
                    let sealed = try BatchWriter(vault: vault, source: source, made: made).write(batch, to: store)
                    let now = vault.clock()
                    store.countArrivals(from: source, IntakeCounts(batch.prepared, sealed, at: now), day: Int64(vault.localTime(at: now).number), at: now)
                    return (sealed, access.entry(batch.prepared, sealed, source: source))
                }
                made.didStore(sealed.newSubjects.lazy.map(\.subject))
                await removeUnused(made)
                var report = IngestReport()
                report.add(batch.prepared, sealed)
                return IngestedBatch(batch.prepared, sealed, receipt: receipt, report: report)
            }
        } catch let error as StorageError {
            // What keeps the batch from being stored keeps this from being done, too, for a while.
            Task { await removeUnused(made) }
            throw error
        } catch {
            await removeUnused(made)
            throw error
        }
    }

    /// Removes keys of customers who arrived with another request meanwhile, or not at all; there are seldom any.
    private func removeUnused(_ made: MadeKeys) async {
        guard !made.isEmpty else { return }
        await withCheckedContinuation { continuation in
            Self.removals.async { [vault] in
                made.removeUnused(from: vault)
                continuation.resume()
            }
        }
    }

    /// One thread for everybody who fails at the same time.
    private static let removals = DispatchQueue(label: "vault.unused-keys", qos: .utility)
}
