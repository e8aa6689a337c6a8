import RedactedAPI
import Store

/// A record after all steps that do not need its customer's key: read, checked, tagged, redacted.
struct PreparedRecord: Sendable {
    var line: Int
    /// Idempotency key: a MAC over source and id.
    var uid: UInt128
    var channel: String
    var occurredAt: Int64
    /// Values of the layout's columns.
    var attributes: [StoredValue]
    /// Coarser forms of its fields.
    var codes: RecordCodes
    /// Positions in the layout's indexes, and tags.
    var tags: [Tag]
    /// What tells its customer apart from others who share a handle.
    var marks: [IndexEntry]
    /// Tombstones that its customer's identifiers leave when they are erased, if the policy says so.
    var identifiers: [UInt128]
    /// What its customer decided about purposes.
    var decisions: [StatedDecision] = []
    /// The place of the values to seal in the part's plaintext.
    var compartments: CompartmentPlaces
    /// The part of the batch, one for each worker.
    var part: Int

    struct Tag: Sendable {
        var index: Int
        var tag: UInt128
        /// Whether it is a landline's, which says little about who it is.
        var isPlace: Bool
    }
}

/// The records that one worker has prepared.
struct PreparedPart: Sendable {
    var records: [PreparedRecord] = []
    var rejects: [Reject] = []
    /// See ``IngestReport/setAside``.
    var setAside: [String: Int] = [:]
    /// See ``IngestReport/unmapped``.
    var unmapped: Set<String> = []
    /// Whether any of them states a decision of its customer.
    var statesDecisions = false
    /// In one array: separate allocations would scatter them over the heap.
    var plaintext: PooledBytes
}
