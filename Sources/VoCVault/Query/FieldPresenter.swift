import Policy
import RedactedAPI
import Sealing
import Store
import Synchronization
import Wire

/// A row as it is shown, or the number of a record that is not as the vault left it.
enum PresentedRow: Sendable {
    case shown([Value])
    case altered(Int64)
}

/// Turns stored rows into what one grant shows of them: pseudonyms, generalized values, masks and redacted text. Opens only the
/// compartments that the treatments need.
final class FieldPresenter {
    private enum Source {
        case suppressed
        case recordPseudonym
        /// With the column that says who its head is.
        case subjectPseudonym(Int)
        /// Position among the requested store columns.
        case column(Int, FieldSchema.Kind?)
        /// A column of codes.
        case code(String)
        case time(Int)
        /// With the positions of the detector's version and of what retention removed.
        case redactedText(version: Int, purged: Int)
        /// Likewise.
        case aspectPlaces(version: Int, purged: Int)
        case masked(name: String, Compartment, Mask)
        case valuePseudonym(name: String, Compartment, Normalizer)
    }

    private let vault: Vault
    private let pseudonyms: Pseudonyms
    /// Only if a value's pseudonym is shown.
    private var valuePseudonyms: ValuePseudonyms?
    private let opener: RecordOpener
    private let check: RecordCheck?
    private var sources: [Source] = []
    private var times: ShownTimes
    private let showsText: Bool
    /// The store's columns that it needs.
    private(set) var columns: [String] = []
    /// Whether sealed bodies, or sealed codes, are needed.
    private(set) var (needsSealed, needsCodes) = (false, false)

    init(access: Access, fields: [String]) throws {
        (vault, times) = (access.session.vault, access.shownTimes)
        showsText = access.treatment(BuiltinField.text.rawValue) == .mask
        pseudonyms = try access.session.pseudonyms(access.purpose)
        opener = try RecordOpener(vault: vault)
        check = vault.store.recordCheck
        for field in fields {
            let source = try source(of: field, access.treatment(field))
            if case .valuePseudonym = source, valuePseudonyms == nil {
                valuePseudonyms = try ValuePseudonyms(key: vault.keyring.key(.valuePseudonym(purpose: access.purpose), now: vault.clock()).secret)
            }
            sources.append(source)
        }
    }

    private func source(of field: String, _ treatment: Treatment) throws -> Source {
        if treatment == .suppress { return .suppressed }
        switch (BuiltinField(rawValue: field), treatment) {
        case (.record?, .pseudonym): return .recordPseudonym
        case (.subject?, .pseudonym): return .subjectPseudonym(column("person"))
        case (.occurred_at?, .reveal), (.received_at?, .reveal): return .time(column(field))
        case (.source?, .reveal), (.channel?, .reveal): return .column(column(field), nil)
        case (let builtin?, .reveal) where builtin.isAnnotation:
            needsCodes = true
            return .code(field)
        case (.text?, .mask):
            needsSealed = true
            return .redactedText(version: column("redaction_version"), purged: column("purged"))
        case (.aspect_places?, .reveal):
            guard showsText else { throw VaultError.invalid("'aspect_places' are in the redacted text, which the policy does not show with them") }
            (needsSealed, needsCodes) = (true, true)
            return .aspectPlaces(version: column("redaction_version"), purged: column("purged"))
        default: break
        }
        if treatment == .reveal, vault.layout.modules.contains(field) {
            needsCodes = true
            return .code(CodedColumn.own + field)
        }
        guard let schema = vault.policy.field(field) else { throw cannotShow(field, treatment) }
        switch treatment {
        case .reveal where !schema.isSealed: return .column(column("a_\(field)"), schema.kind)
        case .generalize:
            needsCodes = true
            return .code(CodedColumn.coarse + field)
        case .mask:
            guard let mask = schema.mask else { throw cannotShow(field, treatment) }
            needsSealed = true
            return .masked(name: field, Compartment(schema.fieldClass), mask)
        case .pseudonym where schema.isSealed:
            needsSealed = true
            return .valuePseudonym(name: field, Compartment(schema.fieldClass), schema.normalizer)
        default: throw cannotShow(field, treatment)
        }
    }

    private func cannotShow(_ field: String, _ treatment: Treatment) -> VaultError {
        .invalid("field '\(field)' cannot be shown as \(treatment.rawValue) in a query")
    }

    private func column(_ name: String) -> Int {
        if let index = columns.firstIndex(of: name) { return index }
        columns.append(name)
        return columns.count - 1
    }

