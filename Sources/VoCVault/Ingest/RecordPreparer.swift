import Detection
import Foundation
import Policy
import RedactedAPI
import Sealing
import Store

/// Prepares records for one worker. Not shared: it has MAC states and caches.
struct RecordPreparer {
    private let detector: Detector
    private let columnDetector: Detector
    private let source: [UInt8]
    private let recordID: MACSession
    private let mentions: MentionTokens
    /// Handles by which texts mention customers, besides names.
    private let mentionedBy: [(index: Int, normalizer: Normalizer)]
    private var fields: RecordFields
    private(set) var reader: RecordReader
    /// Texts of plain columns that were seen before, with their redacted form.
    private var vetted = TextCache()
    /// A sealed field, with what ingest needs to know about it.
    private struct SealedField {
        var index: Int
        var name: String
        var compartment: Compartment
        var type: EntityType
        var spelling: KnownValue.Spelling
        var normalizer: Normalizer
    }

    /// A column, with what ingest needs to know about its field.
    private struct PlainField {
        var index: Int
        var name: String
        var path: String
        var kind: FieldSchema.Kind
        var bounds: ClosedRange<Int>?
    }

    private let sealedFields: [SealedField]
    private let plainFields: [PlainField]
    private let coarseFields: [(index: Int, part: CodePart, name: String, generalization: Generalization)]
    /// Of each index.
    private let indexedFields: [(field: Int, name: String, tagger: HandleTagger)]
    /// Fields that tell people apart who share a handle.
    private let namingFields: [Int]
    /// Fields whose values leave tombstones, in every form.
    private let identifyingFields: [(field: Int, name: String, readers: [HandleReader])]
    private let tombstones: TombstoneTags?
    /// The current record's known values, and their positions.
    private var known: [KnownValue] = []
    /// What tells its customer from others by name; nil: has not been needed.
    private var names: [DistinctName]?
    private var markedBy: [NameMark]?
    private var knownPlaces: [Range<Int>] = []
    /// The value that is being tagged, in normal form.
    private var normal: [UInt8] = []
    private var clock: LocalClock
    /// See ``IngestReport/setAside``.
    private(set) var setAside: [String: Int] = [:]
    /// See ``PreparedPart/statesDecisions``.
    private(set) var statesDecisions = false
    private let occurrence: OccurrenceBounds
    /// The last time at which a record can have occurred, in milliseconds since 1970.
    private let latest: Int64
    private let part: Int
    private let policy: PolicySet
    /// What is to be sealed of the records so far.
    private var plaintext: [UInt8]

    /// - Parameters:
    ///   - timeZone: the zone of times without an offset.
    ///   - buffer: an empty buffer for what is to be sealed.
    init(vault: Vault, source: String, timeZone: TimeZone, reader: RecordReader, part: Int, buffer: consuming [UInt8]) throws {
        (self.part, clock) = (part, LocalClock(timeZone))
        plaintext = buffer
        let layout = vault.layout
        policy = vault.policy
        (detector, columnDetector) = (vault.detector, vault.columnDetector)
        self.source = Array(source.utf8)
        self.reader = reader
        fields = RecordFields(fieldCount: layout.fields.count)
        sealedFields = layout.fields.enumerated().filter { $0.element.isSealed }.map { index, field in
            let (type, spelling) = Self.kind(of: field)
            return SealedField(
                index: index, name: field.name, compartment: Compartment(field.fieldClass), type: type, spelling: spelling,
                normalizer: field.normalizer)
        }
        plainFields = layout.columns.map { column in
            let field = layout.fields[column.field]
            return PlainField(index: column.field, name: field.name, path: field.path, kind: field.kind, bounds: field.bounds)
        }
        coarseFields = layout.coarse.map { coarse in
            let field = layout.fields[coarse.field]
            return (index: coarse.field, part: CodePart(field.fieldClass), name: field.name, generalization: coarse.generalization)
        }
        let marked = Set(layout.fields.filter(layout.isMarked).map(\.name))
        namingFields = layout.fields.indices.filter { layout.fields[$0].distinguishes && layout.fields[$0].isSealed }
        identifyingFields = layout.fields.enumerated().filter { vault.policy.tombstones.identifiers.contains($0.element.name) }
            .map { ($0.offset, $0.element.name, vault.policy.readers(of: $0.element)) }
        tombstones = try identifyingFields.isEmpty ? nil : TombstoneTags(vault)
        let now = vault.clock()
        occurrence = vault.policy.occurrence
        latest = now + occurrence.latestAhead
        mentions = try MentionTokens(vault)
        mentionedBy = layout.fields.enumerated().filter { MentionTokens.names($0.element) && !$0.element.distinguishes }.map { ($0.offset, $0.element.normalizer) }
        recordID = try MACSession(key: vault.keyring.key(.recordID, now: now).secret)
        indexedFields = try layout.indexes.map { index in
            let name = layout.fields[index.field].name
            let mac = try MACSession(key: vault.keyring.key(.index(name), version: index.version, now: now).secret)
            let isMarked = index.reader.form != .first && marked.contains(name)
            return (index.field, name, HandleTagger(reader: index.reader, number: index.number, mac: mac, isMarked: isMarked))
        }
    }

