import Store
import Testing

extension StoreCheck {
    static let pages = [paging, failingSearch]

    private static let failingSearch = StoreCheck("what a search throws comes out as it was thrown, and the next search works") { place in
        struct Stop: Error {}
        let store = try place.create()
        _ = try store.write { try $0.insertRecords((1...20).map { NewRecord(number: $0, body: [UInt8($0)]) }, columns: []) }
        let condition = StoredCondition.all([.residual(0), .compare(column: "channel", .equal, .text("c"))])
        let failing: Residual = { _, row in
            if row.body == [7] { throw Stop() }
            return false
        }
        let figures = [[], [AggregateRequest.Grouping.column("channel")]].map { AggregateRequest(groupBy: $0, measures: [.init(.count)], condition: condition) }
        let questions: [(StoreReader, @escaping Residual) throws -> Int] = [
            { try $0.places(of: condition, .within(5..<6), limit: 1_000_000, residual: $1).count },
            { try $0.subjects(of: condition, limit: 3, residual: $1) },
            { try $0.groups(figures[0], residual: $1).count },
            { try $0.groups(figures[1], residual: $1).count },
            { reader, residual in
                var count = 0
                try reader.page(PageRequest(columns: [], condition: condition, extent: .all, limit: 50, sealed: false), residual: residual, chunk: 5) { count += $0.count }
                return count
            },
        ]
        for ask in questions {
            #expect(throws: Stop.self) { try store.read { try ask($0, failing) } }
            #expect(try store.read { try ask($0) { _, row in row.body == [7] } } == 1)
        }
    }

    private static let paging = StoreCheck("pages go through all records once, whatever times they share") { place in
        let store = try place.create()
        _ = try store.write { writer in
            try writer.insertRecords((1...500).map { NewRecord(number: $0, at: $0 / 50) }, columns: [])
        }
        func rows(_ extent: PageRequest.Extent, _ limit: Int) throws -> [PageRow] {
            var rows: [PageRow] = []
            let request = PageRequest(columns: ["channel"], condition: .all([]), extent: extent, limit: limit, sealed: false)
            try store.read { try $0.page(request, residual: nil, chunk: 10) { rows += $0 } }
            return rows
        }
        #expect(try rows(.all, 500).map(\.occurredAt) == (1...500).map { $0 / 50 }.reversed())
        var seen: [Int64] = []
        var extent = PageRequest.Extent.all
        while let newest = try rows(extent, 1).first {
            let numbers = try store.read { try $0.places(of: .all([]), .within(newest.occurredAt..<newest.occurredAt + 1), limit: 1_000_000, residual: nil).map(\.record) }
            #expect(try rows(.records(numbers), 100).allSatisfy { $0.occurredAt == newest.occurredAt })
            seen += numbers
            extent = .before(newest.occurredAt)
        }
        #expect(seen.count == 500 && Set(seen).count == 500)
    }
}
