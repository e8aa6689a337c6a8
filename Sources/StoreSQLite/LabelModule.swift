import GRDB
import GRDBSQLite

/// Lets a statement read what a record has in a column of its codes as a table: `vault_labels(column, record)` has a row for each label, whose
/// column is `value`.
///
/// An eponymous table-valued function (sqlite.org/vtab.html §2.1.2). A list of labels as JSON for `json_each` would be written and parsed once a
/// record.
enum LabelModule {
    static let name = "vault_labels"
    private static let parameters = ["name", "record"]

    /// Where a statement is in the labels of a record.
    private final class Labels {
        let functions: CodeFunctions
        var texts: [String] = []
        var row = 0

        init(_ functions: CodeFunctions) { self.functions = functions }
    }

    private struct Table {
        var base: sqlite3_vtab
        var functions: Unmanaged<CodeFunctions>
    }

    private struct Cursor {
        var base: sqlite3_vtab_cursor
        var labels: Unmanaged<Labels>
    }

    /// What SQLite calls. It keeps the address.
    nonisolated(unsafe) private static let module: UnsafePointer<sqlite3_module> = {
        let module = UnsafeMutablePointer<sqlite3_module>.allocate(capacity: 1)
        module.initialize(to: sqlite3_module())
        module.pointee.xConnect = { db, functions, _, _, table, _ in connect(db, functions, table) }
        module.pointee.xDisconnect = { table in
            sqlite3_free(table)
            return SQLITE_OK
        }
        module.pointee.xBestIndex = { _, info in plan(info!) }
        module.pointee.xOpen = { table, cursor in open(table, cursor) }
        module.pointee.xClose = { cursor in
            UnsafeMutableRawPointer(cursor!).assumingMemoryBound(to: Cursor.self).pointee.labels.release()
            sqlite3_free(cursor)
            return SQLITE_OK
        }
        module.pointee.xFilter = { cursor, _, _, count, arguments in
            let labels = labels(cursor)
            labels.row = 0
            labels.texts = []
            return labels.functions.result { labels.texts = try labels.functions.texts(UnsafeBufferPointer(start: arguments, count: Int(count))) }
        }
        module.pointee.xNext = { cursor in
            labels(cursor).row += 1
            return SQLITE_OK
        }
        module.pointee.xEof = { cursor in
            let labels = labels(cursor)
            return labels.row < labels.texts.count ? 0 : 1
        }
        module.pointee.xColumn = { cursor, context, column in
            let labels = labels(cursor)
            if column == 0 { CodeFunctions.result(labels.texts[labels.row], context) }
            return SQLITE_OK
        }
        module.pointee.xRowid = { cursor, rowid in
            rowid!.pointee = sqlite3_int64(labels(cursor).row)
            return SQLITE_OK
        }
        return UnsafePointer(module)
    }()

    /// - Parameter functions: they live as long as the connection.
    static func register(_ functions: CodeFunctions, in db: GRDB.Database) throws {
        let code = sqlite3_create_module(db.sqliteConnection, name, module, Unmanaged.passUnretained(functions).toOpaque())
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    private static func labels(_ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> Labels {
        UnsafeMutableRawPointer(cursor!).assumingMemoryBound(to: Cursor.self).pointee.labels.takeUnretainedValue()
    }

    private static func connect(
        _ db: OpaquePointer?, _ functions: UnsafeMutableRawPointer?, _ result: UnsafeMutablePointer<UnsafeMutablePointer<sqlite3_vtab>?>?
    ) -> Int32 {
        let hidden = parameters.map { ", \($0) HIDDEN" }.joined()
        let code = sqlite3_declare_vtab(db, "CREATE TABLE x (value TEXT\(hidden))")
        guard code == SQLITE_OK else { return code }
        guard let memory = sqlite3_malloc(Int32(MemoryLayout<Table>.size)) else { return SQLITE_NOMEM }
        memory.bindMemory(to: Table.self, capacity: 1).initialize(to: Table(base: sqlite3_vtab(), functions: .fromOpaque(functions!)))
        result!.pointee = memory.assumingMemoryBound(to: sqlite3_vtab.self)
        return SQLITE_OK
    }

    /// All parameters must be known: the record is read first.
    private static func plan(_ info: UnsafeMutablePointer<sqlite3_index_info>) -> Int32 {
        var found = 0
        for index in 0..<Int(info.pointee.nConstraint) {
            let constraint = info.pointee.aConstraint[index]
            guard constraint.iColumn > 0, constraint.op == UInt8(SQLITE_INDEX_CONSTRAINT_EQ) else { continue }
            guard constraint.usable != 0 else { return SQLITE_CONSTRAINT }
            info.pointee.aConstraintUsage[index].argvIndex = constraint.iColumn
            info.pointee.aConstraintUsage[index].omit = 1
            found += 1
        }
        guard found == parameters.count else { return SQLITE_CONSTRAINT }
        info.pointee.estimatedCost = 1
        info.pointee.estimatedRows = 2
        return SQLITE_OK
    }

    private static func open(
        _ table: UnsafeMutablePointer<sqlite3_vtab>?, _ result: UnsafeMutablePointer<UnsafeMutablePointer<sqlite3_vtab_cursor>?>?
    ) -> Int32 {
        let functions = UnsafeMutableRawPointer(table!).assumingMemoryBound(to: Table.self).pointee.functions.takeUnretainedValue()
        guard let memory = sqlite3_malloc(Int32(MemoryLayout<Cursor>.size)) else { return SQLITE_NOMEM }
        memory.bindMemory(to: Cursor.self, capacity: 1).initialize(to: Cursor(base: sqlite3_vtab_cursor(), labels: .passRetained(Labels(functions))))
        result!.pointee = memory.assumingMemoryBound(to: sqlite3_vtab_cursor.self)
        return SQLITE_OK
    }
}
