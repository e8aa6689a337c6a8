import Store

/// Random operations, the same for every store that takes the walk: after each, all must have answered the same.
package struct StoreWalk {
    /// An operation, and what a store answers to it, in words.
    package struct Step: Sendable {
        package let name: String
        let run: @Sendable (VaultStore) throws -> String

        package func answer(of store: VaultStore) -> String {
            do { return try run(store) } catch let error as StorageError { return "error: \(error.meaning)" } catch { return "error: \(error)" }
        }
    }

    var random: SeededGenerator
    /// What has been given out so far.
    var subjects: Int64 = 0
    var records: Int64 = 0
    var entries: Int64 = 0
    var holds: Int64 = 0
    var runs: Int64 = 0
    var now: Int64 = 1_000

    package init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// Before the first step.
    package func prepare(_ store: VaultStore) throws {
        store.openCodes(with: WrittenCodes.openers)
        _ = try store.keys.addRootKey(id: "root", proof: [1], at: 1)
        try store.write { writer in
            try writer.ensureColumns(RandomRows.columns)
            try writer.addIndexedField("phone", version: 1, .current, form: 2)
            try writer.setAuditHead(AuditHead(ofSize: 1))
        }
    }

    package mutating func next() -> Step {
        now += 1
        let makers: [(inout StoreWalk) -> Step] = [
            { $0.arrival() }, { $0.arrival() }, { $0.removal() }, { $0.erasure() }, { $0.change() }, { $0.labels() }, { $0.undone() }, { $0.protection() },
            { $0.page() }, { $0.page() }, { $0.figures() }, { $0.figures() }, { $0.recordSets() }, { $0.lookUp() }, { $0.retention() }, { $0.state() }, { $0.intake() },
        ]
        return (records == 0 ? makers[0] : makers.randomElement(using: &random)!)(&self)
    }

    // MARK: Writing

    private mutating func arrival() -> Step {
        let (customers, first, count) = (Int.random(in: 0...3, using: &random), records, Int.random(in: 1...40, using: &random))
        let (known, at, made) = (subjects, now, subjects == 0 ? max(customers, 1) : customers)
        subjects += Int64(made)
        var rows = RandomRows.records(count, &random)
        for index in rows.indices {
            let number = first + Int64(index) + 1
            // Its own time, so that pages have one order.
            (rows[index].uid, rows[index].occurredAt) = (UInt128(number) &* 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835, number * 7_919 % 1_000_003 * 3_600_000)
            (rows[index].subject, rows[index].channel) = (.random(in: 1...subjects, using: &random), ["chat", "mail", "call"].randomElement(using: &random)!)
            // One of the two zeros: a file keeps no other.
            rows[index].attributes = rows[index].attributes.map { $0 == .real(0) ? .real(0) : $0 }
            rows[index].body = (0..<Int.random(in: 0...300, using: &random)).map { UInt8(truncatingIfNeeded: Int64($0) + number) }[...]
        }
        records += Int64(count)
        let (new, marks) = (rows, (0..<made).map { Self.entry(known + Int64($0) + 1) })
        return Step(name: "arrival") { store in
            let given = try store.keys.addSubjectKeys(count: made) { subject, version in WrappedKey(root: 1, version: version, bytes: [UInt8(truncatingIfNeeded: subject), 7]) }
            return try store.write { writer in
                try writer.insertSubjects(zip(given, marks).map { ($0, $0 % 2 == 0, [$1]) }, at: at)
                try writer.addToIndex(zip(marks, given).map { ($0, $1) })
                let numbers = try writer.insertRecords(new, columns: RandomRows.columns)
                try writer.settleIndexes(from: numbers.lowerBound * 500, to: numbers.upperBound * 500)
                return "\(given) \(numbers)"
            }
        }
    }

    static func entry(_ subject: Int64) -> IndexEntry { IndexEntry(field: 1, tag: UInt128(subject) &* 0xD6E8_FEB8_6659_FD93_9E37_79B9_7F4A_7C15) }

    mutating func someRecords(_ most: Int) -> [Int64] { (0..<Int.random(in: 1...most, using: &random)).map { _ in .random(in: 1...records + 1, using: &random) } }

    mutating func someSubject() -> Int64 { .random(in: 1...subjects + 1, using: &random) }

    private mutating func removal() -> Step {
        let gone = Set(someRecords(4)).sorted()
        return Step(name: "removal") { store in try store.write { "\(try $0.deleteRecords(gone).sorted())" } }
    }

    private mutating func erasure() -> Step {
        guard Int.random(in: 0...2, using: &random) == 0 else { return lookUp() }
        let (subject, at, isKeyLate) = (someSubject(), now, Bool.random(using: &random))
        return Step(name: "erasure") { store in
            let uids = try store.write { try $0.knowsSubject(subject) ? $0.eraseSubjects([subject], at: at).sorted() : [] }
            if isKeyLate { return "\(uids)" }
            let pending = try store.read { try $0.pendingKeyErasures() }
            try store.keys.eraseSubjectKeys(pending, at: at)
            let (erased, last) = try store.keys.erasures(after: store.read { try $0.erasuresApplied() })
            try store.write { try $0.confirmKeyErasure(erased, upTo: last) }
            return "\(uids) \(pending) \(erased) \(last)"
        }
    }

    private mutating func change() -> Step {
        let (record, subject, at, ground) = (someRecords(1)[0], someSubject(), now, Bool.random(using: &random) ? "court" : nil)
        switch Int.random(in: 0...6, using: &random) {
        case 6:
            let (decision, time) = (ground == nil ? ConsentDecision.objected : .given, at - Int64.random(in: 0...9, using: &random))
            return Step(name: "consent") { store in
                let event = ConsentEvent(subject: subject, purpose: "p", decision: decision, at: time, recordedAt: at, note: SealedNote("n"))
                let counts = try store.write { try $0.addConsent(event) }
                return try store.read { reader in
                    let all = try reader.consents()
                    let allowed = [ConsentNeed.Kind.consent, .noObjection].map { all.allow(subject, ConsentNeed(purpose: "p", kind: $0)) }
                    let rows = try [ConsentNeed.Kind.consent, .noObjection].map {
                        try reader.subjects(of: .consented(ConsentNeed(purpose: "p", kind: $0)), limit: 1000, residual: nil)
                    }
                    return "\(counts) \(allowed) \(rows) \(try reader.consentEvents(of: subject)) \(try reader.refusals())"
                }
            }
        case 0: return Step(name: "restriction") { store in try store.write { "\(try $0.setRestriction(ground.map { SealedNote($0) }, on: subject))" } }
        case 1:
            holds += 1
            return Step(name: "hold") { store in
                try store.write { "\(try $0.addHold(HoldRow(subject: subject, ground: SealedNote("g"), setBy: "p", setAt: at, endsAt: ground == nil ? at + 20 : nil)))" }
            }
        case 2:
            let hold = Int64.random(in: 1...holds + 2, using: &random)
            holds = max(holds, hold)
            return Step(name: "hold in place") { store in
                try store.write { try $0.setHold(HoldRow(id: hold, subject: subject, ground: SealedNote("h"), setBy: "q", setAt: at)) }
                return "\(try store.read { try $0.holds() })"
            }
        case 3:
            return Step(name: "purge") { store in
                try store.write { try $0.replaceBody(of: record, with: [9], purged: 2) }
                return "\(try store.read { try $0.sealedRecord(record) }.map { "\($0.body) \($0.purged)" } ?? "none")"
            }
        case 4:
            return Step(name: "entries") { store in
                try store.write { if try $0.knowsSubject(subject) { try $0.setIndexEntries(of: subject, field: 1, tags: [Self.entry(subject).tag, UInt128(at)]) } }
                return "\(try store.read { try $0.subjects(field: 1, tag: UInt128(at)) })"
            }
        default:
            return Step(name: "usage") { store in
                try store.write { writer in
                    writer.addUsage(principal: "p", day: "d", quota: "q", amount: 3)
                    writer.countActivity(principal: "p", action: "query", isDenied: ground == nil, rows: 5, minute: at, day: at / 40)
                    let window = ActivityWindow(principal: "p", actions: ["query"], deniedOnly: true)
                    return
                        "\(try writer.usage(principal: "p", day: "d", quota: "q")) \(try writer.times(window, sinceMinute: at - 30)) \(try writer.noteAlert(rule: "r", principal: "p", day: at / 10))"
                }
            }
        }
    }

    private mutating func labels() -> Step {
        let record = someRecords(1)[0]
        let topics = ["price", "repair", "staff"].filter { _ in Bool.random(using: &random) }
        let mood = ["negative", "neutral", "positive"].randomElement(using: &random)!
        let place = Bool.random(using: &random) ? "Wuhan" : nil
        return Step(name: "labels") { store in
            try store.write { writer in
                guard let row = try writer.reader.codes(of: record) else { return "none" }
                let codes = topics.map { ("topic", $0) } + [("sentiment", mood)] + (place.map { [("g_place", $0)] } ?? [])
                try writer.setCodes(of: record, subject: row.subject, to: WrittenCodes.codes(codes))
                return "\(try writer.reader.codes(of: record)?.codes.count ?? 0)"
            }
        }
    }

    struct Undone: Error {}

    private mutating func undone() -> Step {
        let gone = someRecords(9)
        return Step(name: "undone") { store in
            _ = try? store.write { writer -> Void in
                try writer.deleteRecords(gone)
                throw Undone()
            }
            return "\(try store.read { try $0.recordCount() })"
        }
    }

    private mutating func protection() -> Step {
        let (subject, at) = (someSubject(), now)
        return Step(name: "protection") { store in
            try store.write { writer in
                try writer.protect(ProtectionRow(kind: "hold", key: "\(subject % 3)", body: subject % 4 == 0 ? nil : [UInt8(truncatingIfNeeded: at)]))
                try writer.addTombstones([Tombstone(tag: UInt128(subject), erasedAt: at, endsAt: at + 30)])
            }
            try store.copyProtections()
            let removed = try store.write { try $0.removeTombstones(endedBy: at) }
            let (kept, found) = (try store.keys.protections("hold").map { "\($0.key) \($0.body ?? [])" }, try store.read { try $0.tombstones(among: [UInt128(subject)]) })
            return "\(removed) \(kept) \(found) \(try store.read { try $0.hasPendingProtections() })"
        }
    }
}

extension StoreWriter {
    /// Whether the customer is there and not erased.
    fileprivate func knowsSubject(_ subject: Int64) throws -> Bool { try reader.subject(subject).map { $0.erasedAt == nil } ?? false }
}
