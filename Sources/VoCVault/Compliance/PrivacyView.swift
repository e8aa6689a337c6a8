import Policy
import RedactedAPI
import Store

/// What rows of a grant show that could tell customers apart.
struct PrivacyView {
    private let grant: Grant
    private let vault: Vault
    /// Fields with their columns in the store.
    private let fields: [(field: String, column: String)]
    private let sensitive: (field: String, column: String)?
    private let showsTime: Bool

    private static let time = BuiltinField.occurred_at.rawValue

    init(_ grant: Grant, fields wanted: [String]?, sensitive: String?, in vault: Vault) throws {
        (self.grant, self.vault) = (grant, vault)
        let showsText = grant.fields[BuiltinField.text.rawValue].map { $0 > .suppress } ?? false
        let shown = grant.fields.keys.sorted().compactMap { field -> (field: String, column: String)? in
            let builtin = BuiltinField(rawValue: field)
            guard builtin?.isTime != true, builtin != .coding, !(showsText && (builtin?.isAnnotation == true || vault.layout.modules.contains(field))) else { return nil }
            return vault.layout.column(field, grant.fields[field]!).map { (field, $0) }
        }
        fields =
            try wanted?.filter { $0 != Self.time }.map { field in
                guard let column = shown.first(where: { $0.field == field }) else { throw VaultError.invalid("rows of this role do not show '\(field)' as a value") }
                return column
            } ?? shown
        showsTime = wanted?.contains(Self.time) ?? true
        self.sensitive = try sensitive.map { field in
            guard let column = vault.layout.column(field, grant.fields[field] ?? .deny) else { throw VaultError.invalid("the role does not see '\(field)' in groups") }
            return (field, column)
        }
    }

    func report(_ condition: StoredCondition, wanted: Int, size: Int, _ reader: StoreReader, _ progress: (Int, Int) -> Void) throws -> PrivacyReport {
        var data = try PrivacyData(self.fields + (sensitive.map { [$0] } ?? []), condition, vault, reader, progress)
        let variety = sensitive.map { _ in data.columns.removeLast() }
        let forms =
            data.columns.map { [PrivacyProposal.Form(name: "as it is", column: $0, loss: 0), PrivacyProposal.Form(name: "suppress", column: nil, loss: 1)] }
            + (showsTime ? [times(data)] : [])
        let table = data.table
        var combinations: [[PrivacyTable.Column]] = [[]]
        for form in forms { combinations += combinations.filter { $0.count < size }.map { $0 + [form[0].column!] } }
        let asked = combinations.dropFirst()
        var (risks, exposed): ([PrivacyRisk], Set<Int32>) = ([], [])
        for (number, combination) in asked.enumerated() {
            progress(number, asked.count)
            let (risk, small) = table.risk(of: combination, wanted: wanted, variety)
            exposed.formUnion(small)
            if risk.groups > 0 { risks.append(risk) }
        }
        let k = risks.map(\.k).min()
        var report = PrivacyReport(risks: risks, k: k, customers: table.customers, exposed: exposed.count, proposal: [])
        if let k, k < wanted { report.proposal = proposal(forms, wanted, size, table) }
        return report
    }

    private func proposal(_ forms: [[PrivacyProposal.Form]], _ wanted: Int, _ size: Int, _ table: PrivacyTable) -> [PrivacyChange]? {
        var search = PrivacyProposal(forms, wanted: wanted, size: size) { columns in
            let groups = table.groups(of: columns, nil).customers
            return Int(groups.min() ?? .max)
        }
        return search.solve()?.filter { $0.form.name != $0.field[0].name }
            .map { PrivacyChange(field: $0.field[0].column!.field, form: $0.form.name, loss: $0.form.loss) }.sorted { $0.field < $1.field }
    }

