import Policy
import RedactedAPI
import Store

/// A page whose rows are being opened.
///
/// The newest rows come first. Rows of the same time are ordered by their pseudonyms, so that the order of ingest does not show
/// and lists of two purposes cannot be aligned.
struct OpeningPage {
    /// Rows that are opened together. Measured for pages of 1,000 rows on 2 cores: with 128, the last chunks cause waiting (3.2 ×
    /// the plain table's time against 2.7 ×); with 8, handing over costs more.
    private static let chunk = 32
    /// How many records that do not open are named.
    private static let named = 20
    /// Shorter pages are opened where they are read: handing them over costs more than it gains, and under load the other cores
    /// have pages of their own.
    private static let parallelFrom = 256

    /// Rows that were read together.
    private struct Section {
        var places: [(occurredAt: Int64, id: Int64)] = []
        /// Chunks that other cores are opening.
        var pending: [Pending<[PresentedRow]>] = []
        /// Rows after the last full chunk.
        var rest: [PageRow] = []
        /// How many of them are shown.
        var shown = 0
    }

    private let condition: StoredCondition
    private let (needsSealed, needsCodes): (Bool, Bool)
    private let residual: Residual?
    private let presenter: FieldPresenter
    private let pool: PresenterPool
    private let pseudonyms: Pseudonyms
    private var sections: [Section] = []
    private let search: TextSearch
    /// Records whose texts could not be searched, as they do not open.
    private var unopened: [Int64] = []
    /// Records of customers whose data may not be used: no condition lets one through that is marked so.
    private var barred: Set<Int64> = []
    private let access: Access
    /// Where the next page continues; nil at the end.
    private(set) var next: Cursor?

    init(access: Access, fields: [String], condition: StoredCondition, search: TextSearch) throws {
        (self.condition, self.access) = (condition, access)
        presenter = try FieldPresenter(access: access, fields: fields)
        pool = PresenterPool(access: access, fields: fields)
        pseudonyms = try access.session.pseudonyms(access.purpose)
        self.search = search
        residual = try search.residual(leavesOutUnopened: true)
        (needsSealed, needsCodes) = (presenter.needsSealed || residual != nil, presenter.needsCodes)
    }

    /// Rows that are shown.
    var count: Int { sections.reduce(0) { $0 + $1.shown } }

    /// Reads up to `limit` rows. Those of a long page are opened on other cores while the rest is read.
    mutating func read(_ reader: StoreReader, after cursor: Cursor?, limit: Int) throws {
        try readSections(reader, after: cursor, limit: limit)
        unopened = try reader.records(withKeys: search.unopened.prefix(Self.named))
    }

    private mutating func readSections(_ reader: StoreReader, after cursor: Cursor?, limit: Int) throws {
        if let cursor, cursor.isWithinTime {
            try readTime(cursor.occurredAt, after: try pseudonyms.name(.record, cursor.id), room: limit, reader)
        }
        let room = limit - count
        guard room > 0 else { return }
        // One row more tells whether there is another page, and whether it begins within one time.
        var section = try read(cursor.map { .before($0.occurredAt) } ?? .all, limit: room + 1, reader)
        section.shown = min(section.places.count, room)
        guard section.places.count > room else { return sections.append(section) }
        let last = section.places[room - 1]
        if section.places[room].occurredAt != last.occurredAt {
            next = Cursor(occurredAt: last.occurredAt, id: last.id, isWithinTime: false)
            sections.append(section)
        } else {
            section.shown = section.places.firstIndex { $0.occurredAt == last.occurredAt }!
            sections.append(section)
            try readTime(last.occurredAt, after: "", room: room - section.shown, reader)
        }
    }

    /// Reads rows of one time from a pseudonym on, as many as there is room for.
    private mutating func readTime(_ time: Int64, after name: String, room: Int, _ reader: StoreReader) throws {
        let left = try reader.records(of: condition, at: time, residual: residual).map { (id: $0, name: try pseudonyms.name(.record, $0)) }
            .filter { $0.name > name }.sorted { $0.name < $1.name }
        let taken = left.prefix(room).map(\.id)
        guard let last = taken.last else { return }
        var section = try read(.records(taken), limit: taken.count, reader)
        section.shown = section.places.count
        sections.append(section)
        if taken.count == room { next = Cursor(occurredAt: time, id: last, isWithinTime: left.count > room) }
    }

    private mutating func read(_ extent: PageRequest.Extent, limit: Int, _ reader: StoreReader) throws -> Section {
        var section = Section()
        let request = PageRequest(columns: presenter.columns, condition: condition, extent: extent, limit: limit, sealed: needsSealed, codes: needsCodes)
        let isParallel = (presenter.needsSealed || needsCodes) && limit > Self.parallelFrom
        let pool = pool
        let customers = try Barred(access, reader)
        try reader.page(request, residual: residual, chunk: Self.chunk) { chunk in
            if !customers.isEmpty { barred.formUnion(chunk.filter { customers.contains($0.subject) }.map(\.id)) }
            section.places += chunk.map { ($0.occurredAt, $0.id) }
            if isParallel, chunk.count == Self.chunk {
                section.pending.append(Pending { try pool.present(chunk) })
            } else {
                section.rest += chunk
            }
        }
        return section
    }

    /// The rows as they are shown, without those of records that are not as the vault left them, and the pseudonyms of these.
    func rows() throws -> (shown: [[Value]], altered: [String]) {
        var (rows, altered) = ([[Value]](), unopened)
        rows.reserveCapacity(count)
        for section in sections {
            let tail = try section.rest.map(presenter.present)
            var opened: [PresentedRow] = []
            for chunk in section.pending { opened += try chunk.get() }
            var presented = opened + tail
            for (index, place) in section.places.enumerated() where barred.contains(place.id) { presented[index] = .altered(place.id) }
            for row in try inOrder(presented, section) {
                switch row {
                case .shown(let values): rows.append(values)
                case .altered(let record): altered.append(record)
                }
            }
        }
        return (rows, try altered.map { try pseudonyms.name(.record, $0) })
    }

    /// Orders rows of the same time by their pseudonyms.
    private func inOrder(_ rows: [PresentedRow], _ section: Section) throws -> ArraySlice<PresentedRow> {
        var rows = rows
        var start = 0
        while start < section.shown {
            var end = start + 1
            while end < section.shown, section.places[end].occurredAt == section.places[start].occurredAt { end += 1 }
            if end - start > 1 {
                let order = try (start..<end).map { (rows[$0], try pseudonyms.name(.record, section.places[$0].id)) }.sorted { $0.1 < $1.1 }
                rows.replaceSubrange(start..<end, with: order.map(\.0))
            }
            start = end
        }
        return rows.prefix(section.shown)
    }
}
