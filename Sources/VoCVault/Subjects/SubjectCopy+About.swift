import AuditLog
import Policy
import RedactedAPI
import Store
import VaultAPI

/// What a copy says besides the records.
extension Session {
    func describe(_ copy: inout SubjectCopy, of subject: Int64, _ reader: StoreReader) throws {
        let consents = try reader.consents()
        copy.purposes = policy.purposes.values.sorted { $0.name < $1.name }.map { purpose in
            let need = vault.need(of: purpose.name)
            return SubjectCopy.Purpose(
                name: purpose.name, description: purpose.description, basis: purpose.citation, isUsed: need.map { consents.allow(subject, $0) } ?? true, isTheirs: need != nil)
        }
        copy.recipients = policy.roles.values.filter { role in role.grants.contains { !$0.fields.isEmpty } }.sorted { $0.name < $1.name }
            .map { SubjectCopy.Recipient(role: $0.name, description: $0.description) }
        copy.retention = policy.retention.map { SubjectCopy.Retention(channels: $0.channels, removes: $0.removal.name, days: $0.afterDays) }
        let sources = copy.records.compactMap { record in record.fields.first { $0.name == BuiltinField.source.rawValue }?.value }
        copy.sources = Dictionary(grouping: sources) { $0 }.map { SubjectCopy.Source(name: $0.key, records: $0.value.count) }.sorted { $0.name < $1.name }
        copy.consents = try self.consents(of: subject, reader)
        copy.sights = try sights(of: subject, reader)
        copy.isPaused = try reader.restricted().contains(subject)
    }

    /// How many times that somebody saw something a copy lists at most; the newest.
    private static let mostSights = 1000
    /// What entries that name customers record.
    private static let seeing: [[UInt8]] = [
        Action.reveal, .breakGlass, .lookup, .subjectExport, .subjectCorrect, .subjectHold, .subjectRelease, .subjectRestrict, .subjectConsent, .caseManage,
    ]
    .map { AuditEvent.request($0).beginning }

    /// Who saw something of a customer, or did something about one, under any purpose.
    private func sights(of subject: Int64, _ reader: StoreReader) throws -> [SubjectCopy.Sight] {
        let names = Set(try policy.purposes.keys.map { try pseudonyms($0).name(.subject, subject) })
        var sights: [SubjectCopy.Sight] = []
        try reader.forEachAuditEntryBackwards { _, bytes in
            guard Self.seeing.contains(where: bytes.starts), let entry = AuditEntry(canonicalBytes: bytes), entry.outcome == .allowed,
                !entry.subjects.isDisjoint(with: names)
            else { return true }
            sights.append(
                SubjectCopy.Sight(time: entry.moment, action: entry.action, role: entry.role, purpose: entry.purpose, fields: entry.fields))
            return sights.count < Self.mostSights
        }
        return sights
    }
}
