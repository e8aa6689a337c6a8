/// Questions that each database answers in a way of its own; what they have in common is in ``StoreReader``.
package protocol Querying {
    /// Runs `body` with a condition that statements of this connection can ask, though `residual` decides parts of it.
    ///
    /// - Parameter body: `readsSealed` says whether its statements need the sealed bodies (``StoreReader/sealedJoin``) for that.
    func deciding<R>(_ condition: StoredCondition, by residual: Residual?, _ body: (_ condition: StoredCondition, _ readsSealed: Bool) throws -> R) throws -> R

    /// Runs `body`, whose statements read columns of the codes of records that fulfil a condition.
    ///
    /// - Parameters:
    ///   - columns: of which a statement reads what a record has in it, as one text.
    ///   - labels: of which it reads each label.
    ///   - condition: one that a statement can ask.
    func opening<R>(
        _ columns: Set<String>, labels: Set<String>, of condition: StoredCondition, readsSealed: Bool, _ body: (OpenedColumns) throws -> R
    ) throws -> R

    /// Reads a page and hands it on in chunks.
    ///
    /// - Parameter evidence: what to read besides, so that records can be held against it.
    func page(_ request: PageRequest, evidence: RecordColumns?, residual: Residual?, chunk: Int, _ take: ([PageRow]) throws -> Void) throws

    /// How many distinct subjects stand behind the rows of a condition; looks for `limit` at most.
    func subjects(of condition: StoredCondition, limit: Int, residual: Residual?) throws -> Int

    /// The groups of a request, in the order of their keys.
    ///
    /// - Returns: of each group also the number of its subjects, as far as they are counted.
    func groups(of request: AggregateRequest, counting subjects: SubjectCounting, residual: Residual?) throws -> [CountedGroup]

    /// The groups, with the sets of their records, of the rows in each of several periods.
    ///
    /// - Parameter periods: of `occurred_at`, one after another; what the request bounds counts in each by itself.
    func groups(of request: AggregateRequest, in periods: [Range<Int64>]) throws -> [[CountedGroup]]

    /// All groups, if each has so many distinct subjects; nil otherwise, or where that takes no less than to count them.
    func groups(of request: AggregateRequest, withAtLeast minimum: Int) throws -> [CountedGroup]?
}

/// How distinct subjects of groups are counted.
package enum SubjectCounting: Sendable {
    /// Up to so many a group.
    case enough(Int)
    case all
    /// All, with the set of records.
    case marked
}

/// A group with the number of its subjects, as far as they are counted.
package typealias CountedGroup = (row: AggregateRow, count: Int)
