/// Finds personal data in Chinese and English text and redacts it. Pure, no I/O.
///
/// A text is folded once, and what may begin with each character looked up (``CharacterTraits``); each detector goes from one of
/// its own anchors to the next, so that the cost grows linearly with the text. Overlaps resolve to the longest entity, then the highest
/// score, then the type's order.
public struct Detector: Sendable {
    /// Raised whenever detection changes; stored with each record, so that old ones can be redone.
    public static let version = 7
    /// What scores lower stays, unless a type's rule says otherwise.
    static let threshold = 0.5

    /// Rules of the types that have one of their own.
    public let rules: [EntityType: TypeRule]
    private let never: [KnownValue]
    private let always: [KnownValue]
    private let things: [KnownValue]
    /// The deployment's own types.
    let own: [Recognizer]
    /// Languages that are read beside Chinese and English.
    private let packs: [LanguagePack]
    /// Stored with each record: ``version``, and above it a digest of the configuration, 0 for the default one. A text that a detector of
    /// another edition redacted is redacted anew.
    public let edition: Int

    /// - Parameters:
    ///   - rules: thresholds and operators by type; without, 0.5 and a placeholder.
    ///   - never: words that are not personal data although they look like it (brands, products).
    ///   - always: words that are always redacted.
    ///   - things: names of products, shops and places: no person's name, unless a cue or a title says so.
    ///   - own: recognizers of types that only this deployment has.
    ///   - packs: languages that are read beside Chinese and English; sentences of others are withheld.
    public init(
        rules: [EntityType: TypeRule] = [:], never: [String] = [], always: [String] = [], things: [String] = [], own: [Recognizer] = [], packs: Set<LanguagePack> = []
    ) {
        self.rules = rules
        self.never = never.map { KnownValue(type: .term, text: $0, spelling: .compact) }
        self.always = always.map { KnownValue(type: .term, text: $0, spelling: .compact) }
        self.things = things.map { KnownValue(type: .term, text: $0, spelling: .compact) }
        self.own = own
        self.packs = LanguagePack.allCases.filter(packs.contains)
        edition = DetectorEdition.of(rules, never, always, things, own, self.packs)
    }

    /// The entities of `text`, in order, without overlaps. In a conversation, what a speaker says over several turns is one entity, and
    /// each piece of it is listed.
    public func entities(in text: Span<UInt8>, known: [KnownValue] = []) -> [Entity] {
        let found = entities(inOne: text, known: known)
        // Turns are lines, or have their speakers in brackets.
        guard text.indices.contains(where: { text[$0] == 0x0A || text[$0] == 0x5B }) else { return found }
        let bytes = text.indices.map { text[$0] }
        return ConversationDetector.complete(found, in: bytes) { entities(inOne: $0.span, known: known) }
    }

    /// What is found, and what was considered and stays, with the reasons; without regard to turns.
    public func explanation(of text: Span<UInt8>) -> (entities: [Entity], dismissed: [Dismissed]) {
        let notes = DismissalNotes()
        let found = entities(inOne: text, known: [], notes)
        let open = notes.dismissed.filter { note in !found.contains { $0.bytes == note.entity.bytes && $0.name == note.entity.name } }
        return (found, open.sorted { ($0.entity.bytes.lowerBound, $0.entity.rule) < ($1.entity.bytes.lowerBound, $1.entity.rule) })
    }

    /// The same without regard to turns.
    ///
    /// - Parameter notes: receives what is dismissed.
    private func entities(inOne text: Span<UInt8>, known: [KnownValue], _ notes: DismissalNotes? = nil) -> [Entity] {
        let folded = FoldedText(text)
        var found: [Entity] = []
        let cues = Cues(in: folded)
        NumberDetector.detect(in: folded, cues, into: &found)
        TokenDetector.detect(in: folded, cues, into: &found)
        let latinWords = LatinWords(of: folded)
        SpokenNumberDetector.detect(in: folded, latinWords, into: &found)
        CueValueDetector.detect(in: folded, cues, into: &found)
        SpokenCodeDetector.detect(in: folded, latinWords, cues, into: &found)
        AgeDetector.detect(in: folded, cues, into: &found)
        AddressFormDetector.detect(in: folded, into: &found)
        ChineseNameDetector.detect(in: folded, cues, into: &found, notes)
        let words = EnglishWords(of: folded)
        EnglishNameDetector.detect(in: folded, words, cues, into: &found)
        readLanguages(of: folded, words, into: &found, notes)
        if found.contains(where: { $0.type == .person && Self.loneNames.contains($0.rule) }), !cues.all.contains(where: { $0.kind == .phone || $0.kind == .address }), GoodsTitle.isOne(folded) {
            notes?.add(found.filter { Self.loneNames.contains($0.rule) }) { _ in "in a title of goods only what is announced is a name" }
            found.removeAll { Self.loneNames.contains($0.rule) }
        }
        TagNameDetector.detect(in: folded, into: &found)
        Self.addMentions(in: folded, to: &found)
        ChineseAddressDetector.detect(in: folded, cues, into: &found)
        StreetAddressDetector.detect(in: folded, cues, into: &found)
        PlaceCodeDetector.detect(in: folded, into: &found)
        PickupStoreDetector.detect(in: folded, into: &found)
        PostcodeDetector.detect(in: folded, into: &found)
        SpecialCategories.detect(in: folded, into: &found)
        if let rule = rules[.organisation], rule.threshold <= 1 { OrganisationDetector.detect(in: folded, into: &found) }
        for recognizer in own { recognizer.detect(in: folded, into: &found) }
        notes?.add(found.filter { $0.score < rules[$0.type]?.threshold ?? Self.threshold }) { "scores \($0.score), below \(rules[$0.type]?.threshold ?? Self.threshold)" }
        found.removeAll { $0.score < rules[$0.type]?.threshold ?? Self.threshold }
        let knownDetector = KnownValueDetector(text: folded)
        if !never.isEmpty {
            var kept: [Entity] = []
            for value in never { knownDetector.detect(value, into: &kept) }
            // A brand is neither a name nor the beginning of one.
            func isKept(_ entity: Entity) -> Bool {
                kept.contains { entity.type == .person ? $0.bytes.overlaps(entity.bytes) : $0.bytes.lowerBound <= entity.bytes.lowerBound && entity.bytes.upperBound <= $0.bytes.upperBound }
            }
            notes?.add(found.filter(isKept)) { _ in "redaction.never keeps it" }
            found.removeAll(where: isKept)
        }
        keepThings(in: folded, knownDetector, &found, notes)
        for value in known { knownDetector.detect(value, into: &found) }
        for value in always { knownDetector.detect(value, into: &found) }
        return Self.resolved(found, notes)
    }

