/// Names of further facts in an entry, for ``AuditEntry/detail``.
///
/// Stored entries contain these names and are read for years: a name that was ever written keeps its meaning.
public enum AuditDetail: String, Sendable, CaseIterable {
    case absent
    case action
    case anchor
    case approval
    case auditKey = "audit_key"
    case budget
    case `case`
    case changed
    case changes
    case charged
    case chunks
    case clockConfirmed = "clock_confirmed"
    case closed
    case consents
    case customers
    case customersErased = "customers_erased"
    case dataKeys = "data_keys"
    case days
    case decision
    case deep
    case detector
    case digest
    case doubt
    case due
    case duplicates
    case ended
    case ends
    case entries
    case entriesUntil = "entries_until"
    case epsilon
    case epsilonLeft = "epsilon_left"
    case erasedBefore = "erased_before"
    case erasedByEntry = "erased_by_entry"
    case error
    case explained
    case export
    case field
    case fieldsIndexed = "fields_indexed"
    case files
    case filled
    case filterFields = "filter_fields"
    case findings
    case `for`
    case forPurpose = "for_purpose"
    case formerAuditKey = "former_audit_key"
    case foundEntries = "found_entries"
    case foundRoot = "found_root"
    case from
    case fromFormat = "from_format"
    case gone
    case handles
    case hold
    case holdsLeft = "holds_left"
    case journal
    case kept
    case keptEntries = "kept_entries"
    case keptRoot = "kept_root"
    case keysErasedAgain = "keys_erased_again"
    case kind
    case late
    case link
    case listed
    case mentions
    case minutes
    case missingAtLeast = "missing_at_least"
    case missingAtMost = "missing_at_most"
    case modules
    case newChunks = "new_chunks"
    case newCustomers = "new_customers"
    case overdue
    case owner
    case period
    case proof
    case pruned
    case pseudonyms
    case question
    case questionDigest = "question_digest"
    case questionsEnded = "questions_ended"
    case records
    case reindexing
    case rejected
    case removes
    case replaced
    case replayed
    case report
    case requests
    case resealing
    case restricted
    case restriction
    case retired
    case revocation
    case role
    case root
    case rotation
    case rows
    case scope
    case sealedReason = "sealed_reason"
    case setAside = "set_aside"
    case sharers
    case size
    case snapshot
    case source
    case standbys
    case state
    case step
    case subject
    case subjects
    case system
    case task
    case textSearches = "text_searches"
    case to
    case toFormat = "to_format"
    case tombstone
    case tombstonesRemoved = "tombstones_removed"
    case tombstonesUntil = "tombstones_until"
    case usual
    case value
    case version
    case view
    case witnessed
}

extension AuditEntry {
    public subscript(_ detail: AuditDetail) -> String? {
        get { self.detail[detail.rawValue] }
        set { self.detail[detail.rawValue] = newValue }
    }
}