    /// Returns what is to be sealed of all records, and wipes the last record.
    mutating func finish() -> [UInt8] {
        known.removeAll()
        wipe(&fields.arena)
        wipe(&normal)
        var all: [UInt8] = []
        swap(&all, &plaintext)
        return all
    }

    mutating func prepare(_ bytes: [UInt8], _ range: Range<Int>, line: Int) throws -> PreparedRecord {
        // They share the arena's memory, which is about to be overwritten.
        known.removeAll(keepingCapacity: true)
        (names, markedBy) = (nil, nil)
        try reader.read(bytes, range, into: &fields)
        for path in fields.unread { setAside[path.replacing("attributes.", with: ""), default: 0] += 1 }
        guard let id = fields.id, !id.isEmpty else { throw RecordError.missing("id") }
        guard let time = fields.occurredAt else { throw RecordError.missing("occurred_at") }
        guard let written = WrittenTime(fields.arena.span.extracting(time)) ?? reader.time(fields.string(time)).flatMap({ WrittenTime(Array($0.utf8).span) }) else {
            throw RecordError.wrongValue(field: "occurred_at", expected: "a time such as 2026-03-04T12:37:39+08:00")
        }
        let occurredAt = Timestamp(milliseconds: clock.moment(written))
        guard occurredAt.milliseconds >= occurrence.earliestTime else {
            throw RecordError.wrongValue(field: "occurred_at", expected: "\(occurrence.earliest) or later, as schema.yaml has it")
        }
        guard occurredAt.milliseconds <= latest else {
            throw RecordError.wrongValue(
                field: "occurred_at", expected: "no later than \(Timestamp(milliseconds: latest)): schema.yaml allows so much ahead of the clock")
        }
        guard let channelRange = fields.channel, !channelRange.isEmpty else { throw RecordError.missing("channel") }
        guard channelRange.count <= 64, id.count <= 256 else {
            throw RecordError.wrongValue(field: "id and channel", expected: "at most 256 and 64 bytes")
        }
        let states = fields.consent != nil || !fields.consentParts.isEmpty
        let decisions = try states ? StatedDecision.read(fields, occurredAt: occurredAt.milliseconds, latest: latest, policy: policy) : []
        if !decisions.isEmpty { statesDecisions = true }
        collectKnownValues()
        let (tags, marks) = try indexTags()
        return PreparedRecord(
            line: line, uid: try Self.uid(source, fields.arena[id], recordID), channel: vet(channelRange), occurredAt: occurredAt.milliseconds,
            attributes: try columnValues(), codes: codes(at: occurredAt), tags: tags, marks: marks, identifiers: try identifierTags(), decisions: decisions,
            compartments: try appendCompartments(id: id), part: part)
    }

    /// What the vault knows a source's record by, whatever it says.
    static func uid(_ source: [UInt8], _ id: some Collection<UInt8>, _ mac: MACSession) throws -> UInt128 {
        var message: [UInt8] = []
        message.reserveCapacity(source.count + id.count + 4)
        message.append(bigEndian: UInt32(source.count))
        message += source
        message += id
        return try mac.shortTag(message.span)
    }

