import Hummingbird
import Pages
import Policy
import VaultAPI
import VoCVault

extension Console {
    private static let acts: [(id: String, name: KeyPath<Words, String> & Sendable, action: Action)] = [
        ("export", \.export, .subjectExport), ("hold", \.hold, .subjectHold), ("release", \.release, .subjectRelease),
        ("restrict", \.restrict, .subjectRestrict), ("lift", \.lift, .subjectRestrict), ("consent", \.consent, .subjectConsent), ("withdraw", \.withdraw, .subjectConsent),
        ("object", \.object, .subjectConsent), ("erase", \.erase, .subjectErase),
        ("certificate", \.certificate, .subjectCertificate),
    ]

    func acts(of visit: Visit) -> [ConsolePage.Act] {
        Self.acts.filter { visit.may($0.action) }.map { .init(id: $0.id, name: visit.words[keyPath: $0.name]) }
    }

    func subjects(_ visit: Visit, found: [String]? = nil, subject: String = "", message: ConsolePage.Message? = nil) throws -> Response {
        let policies = visit.session.policies
        return try visit.page(visit.words.subjects, message: message) { page in
            page.subjects(
                indexed: policies.fields.filter(\.indexed).map(\.name), acts: acts(of: visit), purposes: policies.purposes.keys.sorted(), found: found, subject: subject,
                reason: message == nil ? "" : visit.form["reason"] ?? "", mayOpen: visit.may(.caseManage))
        }
    }

    @Sendable func openSubject(_ visit: Visit) throws -> Response { try subjects(visit, subject: visit.form["subject"] ?? "") }

    @Sendable func findSubject(_ visit: Visit) async throws -> Response {
        guard let field = visit.form["field"], let value = visit.form["value"] else { throw Problem.invalid("'field' and 'value' are needed") }
        let purpose = visit.purpose(for: .subjectExport)
        let found = try await visit.perform(LookUp(field: field, value: value, purpose: purpose)).reply.subjects
        return try subjects(visit, found: found, subject: found.first ?? "")
    }

    @Sendable func act(_ visit: Visit) async throws -> Response {
        guard let subject = visit.form["subject"], let act = visit.form["act"], let wanted = Self.acts.first(where: { $0.id == act }) else {
            throw Problem.invalid("'subject' and 'act' are needed")
        }
        let reason = visit.form["reason"] ?? ""
        let purpose = visit.purpose(for: wanted.action) ?? "none"
        let hold = visit.form["hold"].flatMap { Int64($0) }
        let words = visit.words
        let receipt: Receipt
        var handles: [FieldCount] = []
        switch wanted.id {
        case "export":
            guard
                let copy = try await confirmed(visit, { ExportSubject(subject: subject, purpose: purpose, reason: reason, sharersStay: $0) })
            else { return try sharing(visit, subject, words[keyPath: wanted.name]) }
            return Self.download(copy.reply.content, "application/zip", "copy.zip")
        case "certificate":
            let text = try await visit.perform(CertifyErasure(subject: subject, purpose: purpose)).reply
            return Self.download(text.utf8, "text/plain; charset=utf-8", "erasure.txt")
        case "hold": receipt = try await visit.perform(HoldSubject(subject: subject, purpose: purpose, reason: reason)).receipt
        case "release": receipt = try await visit.perform(ReleaseSubject(subject: subject, hold: hold, purpose: purpose, reason: reason)).receipt
        case "consent", "withdraw", "object":
            guard let about = visit.form["about"] else { throw Problem.invalid("'about' is needed") }
            let decision: ConsentWord = wanted.id == "consent" ? .given : wanted.id == "withdraw" ? .withdrawn : .objected
            let proof = visit.form["proof"].flatMap { $0.isEmpty ? nil : $0 }
            receipt = try await visit.perform(
                RecordConsent(subject: subject, purpose: purpose, about: about, decision: decision, proof: proof, reason: reason)
            ).receipt
        case "erase":
            if let question = try await confirmation(visit, subject, purpose, reason) { return question }
            let done = try await visit.perform(EraseSubject(subject: subject, purpose: purpose, reason: reason, sharersStay: true))
            (receipt, handles) = (done.receipt, done.reply.handles ?? [])
        default:
            let isLifted = wanted.id == "lift"
            let done = try await confirmed(visit, { RestrictSubject(subject: subject, purpose: purpose, reason: reason, lift: isLifted, sharersStay: $0) })
            guard let done else { return try sharing(visit, subject, words[keyPath: wanted.name]) }
            (receipt, handles) = (done.receipt, done.reply.handles ?? [])
        }
        let entry = receipt.entry.map { " \($0)" } ?? ""
        let searched = handles.isEmpty ? "" : words.stop + words.searched(handles)
        let message = ConsolePage.Message("\(words.done)\(words.colon)\(words[keyPath: wanted.name])\(words.stop)\(words.receipt)\(entry)\(searched)")
        if let number = Self.caseNumber(of: visit) { return try await casePage(visit, number: number, message: message) }
        return try subjects(visit, subject: subject, message: message)
    }

