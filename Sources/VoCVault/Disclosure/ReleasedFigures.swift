import AuditLog
import Policy
import RedactedAPI
import Sealing
import Store

extension Session {
    private static let attempts = 5

    /// Somebody else released one of the figures meanwhile.
    private struct ReleasedMeanwhile: Error {}

    /// Figures with noise by cell keys, through the ledger of releases.
    ///
    /// What was released is given again as it was. Cells are shown by their noisy number of customers; nothing else that leaves depends on the
    /// true one.
    func releasedFigures(_ query: AggregateQuery, _ access: Access, _ asked: [AuditDetail: String]) throws -> AggregateTable {
        try requireOrder(query.since, query.until)
        let plan = try ReleasePlan(query, access)
        let maker = try ReleaseMaker(plan, access)
        let kinds = query.groupBy.map { policy.field($0.field)?.kind }
        for _ in 0..<Self.attempts {
            do {
                let (answer, receipt) = try releasing(access) { reader in
                    try access.requireSoundMarks(reader)
                    let released = try maker.released(reader)
                    return (released: released, rows: try maker.shown(released, in: query))
                } record: { answer, writer in
                    let entry = try entry(access, rows: answer.rows.count, searches: 0, query.filter?.fields ?? [], asked, writer) { writer in
                        let new = answer.released.new
                        let paid = try maker.pay(in: writer)
                        guard !new.isEmpty else { return paid.merging([.charged: "0.0"]) { first, _ in first } }
                        for item in new where try writer.reader.released(item) != nil { throw ReleasedMeanwhile() }
                        try ReleaseLedger(writer.reader, vault).require(new)
                        for item in new {
                            try writer.charge(ReleasedPeriod(zone: policy.timeZone, days: item.days, cost: item.cost))
                            try writer.keepReleased(maker.sealed(answer.released, item), digest: item.digest, lastDay: item.days.upperBound)
                        }
                        return paid.merging([.charged: ReleaseLedger.text(new.map(\.cost).reduce(0, +))]) { first, _ in first }
                    }
                    return (entry, [])
                }
                var table = AggregateTable(
                    columns: query.groupBy.map(\.name) + query.measures.map(\.name),
                    rows: answer.rows.map { row in zip(row.key, kinds).map { FieldPresenter.value($0.stored, $1) } + row.figures.map(\.value) },
                    noise: maker.deviation, receipt: receipt)
                table.margins = answer.rows.map { $0.figures.map(\.margin) }
                return table
            } catch is ReleasedMeanwhile {
                // That one is given.
            }
        }
        throw VaultError.conflict("too many figures were requested at once; try again")
    }
}

/// Makes the releases that a question needs, and its answer from them.
struct ReleaseMaker {
    /// Tables by digest, and what of them was not released before.
    struct Released {
        var tables: [[UInt8]: CellTable] = [:]
        var new: [ReleasePlan.Item] = []
        /// Under which digests those were made that days of UTC were about.
        var former: [[UInt8]: [UInt8]] = [:]
    }

    private let plan: ReleasePlan
    private let access: Access
    private let groupings: [AggregateRequest.Grouping]
    private let noise: CellNoise
    private let tree: TreeNoise?
    private let sealer: SealedJSON

    init(_ plan: ReleasePlan, _ access: Access) throws {
        (self.plan, self.access) = (plan, access)
        groupings = try plan.keys.map { try access.grouping($0) }
        tree = access.grant.disclosure.isContinual ? TreeNoise(access, plan.keys) : nil
        (noise, sealer) = (try CellNoise(access.session.vault), try SealedJSON(.releases, of: access.session.vault))
        // A mistake in the question is one whatever was released.
        _ = try request([])
    }

    /// Standard deviation of the noise on a count.
    var deviation: Double { deviation(of: plan.summed) }