    // MARK: Columns and tags

    private mutating func columnValues() throws -> [StoredValue] {
        var values: [StoredValue] = []
        values.reserveCapacity(plainFields.count)
        for position in plainFields.indices {
            guard let range = fields.values[plainFields[position].index] else {
                values.append(.null)
                continue
            }
            values.append(try plainValue(range, plainFields[position]))
        }
        return values
    }

    private func codes(at time: Timestamp) -> RecordCodes {
        var codes = RecordCodes()
        for (index, part, name, generalization) in coarseFields {
            guard let range = fields.values[index], let value = generalization.generalize(fields.string(range), at: time) else { continue }
            codes.coarse.append(RecordCodes.Coarse(part: part, field: name, value: value))
        }
        return codes
    }

    private mutating func plainValue(_ range: Range<Int>, _ field: PlainField) throws -> StoredValue {
        func wrong(_ expected: String) -> RecordError { .wrongValue(field: field.name, expected: expected) }
        if fields.nested.contains(field.index) { throw wrong("a single value") }
        if field.kind == .text {
            guard range.count <= 256 else { throw wrong("at most 256 bytes: longer text belongs in a sealed field") }
            return .text(vet(range))
        }
        if range.isEmpty { return .null }
        let text = fields.string(range)
        switch field.kind {
        case .text, .date:
            guard Timestamp(text) != nil else { throw wrong("a date such as 2026-03-04") }
            return .text(text)
        case .integer:
            // Spreadsheets and data frames with gaps in the column write 4 as 4.0.
            guard let value = Int64(text) ?? Double(text).flatMap({ Int64(exactly: $0) }) else { throw wrong("a whole number") }
            return isWithin(field.bounds, Double(value)) ? .integer(value) : setAside(range, field)
        case .decimal:
            guard let value = Double(text), value.isFinite else { throw wrong("a number") }
            return isWithin(field.bounds, value) ? .real(value) : setAside(range, field)
        case .boolean:
            guard text == "true" || text == "false" else { throw wrong("true or false") }
            return .integer(text == "true" ? 1 : 0)
        }
    }

    private func isWithin(_ bounds: ClosedRange<Int>?, _ value: Double) -> Bool {
        bounds.map { value >= Double($0.lowerBound) && value <= Double($0.upperBound) } ?? true
    }

    /// A number out of its field's bounds counts in no figure. It is kept sealed, as written.
    private mutating func setAside(_ range: Range<Int>, _ field: PlainField) -> StoredValue {
        setAside[field.name, default: 0] += 1
        fields.addUnclassified(field.path, fields.string(range))
        return .null
    }

    /// Plain columns are readable on disk. Personal data that strayed into one is therefore redacted, whether a detector finds it
    /// or it is a value of the record's own customer.
    private mutating func vet(_ range: Range<Int>) -> String {
        guard !range.isEmpty else { return "" }
        let bytes = fields.arena[range]
        let isKnown = knownPlaces.contains { $0.count == range.count && fields.arena[$0].elementsEqual(bytes) }
        return isKnown ? "[ID]" : vetted.text(bytes) { columnDetector.redact($0) }
    }

    private mutating func distinctNames() -> [DistinctName] {
        if let names { return names }
        let found = namingFields.compactMap { fields.values[$0].flatMap { DistinctName(fields.arena[$0]) } }
        names = found
        return found
    }

    private mutating func nameMarks() -> [NameMark] {
        if let markedBy { return markedBy }
        let found = distinctNames().flatMap(\.marks)
        markedBy = found
        return found
    }

    private mutating func indexTags() throws -> ([PreparedRecord.Tag], [IndexEntry]) {
        var (result, marks): ([PreparedRecord.Tag], [IndexEntry]) = ([], [])
        result.reserveCapacity(indexedFields.count)
        for position in indexedFields.indices {
            guard let range = fields.values[indexedFields[position].field], !range.isEmpty else { continue }
            let tagger = indexedFields[position].tagger
            let names = tagger.isMarked ? nameMarks() : []
            let isSomebodys = try tagger.forEach(fields.arena[range], names: names, &normal) { tag, isPlace, its in
                guard !result.contains(where: { $0.index == position && $0.tag == tag }) else { return }
                result.append(PreparedRecord.Tag(index: position, tag: tag, isPlace: isPlace))
                marks += its
            }
            if !isSomebodys { setAside[indexedFields[position].name, default: 0] += 1 }
        }
        return (result, marks)
    }

