import Policy
import Store

/// A text out of which somebody was taken.
struct CutText: Equatable {
    /// Bytes of UTF-8, and what stands there now.
    struct Place: Codable, Equatable {
        var from: Int
        var to: Int
        var with: String
    }

    let before: String
    let after: String
    /// In order, without overlaps.
    let places: [Place]

    init(_ text: String, _ places: [Place]) {
        (before, self.places) = (text, places)
        after = places.isEmpty ? text : Self.cut(text, at: places) ?? text
    }

    /// Nil where the places are not of this text.
    static func cut(_ text: String, at places: [Place]) -> String? {
        let bytes = Array(text.utf8)
        var (output, position) = ([UInt8](), 0)
        for place in places {
            guard position <= place.from, place.from <= place.to, place.to <= bytes.count else { return nil }
            output += bytes[position..<place.from] + Array(place.with.utf8)
            position = place.to
        }
        return String(decoding: output + bytes[position...], as: UTF8.self)
    }
}

/// What an erasure has taken out of a record of somebody else: keyed digests of its texts as they were and as they are, and where they were cut.
///
/// A restored snapshot has the texts of before, and the keys of the customer whom they mention are gone: from this, the texts are cut again.
struct MentionCuts: Codable, Equatable {
    struct Text: Codable, Equatable {
        /// Hexadecimal, as `after`.
        var before: String
        var after: String
        var places: [CutText.Place]
    }

    var texts: [Text] = []
    /// Digests of what the source has said in the record, in hexadecimal: its next export says so again.
    var said: [String] = []
}

/// Notes what is cut, and cuts once more what was cut before.
final class MentionCutter {
    private let tags: TombstoneTags

    init(_ vault: Vault) throws { tags = try TombstoneTags(vault) }

    func noted(_ text: CutText) throws -> MentionCuts.Text {
        MentionCuts.Text(before: try digest(text.before), after: try digest(text.after), places: text.places)
    }

    enum Fate: Equatable {
        case cut(String)
        /// It has been cut already, or there was nothing to cut.
        case isSo
        /// Nobody has looked at a text like this.
        case unknown
    }

    func fate(of text: String, _ cuts: MentionCuts) throws -> Fate {
        var (left, digest) = (text, try digest(text))
        guard cuts.texts.contains(where: { $0.before == digest || $0.after == digest }) else { return .unknown }
        // Several people may have been taken out of it one after another.
        for _ in cuts.texts {
            guard let known = cuts.texts.first(where: { $0.before == digest && !$0.places.isEmpty }) else { break }
            guard let after = CutText.cut(left, at: known.places) else { throw VaultError.integrity("what was taken out of a text is not noted as it should be") }
            (left, digest) = (after, known.after)
        }
        return left == text ? .isSo : .cut(left)
    }

    private func digest(_ text: String) throws -> String { String(try tags.text(Array(text.utf8)), radix: 16) }
}

extension Vault {
    /// Has it kept beside the keys what was taken out of a record, with what was taken out of it before.
    func protect(_ cuts: MentionCuts, outOf stored: SealedRecord, in writer: StoreWriter) throws {
        let uid = String(stored.uid, radix: 16)
        let kind = Protection.Kind.mention.rawValue
        var all = MentionCuts()
        if let row = try writer.reader.pendingProtection(kind, uid) ?? store.keys.protection(kind, uid), case .mention(_, _, let known, _) = try open(row) { all = known }
        all.texts += cuts.texts.filter { !all.texts.contains($0) }
        all.said += cuts.said.filter { !all.said.contains($0) }
        try protect(.mention(record: stored.id, uid: uid, cuts: all, endsAt: tombstoneEnd(from: clock())), in: writer)
    }

    /// Takes out of a record what an erasure had taken out of it, after the record has come back in an older state.
    ///
    /// - Parameter withholds: whether to remove a text of which nobody knows whether it mentions who was erased.
    /// - Returns: whether there was anything to do.
    func cutAgain(_ stored: SealedRecord, _ cuts: MentionCuts, withholdingUnknown withholds: Bool, in writer: StoreWriter) throws -> Bool {
        let (editor, cutter) = (try RecordEditor(vault: self), try MentionCutter(self))
        var unknown: Set<Compartment> = []
        let body = try editor.body(of: stored) { compartment, text in
            switch try cutter.fate(of: text, cuts) {
            case .cut(let after): return after
            case .isSo: return text
            case .unknown:
                unknown.insert(compartment)
                return text
            }
        }
        let formers = try cutFormer(of: stored, cuts, cutter, in: writer)
        var (new, purged) = (body ?? stored.body, stored.purged)
        if withholds, !unknown.isEmpty {
            if unknown.contains(.text) { unknown.formUnion([.redacted, .mentions]) }
            new = try SealedBody.removing(unknown, from: new)
            purged = unknown.reduce(purged) { $0 | $1.bit }
        }
        guard new != stored.body else { return formers }
        try noteSaid([stored], in: writer)
        try writer.replaceBody(of: stored.id, with: new, purged: purged)
        return true
    }

    /// The same of what the record was before its source changed it; and the source's next export does not bring back what it was later.
    private func cutFormer(of stored: SealedRecord, _ cuts: MentionCuts, _ cutter: MentionCutter, in writer: StoreWriter) throws -> Bool {
        let notes = try CustomerNotes(self)
        var (isChanged, known) = (false, Set<String>())
        for former in try writer.reader.formerRecords(of: stored.id) {
            let place = NotePlace.former(record: stored.id, at: former.at)
            guard var note = FormerNote(notes.open(former.note, at: place)) else { continue }
            known.insert(note.digest)
            guard let fields = note.fields else { continue }
            note.fields = try fields.mapValues { text in
                if case .cut(let after) = try cutter.fate(of: text, cuts) { after } else { text }
            }
            guard note.fields != fields else { continue }
            try writer.setNote(notes.seal(note.text(), about: former.subject, at: place), ofFormer: former.id)
            isChanged = true
        }
        for digest in cuts.said where !known.contains(digest) { try writer.addFormer(former(FormerNote(digest: digest), of: stored, at: clock(), notes)) }
        return isChanged
    }
}