    /// The present unit of time, and coarser ones. Whoever may ask can ask about times, so that they cannot be left out.
    private func times(_ data: PrivacyData) -> [PrivacyProposal.Form] {
        let precisions = TimePrecision.allCases.filter { $0 >= grant.times }
        let columns = precisions.map { data.times(as: $0, field: Self.time, in: vault) }
        let entropies = columns.map(\.entropy)
        return precisions.indices.map { index in
            PrivacyProposal.Form(
                name: precisions[index].rawValue, column: columns[index], loss: entropies[0] == 0 ? 0 : max(0, 1 - entropies[index] / entropies[0]))
        }
    }
}

/// All records that rows show, read once.
struct PrivacyData {
    var table = PrivacyTable()
    var columns: [PrivacyTable.Column]
    private var moments: [Int64] = []
    private static let chunk = 1000

    init(_ fields: [(field: String, column: String)], _ condition: StoredCondition, _ vault: Vault, _ reader: StoreReader, _ progress: (Int, Int) -> Void) throws {
        columns = fields.map { PrivacyTable.Column($0.field) }
        let plain = fields.map(\.column).filter { !CodedColumn.isOne($0) }
        let isCoded = plain.count < fields.count
        let request = PageRequest(
            columns: ["person", "unattributed"] + plain, condition: condition, extent: .all, limit: .max, sealed: false, codes: isCoded, isVouched: false)
        let opener = try RecordOpener(vault: vault)
        let all = try reader.recordCount()
        try reader.page(request, residual: nil, chunk: Self.chunk) { rows in
            for row in rows {
                let values = Array(row.values)
                // What comes from nobody in particular makes no group larger.
                guard values[1] == .null else { continue }
                table.append(customer: Self.customer(values[0]) ?? row.subject)
                moments.append(row.occurredAt)
                let codes = try isCoded ? opener.codes(row.codes, key: row.key, subject: row.subject, record: row.uid) : nil
                var next = 2
                for (index, field) in fields.enumerated() {
                    if CodedColumn.isOne(field.column) {
                        let texts = codes?.texts(of: field.column) ?? []
                        columns[index].append(texts.isEmpty ? nil : .text(texts.joined(separator: " ")))
                    } else {
                        columns[index].append(values[next])
                        next += 1
                    }
                }
            }
            progress(moments.count, max(all, moments.count))
        }
    }

    private static func customer(_ value: StoredValue) -> Int64? { if case .integer(let head) = value { head } else { nil } }

    func times(as precision: TimePrecision, field: String, in vault: Vault) -> PrivacyTable.Column {
        var (times, column) = (ShownTimes(precision, in: vault.timeZone), PrivacyTable.Column(field))
        for moment in moments { column.append(.integer(times.unit(of: moment).start)) }
        return column
    }
}

extension PrivacyTable {
    func groups(of columns: [Column], _ variety: Column?) -> Groups {
        let (cells, count) = cells(of: columns)
        return groups(cells, count: count, sensitive: variety)
    }

    private func cells(of columns: [Column]) -> (cells: [Int32], count: Int) {
        var found: (cells: [Int32], count: Int)?
        for column in columns { found = cells(found?.cells, column) }
        return found ?? ([], 0)
    }

    /// - Returns: also the customers in groups smaller than wanted.
    func risk(of columns: [Column], wanted: Int, _ variety: Column?) -> (PrivacyRisk, exposed: Set<Int32>) {
        let (cells, count) = cells(of: columns)
        let groups = groups(cells, count: count, sensitive: variety)
        let sizes = groups.customers.map(Int.init)
        let customers = sizes.reduce(0, +)
        let smallest = sizes.min() ?? 0
        let risk = PrivacyRisk(
            fields: columns.map(\.field), groups: sizes.count, customers: customers, k: smallest,
            exposed: sizes.filter { $0 < wanted }.reduce(0, +), l: variety == nil ? nil : groups.variety.min().map(Int.init),
            prosecutorRisk: smallest == 0 ? 0 : 1 / Double(smallest), marketerRisk: customers == 0 ? 0 : Double(sizes.count) / Double(customers))
        return (risk, smallest < wanted ? members(of: Set(sizes.indices.filter { sizes[$0] < wanted }.map { Int32($0) }), cells) : [])
    }
}
