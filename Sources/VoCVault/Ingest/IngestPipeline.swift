import Foundation
import Policy
import Store

/// A part of the input on its way into the store.
struct IngestBatch: Sendable {
    /// Kept until the batch is stored: if the store has changed, it is sealed again.
    var prepared: PreparedBatch
    var sealed: SealedBatch
}

/// A part of the input, read and prepared.
struct PreparedBatch: Sendable {
    var records: [PreparedRecord]
    /// By part.
    var plaintexts: [PooledBytes]
    var rejects: [Reject]
    /// See ``IngestReport/setAside``.
    var setAside: [String: Int] = [:]
    /// See ``IngestReport/unmapped``.
    var unmapped: Set<String> = []
    /// See ``IngestReport/reading``.
    var reading = ""
    /// Whether any record states a decision of its customer.
    var statesDecisions = false
    /// Whether the input ends with it. One that does not may still be the last that has records.
    var isLast = false
    /// Bytes of input read so far.
    var bytesRead: Int64
}

extension PreparedBatch {
    /// A sealed field's value as read; nil if the record has none.
    func value(of field: FieldSchema, in record: PreparedRecord) -> ArraySlice<UInt8>? {
        let plaintext = plaintexts[record.part].bytes
        let place = record.compartments[Compartment(field.fieldClass)]
        return Fields.place(of: field.name, in: plaintext.span.extracting(place)).map { plaintext[place.lowerBound + $0.lowerBound..<place.lowerBound + $0.upperBound] }
    }
}

/// Reads, prepares and seals batches ahead of the writer: while it stores one batch, the next one is being sealed, and the
/// following ones are being prepared.
final class IngestPipeline: @unchecked Sendable {
    // Sendable: `prefetch` is called again only after its result was taken, so that only one thread at a time uses the sealer.
    private let vault: Vault
    private let prepared: Ahead<PreparedBatch>
    private let sealer: BatchSealer

    init(vault: Vault, preparer: BatchPreparer, made: MadeKeys) {
        self.vault = vault
        sealer = BatchSealer(vault: vault, made: made)
        // Two, so that all cores have work whenever the writer or the sealer waits for the disk.
        prepared = Ahead(by: 2) { try preparer.next() }
    }

    deinit { prepared.stop() }

    /// Begins with the next batch.
    ///
    /// - Parameter before: the batch that is being stored meanwhile, whose additions the store does not have yet, or only just
    ///   has.
    func prefetch(after before: SealedBatch?) -> Pending<IngestBatch?> {
        let overlay = before?.additions ?? Additions()
        return Pending { [self] in
            guard let batch = try prepared.next() else { return nil }
            let foreseen = try vault.store.read { try Foreseen(batch.records, vault: vault, reader: $0) }
            return IngestBatch(prepared: batch, sealed: try sealer.seal(batch, foreseen: foreseen, overlay: overlay))
        }
    }
}