    /// The same for a `String`; offsets count UTF-8 bytes.
    public func entities(in text: String, known: [KnownValue] = []) -> [Entity] {
        let bytes = Array(text.utf8)
        return entities(in: bytes.span, known: known)
    }

    /// The same detector for short values of columns, where a brand or a place is not to be taken for a name:
    /// only what has a form of its own counts.
    public var forColumns: Detector {
        var rules = rules
        for type in [EntityType.person, .address, .age, .order, .tracking, .account, .social, .oneTimeCode, .postcode, .passport, .plate, .organisation, .foreign] + EntityType.specialCategories {
            rules[type] = TypeRule(threshold: 2)
        }
        return Detector(rules: rules, never: never, always: always, things: things, own: own, packs: packs, edition: edition)
    }

    private init(rules: [EntityType: TypeRule], never: [KnownValue], always: [KnownValue], things: [KnownValue], own: [Recognizer], packs: [LanguagePack], edition: Int) {
        (self.rules, self.never, self.always, self.things, self.own, self.packs, self.edition) = (rules, never, always, things, own, packs, edition)
    }

    /// Withholds sentences of other languages, but for those that a pack reads.
    private func readLanguages(of text: FoldedText, _ words: EnglishWords, into found: inout [Entity], _ notes: DismissalNotes?) {
        let isGated = rules[.foreign].map { $0.threshold < 1 } ?? true
        guard isGated || !packs.isEmpty else { return }
        var stretches = LanguageGate.stretches(in: text, words)
        if !packs.isEmpty { PackReading.read(packs, in: text, words, &stretches, into: &found, notes) }
        if isGated { found += stretches.map { LanguageGate.withheld($0, in: text) } }
    }

    /// Rules that find names where no cue stands.
    private static let loneNames: Set<String> = ["name.zh", "name.zh-tagger", "name.zh-title", "name.zh-surname-title", "name.zh-familiar", "name.en-tagger", "name.en-first", "name.en-full"]

    /// Rules that find names by their form alone: no cue, title or punctuation says that they are somebody's.
    private static let formOnly: Set<String> = [
        "name.zh", "name.zh-tagger", "name.zh-transcribed", "name.en-tagger", "name.en-first", "name.en-full", "name.pinyin", "name.pack-list", "name.ja-full",
    ]

    /// Drops names without a cue where one of the deployment's things is named.
    private func keepThings(in text: FoldedText, _ detector: KnownValueDetector, _ found: inout [Entity], _ notes: DismissalNotes?) {
        guard !things.isEmpty, found.contains(where: { Self.formOnly.contains($0.rule) }) else { return }
        var named: [Entity] = []
        for thing in things { detector.detect(thing, into: &named) }
        guard !named.isEmpty else { return }
        func isThing(_ entity: Entity) -> Bool { Self.formOnly.contains(entity.rule) && named.contains { $0.bytes.overlaps(entity.bytes) } }
        notes?.add(found.filter(isThing)) { _ in "redaction.things has it, and nothing says that it is a person" }
        found.removeAll(where: isThing)
    }

    /// Handles, but for those that are a name and nothing else, which stay names.
    private static func addMentions(in text: FoldedText, to found: inout [Entity]) {
        var mentions: [Entity] = []
        MentionDetector.detect(in: text, into: &mentions)
        guard !mentions.isEmpty else { return }
        found += mentions.filter { mention in
            !found.contains { $0.type == .person && $0.bytes.lowerBound == mention.bytes.lowerBound + 1 && $0.bytes.upperBound == mention.bytes.upperBound }
        }
    }

    /// Keeps the best entity wherever several overlap, widened over what loses beside it, so that
    /// no character that any rule found stays readable.
    private static func resolved(_ found: [Entity], _ notes: DismissalNotes?) -> [Entity] {
        guard found.count > 1 else { return found }
        let sorted = found.sorted { ($0.bytes.lowerBound, -$0.bytes.upperBound) < ($1.bytes.lowerBound, -$1.bytes.upperBound) }
        var result: [Entity] = [sorted[0]]
        for entity in sorted.dropFirst() {
            let last = result[result.count - 1]
            guard entity.bytes.lowerBound < last.bytes.upperBound else {
                result.append(entity)
                continue
            }
            let union = last.bytes.lowerBound..<max(last.bytes.upperBound, entity.bytes.upperBound)
            var winner = isBetter(entity, than: last) ? entity : last
            if let notes { notes.add(winner == entity ? last : entity, "\(winner.name) (\(winner.rule)) covers it") }
            winner.bytes = union
            result[result.count - 1] = winner
        }
        return result
    }

    private static func isBetter(_ a: Entity, than b: Entity) -> Bool {
        if a.bytes.count != b.bytes.count { return a.bytes.count > b.bytes.count }
        return a.score > b.score
    }
}
