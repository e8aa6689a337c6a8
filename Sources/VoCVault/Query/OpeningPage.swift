import Policy
import RedactedAPI
import Store

/// A page whose rows are being opened, in the order of ``PageOrder``.
struct OpeningPage {
    /// Rows that are opened together. Measured for pages of 1,000 rows on 2 cores: with 128, the last chunks cause waiting (3.2 ×
    /// the plain table's time against 2.7 ×); with 8, handing over costs more.
    private static let chunk = 32
    /// How many records that do not open are named.
    private static let named = 20
    /// Shorter pages are opened where they are read: handing them over costs more than it gains, and under load the other cores
    /// have pages of their own.
    private static let parallelFrom = 256

    private let condition: StoredCondition
    private let (needsSealed, needsCodes): (Bool, Bool)
    private let residual: Residual?
    private let presenter: FieldPresenter
    private let pool: PresenterPool
    private let pseudonyms: Pseudonyms
    /// As they are shown.
    private var order: [Int64] = []
    /// As they were read: first those of the chunks that other cores are opening.
    private var (handedOn, kept): ([Int64], [Int64]) = ([], [])
    private var pending: [Pending<[PresentedRow]>] = []
    private var rest: [PageRow] = []
    private let search: TextSearch
    /// Records whose texts could not be searched, as they do not open.
    private var unopened: [Int64] = []
    /// Records of customers whose data may not be used: no condition lets one through that is marked so.
    private var barred: Set<Int64> = []
    private let access: Access
    /// Where the next page continues; nil at the end.
    private(set) var next: Cursor?
    /// See ``PageOrder/rest``.
    private(set) var continued: KnownOrder?

    init(access: Access, fields: [String], condition: StoredCondition, search: TextSearch) throws {
        (self.condition, self.access) = (condition, access)
        presenter = try FieldPresenter(access: access, fields: fields)
        pool = PresenterPool(access: access, fields: fields)
        pseudonyms = try access.session.pseudonyms(access.purpose)
        self.search = search
        residual = try search.residual(leavesOutUnopened: true)
        (needsSealed, needsCodes) = (presenter.needsSealed, presenter.needsCodes)
    }

    /// Rows that are shown.
    var count: Int { handedOn.count + kept.count }

    /// Reads up to `limit` rows. Those of a long page are opened on other cores while the rest is read.
    ///
    /// - Parameter known: what earlier pages of the query have put in order.
    mutating func read(_ reader: StoreReader, after cursor: Cursor?, limit: Int, known: KnownOrder?) throws {
        var order = PageOrder(of: condition, residual, access, pseudonyms, known: known)
        try order.read(reader, after: cursor, limit: limit)
        (self.order, next, continued) = (order.records, order.next, order.rest)
        if !order.records.isEmpty { try open(order.records, reader) }
        unopened = try reader.records(withKeys: search.unopened.prefix(Self.named))
    }

    /// Reads these records, as far as they fulfil the condition, in the order of their pseudonyms.
    mutating func read(_ reader: StoreReader, records: some Sequence<Int64>) throws {
        order = try records.map { (record: $0, place: try pseudonyms.place(of: $0)) }.sorted { $0.place < $1.place }.map(\.record)
        if !order.isEmpty { try open(order, reader) }
    }

    private mutating func open(_ records: [Int64], _ reader: StoreReader) throws {
        let request = PageRequest(
            columns: presenter.columns, condition: condition, extent: .records(records), limit: records.count, sealed: needsSealed, codes: needsCodes)
        let isParallel = (needsSealed || needsCodes) && records.count > Self.parallelFrom
        let pool = pool
        let customers = try Barred(access, reader)
        try reader.page(request, residual: residual, chunk: Self.chunk) { chunk in
            if !customers.isEmpty { barred.formUnion(chunk.filter { customers.contains($0.subject) }.map(\.id)) }
            if isParallel, chunk.count == Self.chunk {
                handedOn += chunk.map(\.id)
                pending.append(Pending { try pool.present(chunk) })
            } else {
                kept += chunk.map(\.id)
                rest += chunk
            }
        }
    }

    /// The rows as they are shown, without those of records that are not as the vault left them, and the pseudonyms of these.
    func rows() throws -> (shown: [[Value]], altered: [String]) {
        let own = try rest.map(presenter.present)
        var opened: [PresentedRow] = []
        for chunk in pending { opened += try chunk.get() }
        let places = Dictionary(uniqueKeysWithValues: (handedOn + kept).enumerated().map { ($1, $0) })
        opened += own
        var (rows, altered) = ([[Value]](), unopened)
        rows.reserveCapacity(opened.count)
        for record in order {
            guard let place = places[record] else { continue }
            switch barred.contains(record) ? .altered(record) : opened[place] {
            case .shown(let values): rows.append(values)
            case .altered(let record): altered.append(record)
            }
        }
        return (rows, try altered.map { try pseudonyms.name(.record, $0) })
    }
}
