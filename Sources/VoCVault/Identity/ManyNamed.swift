import AuditLog
import Policy
import Store
import VaultAPI

extension Session {
    /// Customers with at least so many names that no one person has.
    func manyNamed(_ least: Int, purpose: String) throws -> [ManyNamed] {
        let access = try authorize(.subjectLink, purpose: purpose)
        return try logged(access) {
            guard least >= 2 else { throw VaultError.invalid("one name is not many: ask for 2 or more") }
            let found = try vault.peopleByNames().filter { $0.value.names.count >= least }
            let names = try pseudonyms(access.purpose)
            return try releasing(access) { reader -> [ManyNamed] in
                var customers: [ManyNamed] = []
                for (person, seen) in found where try access.mayFind(person, reader) {
                    let count = try reader.members(of: person).count
                    customers.append(ManyNamed(subject: try names.name(.subject, person), customers: count, names: seen.names.count, records: seen.records))
                }
                return customers.sorted { ($1.names, $1.records, $0.subject) < ($0.names, $0.records, $1.subject) }
            } record: { customers, _ in
                (access.entry(rows: customers.count), [])
            }.value
        }
    }
}

extension Vault {
    /// So many records are read together.
    private static var portion: Int { 1000 }

    /// Goes through all records for the names of each person; a nickname, a title or an initial is none.
    fileprivate func peopleByNames() throws -> [Int64: NamesSeen] {
        let (opener, fields) = (try RecordOpener(vault: self), distinguishingFields)
        var (people, last): ([Int64: NamesSeen], Int64) = ([:], 0)
        while true {
            let (page, heads) = try store.read { reader in
                let page = try reader.sealedRecords(after: last, limit: Self.portion)
                return (page, try reader.heads(of: Set(page.map(\.subject))))
            }
            for stored in page {
                guard let record = try opener.open(body: stored.body[...], key: stored.key, subject: stored.subject, record: stored.uid) else { continue }
                var seen = people[heads[stored.subject] ?? stored.subject] ?? NamesSeen()
                seen.records += 1
                for field in fields {
                    guard let value = try record.text(Compartment(field.fieldClass), field.name) else { continue }
                    switch DistinctName(Array(value.utf8)[...])?.form {
                    case .chinese(let full, _): seen.names.insert(full.hashValue)
                    case .latin(let name), .other(let name): seen.names.insert(name.hashValue)
                    case .family, .initials, .titled, nil: break
                    }
                }
                people[heads[stored.subject] ?? stored.subject] = seen
            }
            guard let end = page.last, page.count == Self.portion else { return people }
            last = end.id
        }
    }
}

/// What the records of one person say of the name.
private struct NamesSeen {
    /// Digests: names are not kept.
    var names: Set<Int> = []
    var records = 0
}