    /// The same where so many releases are added up.
    private func deviation(of count: Int) -> Double {
        if let tree { return tree.deviation(of: count) }
        return Double(access.session.policy.figures.deviation) * Double(count).squareRoot()
    }

    /// Pays what an organisation has to for a table, unless it did in the present period.
    func pay(in writer: StoreWriter) throws -> [AuditDetail: String] {
        guard try !isPaid(writer.reader) else { return [:] }
        let today = Int64(access.session.vault.localTime().number)
        let digest = try plan.payment(today)
        try writer.keepReleased(sealer.seal(CellTable(cells: []), place: Self.place(digest)), digest: digest, lastDay: today)
        return try access.payBudget(access.grant.disclosure.epsilon, in: writer)
    }

    /// Whether there is nothing to pay, or it was paid in the present period.
    func isPaid(_ reader: StoreReader) throws -> Bool {
        guard tree != nil else { return true }
        let (today, days) = (Int64(access.session.vault.localTime().number), Int64(access.grant.disclosure.period))
        return try (today - days + 1...today).contains { try reader.released(plan.payment($0)) != nil }
    }

    /// How many customers a cell must have, with noise, to be shown.
    private func threshold(of count: Int) -> Int64 {
        if let tree { return Int64(access.grant.disclosure.minimumGroup) + tree.margin(of: count) }
        return Int64(access.grant.disclosure.minimumGroup) + Int64((FigurePolicy.margin * deviation(of: count)).rounded(.up))
    }

    private static func place(_ digest: [UInt8]) -> String { "released \(digest.hexadecimal)" }

    func sealed(_ released: Released, _ item: ReleasePlan.Item) throws -> [UInt8] {
        try sealer.seal(released.tables[item.digest]!, place: Self.place(item.digest))
    }

    /// - Throws: ``VaultError/denied(action:rule:hint:)`` before any record is read, if a budget does not cover what is new.
    func released(_ reader: StoreReader) throws -> Released {
        var released = Released()
        for item in plan.items.joined() {
            if let (sealed, digest) = try reader.released(item) {
                released.tables[item.digest] = try sealer.open(sealed, as: CellTable.self, place: Self.place(digest))
                if digest != item.digest { released.former[item.digest] = digest }
            } else {
                released.new.append(item)
            }
        }
        guard !released.new.isEmpty else { return released }
        try ReleaseLedger(reader, access.session.vault).require(released.new)
        // Periods of which the same figures are new are read together.
        let periods = Dictionary(grouping: released.new, by: \.period).values.sorted { $0[0].period.lowerBound < $1[0].period.lowerBound }
        for alike in Dictionary(grouping: periods, by: { $0.map(\.figure.name) }).values {
            for share in Self.shares(alike[0]) { try make(alike.map { Array($0[share]) }, reader, &released) }
        }
        return released
    }

    /// Measures of one statement: databases take no more than a hundred or so.
    private static let measuresAtOnce = 60

    /// Which of the items of a period one statement reads.
    private static func shares(_ items: [ReleasePlan.Item]) -> [Range<Int>] {
        var (shares, measures) = ([Range<Int>](), 0)
        for (index, item) in items.enumerated() {
            measures += item.figure.measures.count
            if shares.isEmpty || measures > measuresAtOnce {
                shares.append(index..<index)
                measures = item.figure.measures.count
            }
            shares[shares.count - 1] = shares[shares.count - 1].lowerBound..<index + 1
        }
        return shares
    }

    private func request(_ figures: [CellFigure]) throws -> AggregateRequest {
        let (policy, zone) = (access.session.policy.figures, access.session.vault.zoneOffsets)
        var builder = ConditionBuilder(access: access, ofFigures: true)
        return AggregateRequest(
            groupBy: groupings, measures: figures.flatMap(\.measures), condition: try builder.condition(filter: plan.filter, since: nil, until: nil),
            bound: DailyBound(days: tree == nil ? policy.days : Int(DailyBound.period), labels: policy.labels, zone: zone))
    }