    /// The request on whose page something was done.
    private static func caseNumber(of visit: Visit) -> Int64? { visit.form["case"].flatMap { Int64($0) } }

    /// Performs what stops if others have one of the customer's handles; nil: they have, and nobody has confirmed it.
    ///
    /// - Parameter operation: takes whether it is confirmed.
    private func confirmed<O: PerformedOperation>(_ visit: Visit, _ operation: (Bool) -> O) async throws -> Receipted<O.Reply>? {
        do {
            return try await visit.perform(operation(visit.form["others"] == "stay"))
        } catch VaultError.needsConfirmation {
            return nil
        }
    }

    /// Asks whether to go on.
    private func sharing(_ visit: Visit, _ subject: String, _ name: String) throws -> Response {
        let fields = ["subject", "act", "reason", "case"].map { (name: $0, value: visit.form[$0] ?? "") }
        return try visit.page(name) { page in page.sharing(of: subject, name: name, fields: fields) }
    }

    @Sendable func showSubject(_ visit: Visit) async throws -> Response {
        guard let subject = visit.form["subject"] else { throw Problem.invalid("'subject' is needed") }
        return try await customer(visit, subject, looksForMentions: visit.form["mentions"] == "true")
    }

    private func customer(_ visit: Visit, _ subject: String, looksForMentions: Bool, message: String? = nil) async throws -> Response {
        let purpose = visit.purpose(for: .subjectConsent) ?? "none"
        let consents = try await visit.perform(ListConsents(subject: subject, purpose: purpose)).reply.consents
        var mentions: [SubjectMention]?
        if looksForMentions {
            let linking = visit.purpose(for: .subjectLink) ?? "none"
            mentions = try await visit.perform(ListMentions(subject: subject, purpose: linking, all: true)).reply.mentions
        }
        return try visit.page(visit.words.customerPage, message: message.map { .init($0) }) { page in
            page.customer(subject, consents: consents, mentions: mentions, mayDecide: visit.may(.subjectLink))
        }
    }

    @Sendable func decideMention(_ visit: Visit) async throws -> Response {
        guard let subject = visit.form["subject"], let record = visit.form["record"], let decision = visit.form["decision"].flatMap(MentionDecision.init(rawValue:)) else {
            throw Problem.invalid("'subject', 'record' and 'decision' are needed")
        }
        let (purpose, reason) = (visit.purpose(for: .subjectLink) ?? "none", visit.form["reason"] ?? "")
        _ = try await visit.perform(DecideMention(subject: subject, record: record, decision: decision, purpose: purpose, reason: reason))
        return try await customer(visit, subject, looksForMentions: true, message: "\(visit.words.done)\(visit.words.colon)\(visit.words.decision(decision))")
    }

    /// Asks for the number of records that go, as they are now; nil when it was typed.
    private func confirmation(_ visit: Visit, _ subject: String, _ purpose: String, _ reason: String) async throws -> Response? {
        let plan = try await visit.perform(EraseSubject(subject: subject, purpose: purpose, reason: reason, dryRun: true)).reply
        let records = plan.records
        let typed = visit.form["confirm"]?.trimmingCharacters(in: .whitespaces)
        if typed == String(records) { return nil }
        return try visit.page(visit.words.confirmErasure, message: typed == nil ? nil : .init(visit.words.notConfirmed, isBad: true)) { page in
            page.erasure(
                of: subject, reason: reason, records: records, customers: plan.customers ?? 1, handles: plan.handles ?? [],
                sharers: (plan.sharers ?? []).reduce(0) { $0 + $1.count },
                mentions: (plan.mentions ?? 0, plan.mentionsKept ?? 0, plan.undecidedMentions ?? 0), of: Self.caseNumber(of: visit))
        }
    }
}
