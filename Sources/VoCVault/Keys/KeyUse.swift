import Store

extension Keyring {
    /// The use of one of the vault's own keys.
    enum Use: Hashable {
        /// Blind index of a field.
        case index(String)
        /// Pseudonyms of subjects and records under a purpose.
        case pseudonym(purpose: String)
        /// Pseudonyms of field values under a purpose.
        case valuePseudonym(purpose: String)
        /// Idempotency keys of records.
        case recordID
        /// Sealing of page cursors.
        case cursor
        /// Noise that stays the same for the same rows.
        case noise
        /// Sealing and digests of figures that were released; up to format 4, of questions that were asked, whose key it was.
        case releases
        /// Sealing of what the log says was asked in a month, such as 2026-11.
        case questions(month: String)
        /// Sealing of improvement tasks.
        case tasks
        /// Sealing of whom notes are about.
        case notes
        /// Tags of what was erased.
        case tombstone
        /// Tokens of whom texts mention.
        case mentions
        /// Sealing of facts that protect people, beside the keys.
        case protections
        /// Sums of the rows of tables that decide.
        case state
        /// Former ones, under which older snapshots are.
        case formerState
        /// Ed25519 seed of the audit log.
        case auditSigning

        var kind: String {
            switch self {
            case .index: "index"
            case .pseudonym: "pseudonym"
            case .valuePseudonym: "value-pseudonym"
            case .recordID: "record-id"
            case .cursor: "cursor"
            case .noise: "noise"
            case .releases: "asked-queries"
            case .questions: "questions"
            case .tasks: "tasks"
            case .notes: "notes"
            case .tombstone: "tombstone"
            case .mentions: "mentions"
            case .protections: "protections"
            case .state: "state"
            case .formerState: "former-state"
            case .auditSigning: "audit-signing"
            }
        }

        /// As the vault notes that there is a key.
        var keyName: KeyName { KeyName(kind: kind, name: name) }

        var name: String {
            switch self {
            case .index(let field): field
            case .pseudonym(let purpose), .valuePseudonym(let purpose): purpose
            case .questions(let month): month
            case .recordID, .cursor, .noise, .releases, .tasks, .notes, .tombstone, .mentions, .protections, .state, .formerState, .auditSigning: "vault"
            }
        }
    }
}
