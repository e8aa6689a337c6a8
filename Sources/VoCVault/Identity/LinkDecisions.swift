import AuditLog
import Policy
import RedactedAPI
import Store
import VaultAPI

extension Session {
    /// Asks for a step in who is who; a second person decides about it.
    ///
    /// - Returns: its number.
    func askLink(_ kind: LinkKind, _ pseudonym: String, other: String?, record: String?, purpose: String, reason: String) throws -> Int64 {
        let access = try authorize(.subjectLink, purpose: purpose)
        return try logged(access, target: pseudonym) {
            try requireReason(reason)
            guard (kind == .join) == (other != nil), (kind == .move) == (record != nil) else {
                throw VaultError.invalid("join takes another customer, move a record, and split neither")
            }
            return try commit(access) { writer in
                let reader = writer.reader
                let subject = try findable(pseudonym, access, reader)
                var row = LinkRow(kind: LinkRow.Kind(kind), subject: subject, other: subject, askedBy: principal, askedAt: vault.clock())
                switch kind {
                case .join:
                    row.other = try findable(other!, access, reader)
                    guard try reader.person(of: subject)[0] != reader.person(of: row.other)[0] else { throw VaultError.conflict("they are one person already") }
                    row.doubt = try vault.doubt(about: reader.person(of: subject), reader.person(of: row.other), reader)?.rawValue
                case .split:
                    let members = try reader.person(of: subject)
                    guard let rest = members.first(where: { $0 != subject }) else { throw VaultError.conflict("the customer is one person with nobody") }
                    row.other = rest
                case .move:
                    row.record = try self.record(record!, access, reader).id
                    row.other = try self.record(record!, access, reader).subject
                    guard row.other != subject else { throw VaultError.conflict("the record is the customer's already") }
                }
                let number = try writer.addLink(row)
                let detail: [AuditDetail: String] = [.link: String(number), .kind: kind.rawValue, .state: LinkRow.State.proposed.rawValue]
                return (number, try access.entry(target: pseudonym, reason: try cleaned(reason, about: subject, reader), about: subject, detail: detail))
            }.0
        }
    }

    private func findable(_ pseudonym: String, _ access: Access, _ reader: StoreReader) throws -> Int64 {
        let subject = try living(pseudonym, access, reader)
        guard try access.mayFind(subject, reader) else { throw VaultError.notFound("the customer") }
        return subject
    }

    private func record(_ pseudonym: String, _ access: Access, _ reader: StoreReader) throws -> SealedRecord {
        guard let number = try pseudonyms(access.purpose).number(.record, of: pseudonym), let found = try reader.sealedRecord(number) else {
            throw VaultError.notFound("the record")
        }
        return found
    }

    /// Those about customers whom the access may find.
    ///
    /// - Parameter all: also what is done or was rejected.
    func links(purpose: String, all: Bool) throws -> [SubjectLink] {
        let access = try authorize(.subjectLink, purpose: purpose)
        return try logged(access) {
            let names = try pseudonyms(access.purpose)
            let found = try store.read { reader in
                try reader.links(all ? nil : .proposed).filter { try access.mayFind($0.subject, reader) && access.mayFind($0.other, reader) }
            }
            let links = try found.map { row in
                SubjectLink(
                    number: row.id, kind: LinkKind(rawValue: row.kind.rawValue)!, subject: try names.name(.subject, row.subject), other: try names.name(.subject, row.other),
                    record: try row.record.map { try names.name(.record, $0) }, field: row.field, doubt: row.doubt, askedBy: row.askedBy,
                    asked: Timestamp(milliseconds: row.askedAt), state: row.state.rawValue, decidedBy: row.decidedBy)
            }
            _ = try commit(access) { _ in ((), access.entry(rows: links.count)) }
            return links
        }
    }