    private mutating func identifierTags() throws -> [UInt128] {
        guard let tombstones else { return [] }
        return try identifyingFields.flatMap { field, name, readers in
            guard let range = fields.values[field] else { return [UInt128]() }
            return try Set(readers.flatMap { $0.handles(fields.arena[range]) }).map { try tombstones.identifier(name, $0) }
        }
    }

    /// What texts of others would mention the record's own customer by.
    private mutating func ownForms() -> [MentionTokens.Form] {
        var forms = distinctNames().compactMap(MentionTokens.form)
        for (index, normalizer) in mentionedBy {
            if let range = fields.values[index] { forms += mentions.forms(of: fields.arena[range], normalizer) }
        }
        return forms
    }

    // MARK: Compartments

    private mutating func collectKnownValues() {
        knownPlaces.removeAll(keepingCapacity: true)
        for position in sealedFields.indices {
            guard let range = fields.values[sealedFields[position].index], range.count >= 2, range.count <= 512 else { continue }
            // 无 is no particular person's name, and occurs in many texts. A Latin word may be somebody's name all the same: Nan,
            // No.
            let value = fields.arena[range]
            if sealedFields[position].normalizer.isPlaceholder(value), sealedFields[position].type != .person || value.contains(where: { $0 >= 0x80 }) { continue }
            knownPlaces.append(range)
            known.append(KnownValue(type: sealedFields[position].type, bytes: fields.arena[range], spelling: sealedFields[position].spelling))
        }
        for range in fields.customerExtras where range.count >= 4 && range.count <= 512 {
            knownPlaces.append(range)
            known.append(KnownValue(type: .identifier, bytes: fields.arena[range], spelling: .compact))
        }
    }

    static func kind(of field: FieldSchema) -> (EntityType, KnownValue.Spelling) {
        switch field.normalizer {
        case .name: (.person, .name)
        case .phone: (.phone, .digits)
        case .email: (.email, .compact)
        case .id, .document: (.identifier, .compact)
        case .none: (field.generalization == .city ? .address : .identifier, .compact)
        }
    }

    /// Adds what is to be sealed of the current record to the plaintext.
    private mutating func appendCompartments(id: Range<Int>) throws -> CompartmentPlaces {
        var tokens: [String] = []
        var places = CompartmentPlaces(start: plaintext.count)
        Fields.append(BuiltinField.source_id.rawValue, fields.arena[id], to: &plaintext)
        for compartment in [Compartment.direct, .quasi, .sensitive] {
            for position in sealedFields.indices where sealedFields[position].compartment == compartment {
                if let range = fields.values[sealedFields[position].index] {
                    Fields.append(sealedFields[position].name, fields.arena[range], to: &plaintext)
                }
            }
            places.end(compartment, at: plaintext.count)
        }
        if let range = fields.text, !range.isEmpty {
            let text = fields.arena[range]
            Fields.append(Compartment.text.rawValue, text, to: &plaintext)
            places.end(.text, at: plaintext.count)
            let entities = detector.entities(in: text.span, known: known)
            Fields.append(Compartment.redacted.rawValue, detector.replace(entities, in: text)[...], to: &plaintext)
            tokens = try mentions.tokens(of: entities, in: text) { ownForms() }
            places.end(.redacted, at: plaintext.count)
        }
        if !fields.unclassified.isEmpty {
            let json = fields.unclassified + [0x7D]
            Fields.append(Compartment.unclassified.rawValue, json[...], to: &plaintext)
            places.end(.unclassified, at: plaintext.count)
        }
        if !tokens.isEmpty {
            Fields.append(Compartment.mentions.rawValue, Array(tokens.joined().utf8)[...], to: &plaintext)
            places.end(.mentions, at: plaintext.count)
        }
        return places
    }
}