    func present(_ row: PageRow) throws -> PresentedRow {
        if let check, try !check.isGenuine(row) { return .altered(row.id) }
        do {
            return .shown(try shown(row))
        } catch VaultError.integrity {
            return .altered(row.id)
        }
    }

    /// Whoever is one person with others goes by one pseudonym.
    private static func head(_ row: PageRow, _ person: Int) -> Int64 {
        if case .integer(let head) = row.values[row.values.startIndex + person] { head } else { row.subject }
    }

    private func shown(_ row: PageRow) throws -> [Value] {
        let record = needsSealed
            ? try opener.open(body: row.body, key: row.key, subject: row.subject, record: row.uid) : nil
        let codes = needsCodes ? try opener.codes(row.codes, key: row.key, subject: row.subject, record: row.uid, isLoaded: record != nil) : nil
        return try sources.map { source in
            switch source {
            case .suppressed: .null
            case .recordPseudonym: .text(try pseudonyms.name(.record, row.id))
            case .subjectPseudonym(let person): .text(try pseudonyms.name(.subject, Self.head(row, person)))
            case .column(let index, let kind): Self.value(row.values[row.values.startIndex + index], kind)
            case .code(let column):
                codes.map { $0.texts(of: column) }.flatMap { $0.isEmpty ? nil : .text($0.joined(separator: " ")) } ?? .null
            case .time(let index):
                if case .integer(let time) = row.values[row.values.startIndex + index] { times.value(time) } else { .null }
            case .redactedText(let version, let purged):
                try record?.redactedText(by: integer(version, of: row), purged: integer(purged, of: row), in: vault).map { .text($0) } ?? .null
            case .aspectPlaces(let version, let purged):
                try record?.redactedText(by: integer(version, of: row), purged: integer(purged, of: row), in: vault).flatMap { text in
                    let places = codes?.places(in: text, edition: vault.detector.edition) ?? []
                    return places.isEmpty ? nil : .text(places.map(\.description).joined(separator: "; "))
                } ?? .null
            case .masked(let name, let compartment, let mask):
                try record?.text(compartment, name).map { .text(mask.apply(to: $0)) } ?? .null
            case .valuePseudonym(let name, let compartment, let normalizer):
                try record?.text(compartment, name).flatMap { try valuePseudonyms?.name($0, of: name, normalizer) }.map { .text($0) } ?? .null
            }
        }
    }

    private func integer(_ column: Int, of row: PageRow) -> Int {
        if case .integer(let integer) = row.values[row.values.startIndex + column] { Int(integer) } else { 0 }
    }

    static func value(_ stored: StoredValue, _ kind: FieldSchema.Kind?) -> Value {
        switch stored {
        case .null: .null
        case .integer(let value): kind == .boolean ? .boolean(value != 0) : .integer(value)
        case .real(let value): .decimal(value)
        case .text(let value): .text(value)
        }
    }
}

/// The presenters of one page, one for each worker: each has keys and ciphers to set up.
final class PresenterPool: Sendable {
    private let access: Access
    private let fields: [String]
    private let idle: Mutex<[FieldPresenter]>

    init(access: Access, fields: [String]) {
        (self.access, self.fields) = (access, fields)
        idle = Mutex([])
    }

    func present(_ rows: [PageRow]) throws -> [PresentedRow] {
        let worker = try take()
        defer { give(worker) }
        return try rows.map(worker.present)
    }

    private func take() throws -> FieldPresenter {
        if let worker = idle.withLock({ Lent($0.popLast()) }).presenter { return worker }
        return try FieldPresenter(access: access, fields: fields)
    }

    private func give(_ worker: FieldPresenter) {
        let lent = Lent(worker)
        idle.withLock { $0.append(lent.presenter!) }
    }

    /// Sendable: a presenter is either in the pool or with one worker.
    private struct Lent: @unchecked Sendable {
        let presenter: FieldPresenter?

        init(_ presenter: FieldPresenter?) { self.presenter = presenter }
    }
}

extension Mask {
    /// Keeps the first and last characters. A value too short to keep any is covered completely.
    func apply(to text: String) -> String {
        let characters = Array(text)
        let kept = keepFirst + keepLast
        guard characters.count > kept else { return String(repeating: "*", count: characters.count) }
        let covered = String(repeating: "*", count: characters.count - kept)
        return String(characters.prefix(keepFirst)) + covered + String(characters.suffix(keepLast))
    }
}
