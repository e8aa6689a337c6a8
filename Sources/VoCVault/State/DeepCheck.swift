import AuditLog
import Foundation
import Policy
import RedactedAPI
import Sealing
import Store
import Synchronization

/// Opens every sealed part of the records, and recomputes the tags under which customers are found.
///
/// Customers are read in the order of their numbers, some at a time, so that memory does not grow with them.
struct DeepCheck {
    /// Customers that are read together.
    private static let portion = 500

    private let vault: Vault
    /// How many of a hundred portions are examined, chosen at random.
    private let percent: Int

    init(_ vault: Vault, percent: Int) { (self.vault, self.percent) = (vault, percent) }

    /// What was examined.
    struct Extent: Sendable, Equatable {
        var customers = 0
        var records = 0
        /// Records of which something does not open.
        var unopened = 0
        /// Customers whose entries in the index are not the tags of their values.
        var mistagged = 0
    }

    /// - Throws: ``AuditError/unopened(records:customers:)``.
    func run() throws -> Extent {
        var extent = Extent()
        let indexes = try store.read { try $0.indexedFields(.current) }
        let workers = try (0..<Self.workers).map { _ in try Worker(vault, indexes) }
        // While one portion is opened, the next ones are read.
        let (store, percent) = (store, percent)
        let last = Mutex(Int64.min)
        let portions = Ahead(by: 2) { try last.withLock { try Portion.next(after: &$0, percent: percent, store) } }
        defer { portions.stop() }
        while let portion = try portions.next() {
            let customers = portion.customers
            let parts = pieces(of: customers.count, workers.count)
            let found = try inParallel(workers.count) { part in try workers[part].examine(customers[parts[part]]) }
            extent.customers += customers.count
            extent.records += customers.reduce(0) { $0 + $1.records.count }
            for part in found {
                extent.unopened += part.unopened
                extent.mistagged += part.mistagged
            }
        }
        guard extent.unopened == 0, extent.mistagged == 0 else { throw AuditError.unopened(records: extent.unopened, customers: extent.mistagged) }
        return extent
    }

    private var store: VaultStore { vault.store }
    private static var workers: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }

    /// Customers that are examined together, with their records and the entries of the index that are noted with them.
    private struct Portion: Sendable {
        var customers: [(records: [SealedRecord], entries: Set<IndexEntry>)]

        /// - Parameter last: the last customer of the portion before; then that of this one.
        /// - Returns: nil after the last.
        static func next(after last: inout Int64, percent: Int, _ store: VaultStore) throws -> Portion? {
            while true {
                let begin = last
                let subjects = try store.read { try $0.subjects(after: begin, limit: DeepCheck.portion) }
                guard let first = subjects.first, let end = subjects.last else { return nil }
                last = end
                guard percent == 100 || Int.random(in: 0..<100) < percent else { continue }
                // One snapshot for each portion: what is taken in or erased meanwhile belongs to it, or does not.
                return try store.read { reader in
                    let records = Dictionary(grouping: try reader.sealedRecords(ofSubjectsAfter: first - 1, through: end), by: \.subject)
                    let known = try reader.knownSubjects(subjects)
                    return Portion(customers: records.sorted { $0.key < $1.key }.map { ($0.value, Set(known[$0.key]?.entries ?? [])) })
                }
            }
        }
    }

    /// What one thread needs; used by one at a time.
    private final class Worker: @unchecked Sendable {
        private let store: VaultStore
        private let opener: RecordOpener
        private let indexes: [(number: Int, field: FieldSchema, reader: HandleReader, mac: MACSession)]

        init(_ vault: Vault, _ fields: [IndexedField]) throws {
            store = vault.store
            opener = try RecordOpener(vault: vault)
            indexes = try fields.compactMap { stored in
                guard let field = vault.policy.field(stored.name) else { return nil }
                let reader = HandleReader(field.normalizer, form: HandleForm(rawValue: stored.form) ?? .current, country: vault.policy.country)
                return (stored.number, field, reader, try MACSession(key: vault.keyring.key(.index(stored.name), version: stored.version, now: vault.clock()).secret))
            }
        }

        func examine(_ customers: ArraySlice<(records: [SealedRecord], entries: Set<IndexEntry>)>) throws -> Extent {
            var extent = Extent()
            for (records, entries) in customers {
                var (tags, mayHaveMore, unopened) = (Set<IndexEntry>(), false, 0)
                for record in records {
                    do {
                        mayHaveMore = mayHaveMore || record.purged != 0
                        tags.formUnion(try self.tags(of: record))
                    } catch VaultError.integrity {
                        unopened += 1
                    }
                }
                if unopened > 0 {
                    // Who was erased since the portion was read has no key any more.
                    if try store.read({ try $0.erased(among: [records[0].subject]) }).isEmpty { extent.unopened += unopened }
                    continue
                }
                let numbers = Set(indexes.map(\.number))
                let present = entries.filter { numbers.contains($0.field) }
                // The index may still have a value that retention has removed from a record.
                if !tags.isSubset(of: present) || !mayHaveMore && !present.isSubset(of: tags) { extent.mistagged += 1 }
            }
            return extent
        }

        /// Opens every part of a record.
        private func tags(of stored: SealedRecord) throws -> Set<IndexEntry> {
            guard let record = try opener.open(body: stored.body[...], key: stored.key, subject: stored.subject, record: stored.uid) else {
                throw VaultError.integrity("a customer's key is missing from the key store")
            }
            var tags: Set<IndexEntry> = []
            for compartment in Compartment.allCases {
                guard let fields = try record.fields(compartment) else { continue }
                for (number, field, reader, mac) in indexes where Compartment(field.fieldClass) == compartment {
                    guard let value = fields.with(field.name, { String(plain: $0) }) else { continue }
                    for handle in reader.handles(value) { tags.insert(IndexEntry(field: number, tag: try mac.shortTag(handle.span))) }
                }
            }
            _ = try opener.codes(stored.codes[...], key: stored.key, subject: stored.subject, record: stored.uid, isLoaded: true)
            return tags
        }
    }
}