    /// - Parameter items: the same figures of each period.
    private func make(_ items: [[ReleasePlan.Item]], _ reader: StoreReader, _ released: inout Released) throws {
        let zone = access.session.vault.zoneOffsets
        let times = items.map { zone.start(of: $0[0].period.lowerBound)..<zone.start(of: $0[0].period.upperBound) }
        for (items, rows) in zip(items, try reader.groups(request(items[0].map(\.figure)), in: times)) { make(items, of: rows, &released) }
    }

    private func make(_ items: [ReleasePlan.Item], of rows: [AggregateRow], _ released: inout Released) {
        var position = 0
        for item in items {
            let width = item.figure.measures.count
            released.tables[item.digest] = CellTable(
                // A cell of nobody is none: the noise of no records would be the same in each period, and add up.
                cells: rows.filter { $0.records!.rows > 0 }.map { row in
                    let exact = item.figure.exact(row, row.measures[position..<position + width])
                    let parts = tree.map { [exact[0] + $0.draw(noise, cell: row.group, release: item.digest)] } ?? noise.noisy(item.figure, exact, of: row.records!)
                    return CellTable.Cell(key: row.group.map { CellTable.Key($0) }, parts: parts)
                })
            position += width
        }
    }

    /// The cells that are shown, in the order of the question's keys, each with its figures.
    func shown(_ released: Released, in query: AggregateQuery) throws -> [(key: [CellTable.Key], figures: [(value: Value, margin: Double?)])] {
        // Several may be read from one release.
        let asked = try query.measures.map { measure in
            let figure = try CellFigure(measure, access)
            return (figure: figure, place: plan.figures.firstIndex { $0.name == figure.name }!)
        }
        // Nil: the name of the part.
        let order = query.groupBy.map { key in plan.keys.firstIndex(of: key) }
        var rows: [(key: [CellTable.Key], figures: [(value: Value, margin: Double?)])] = []
        for (name, periods) in plan.parts {
            let sums = plan.figures.indices.map { summed(released, figure: $0, over: periods) }
            let count = plan.unit == .day ? 1 : periods.count
            let (threshold, noise) = (threshold(of: count), deviation(of: count))
            // There is a total whatever the number.
            for (cell, customers) in sums[0] where customers[0] >= threshold || tree != nil && cell.isEmpty {
                rows.append(
                    (
                        key: order.map { $0.map { cell[$0] } ?? .text(name ?? "") },
                        figures: asked.map { figure, place in sums[place][cell].map { figure.shown($0, noise: noise, least: threshold) } ?? (.null, nil) }
                    ))
            }
        }
        return rows.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }

    /// A figure's cells, added up over periods. A cell without records in a period has noise there as well; but each day is in one only.
    private func summed(_ released: Released, figure: Int, over periods: [Int]) -> [[CellTable.Key]: [Int64]] {
        let tables = periods.map { period in
            let digest = plan.items[period][figure].digest
            return (
                digest: released.former[digest] ?? digest,
                cells: Dictionary((released.tables[digest]?.cells ?? []).map { ($0.key, $0.parts) }, uniquingKeysWith: { first, _ in first })
            )
        }
        var sums: [[CellTable.Key]: [Int64]] = [:]
        // A tree's total is one of nobody, too.
        for cell in Set(tables.flatMap(\.cells.keys)).union(tree != nil && plan.keys.isEmpty ? [[]] : []) {
            for table in tables {
                let absent: () -> [Int64]? = {
                    if let tree { return [tree.draw(noise, cell: cell.map(\.stored), release: table.digest)] }
                    return plan.unit == .day ? nil : noise.absent(plan.figures[figure], cell: cell.map(\.stored), release: table.digest)
                }
                guard let parts = table.cells[cell] ?? absent() else { continue }
                sums[cell] = sums[cell].map { zip($0, parts).map(+) } ?? parts
            }
        }
        return sums
    }
}
