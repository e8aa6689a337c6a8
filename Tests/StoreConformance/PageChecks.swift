import Store
import Testing

extension StoreCheck {
    static let pages = [paging]

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
            let numbers = try store.read { try $0.records(of: .all([]), at: newest.occurredAt, residual: nil) }
            #expect(try rows(.records(numbers), 100).allSatisfy { $0.occurredAt == newest.occurredAt })
            seen += numbers
            extent = .before(newest.occurredAt)
        }
        #expect(seen.count == 500 && Set(seen).count == 500)
    }
}