    /// Decides about a proposal. What is done takes two people: who agrees to a proposal of the vault asks for it, and another one agrees.
    ///
    /// - Returns: its state, and how many customers are one person now.
    func decideLink(_ number: Int64, _ decision: LinkDecision, purpose: String, reason: String) throws -> (state: LinkRow.State, customers: Int) {
        let access = try authorize(.subjectLink, purpose: purpose)
        return try logged(access, detail: [.link: String(number)]) {
            try requireReason(reason)
            return try commit(access, .reserve) { writer in
                guard let row = try writer.reader.link(number), row.state == .proposed, try access.mayFind(row.subject, writer.reader), try access.mayFind(row.other, writer.reader)
                else { throw VaultError.notFound("a proposal \(number) that waits for a decision") }
                let now = vault.clock()
                var state = LinkRow.State.rejected
                if decision == .accept {
                    guard row.askedBy != principal else { throw VaultError.conflict("another person must agree to what you asked for") }
                    state = row.askedBy == "policy" ? .proposed : .done
                }
                switch state {
                case .done: try carryOut(row, in: writer, at: now)
                case .proposed: try writer.askLink(number, by: principal, at: now)
                case .rejected: break
                }
                if state != .proposed { try writer.decideLink(number, state, by: principal, at: now) }
                let customers = try writer.reader.person(of: row.subject).count
                let target = try pseudonyms(access.purpose).name(.subject, row.subject)
                let detail: [AuditDetail: String] = [
                    .link: String(number), .kind: row.kind.rawValue, .decision: decision.rawValue, .state: state.rawValue, .customers: String(customers),
                ]
                let words = try cleaned(reason, about: row.subject, writer.reader)
                return ((state, customers), try access.entry(target: target, reason: words, about: row.subject, detail: detail))
            }.0
        }
    }

    private func carryOut(_ row: LinkRow, in writer: StoreWriter, at now: Int64) throws {
        let reader = writer.reader
        for subject in [row.subject, row.other] {
            guard let known = try reader.subject(subject), known.erasedAt == nil else { throw VaultError.notFound("the customer") }
        }
        switch row.kind {
        case .join:
            // Figures and rights reach the whole person: what protects one must not be undone, nor spread, by the way.
            let people = try [row.subject, row.other].map { try reader.person(of: $0) }
            let restricted = try people.map { try $0.contains { try reader.restricted().contains($0) } }
            guard restricted[0] == restricted[1] else { throw VaultError.conflict("one of them is restricted: restrict the other as well, or lift the restriction, before") }
            try writer.join(row.subject, row.other, at: now, by: principal)
        case .split: try writer.separate(row.subject, at: now, by: principal)
        case .move: try move(row.record!, from: row.other, to: row.subject, in: writer)
        }
    }

    /// Seals a record anew as another customer's.
    private func move(_ record: Int64, from former: Int64, to subject: Int64, in writer: StoreWriter) throws {
        let reader = writer.reader
        guard let stored = try reader.sealedRecord(record), stored.subject == former else { throw VaultError.notFound("the record") }
        for customer in [former, subject] {
            try requireNoHold(on: customer, reader)
            guard try !reader.restricted().contains(customer) else { throw VaultError.conflict("one of the customers is restricted") }
        }
        guard try reader.records(of: former).count > 1 else { throw VaultError.conflict("it is the customer's only record: merge the customers instead") }
        guard let key = try store.keys.subjectKeys([subject])[subject] else { throw VaultError.integrity("a customer's key is missing from the key store") }
        let editor = try RecordEditor(vault: vault)
        let (body, codes) = try editor.moved(stored, to: subject, under: key)
        try writer.moveRecord(record, from: former, to: subject, body: body, codes: codes, keyVersion: key.version)
        let indexer = try SubjectIndexer(vault: vault, of: reader.indexedFields().filter { $0.state != .former })
        for customer in [former, subject] { _ = try indexer.index(customer, in: writer) }
    }
}

extension LinkRow.Kind {
    fileprivate init(_ kind: LinkKind) { self = LinkRow.Kind(rawValue: kind.rawValue)! }
}
