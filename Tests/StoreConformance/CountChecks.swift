import Foundation
import Store
import Testing

extension StoreCheck {
    static let counts = [counted]

    private static let counted = StoreCheck("what a writer knows is what the database has, whichever process wrote it and whatever failed") { place in
        struct Failure: Error {}
        let stores = [try place.create(), try place.open()]
        var random = SystemRandomNumberGenerator()
        let people = ["lin", "wu", "chen"]
        var tallies = Dictionary(uniqueKeysWithValues: people.map { ($0, Tally()) })
        let hash = [UInt8](repeating: 9, count: 32)
        try stores[0].write { try $0.addToken(TokenRow(id: "t", principal: "lin", role: "r", scope: nil, createdAt: 1, expiresAt: nil), hash: hash) }
        var isRevoked = false
        var minute: Int64 = 20_000 * 1440
        for step in 0..<250 {
            let store = stores.randomElement(using: &random)!
            let person = people.randomElement(using: &random)!
            let (action, isDenied) = (["query", "reveal"].randomElement(using: &random)!, Bool.random(using: &random))
            let (rows, now) = (Int64.random(in: 0...20, using: &random), minute)
            @Sendable func count(_ writer: StoreWriter) {
                writer.countActivity(principal: person, action: action, isDenied: isDenied, rows: rows, minute: now, day: now / 1440)
                writer.addUsage(principal: person, day: "d", quota: action, amount: 2)
            }
            func note() {
                tallies[person]!.requests.append((now, action, isDenied, rows))
                tallies[person]!.used[action, default: 0] += 2
            }
            switch Int.random(in: 0...9, using: &random) {
            case 0:
                #expect(throws: Failure.self) {
                    try store.write {
                        count($0); throw Failure()
                    }
                }
            case 1:
                // Some share a transaction, and of these some fail.
                store.writeTogether(6) { index, writer in
                    count(writer)
                    if index % 3 == 0 { throw Failure() }
                } done: { _, _ in
                }
                for _ in 0..<4 { note() }
            case 2: minute += Int64.random(in: 1...3000, using: &random)
            default:
                try store.write { count($0) }
                note()
            }
            if step == 200 {
                _ = try stores[1].write { try $0.revokeToken(id: "t", at: 5) }
                #expect(try stores[1].write { try $0.token(hash: hash)?.revokedAt } == 5)
                isRevoked = true
            }
            for store in stores {
                try store.write { writer in
                    for person in people {
                        let tally = tallies[person]!
                        for window in [ActivityWindow(principal: person, actions: [], deniedOnly: false), .init(principal: person, actions: ["reveal"], deniedOnly: true)] {
                            #expect(try writer.times(window, sinceMinute: minute - 9) == tally.times(window, sinceMinute: minute - 9))
                            let (day, found) = (minute / 1440, try writer.rows(window, from: minute / 1440 - 3, to: minute / 1440 + 1))
                            #expect(found == tally.rows(window, from: day - 3, to: day + 1), "step \(step)")
                        }
                        let last = tally.requests.map { $0.minute / 1440 }.filter { $0 < minute / 1440 }.max()
                        #expect(try writer.lastActiveDay(of: person, before: minute / 1440) == last, "step \(step)")
                        #expect(try writer.usage(principal: person, day: "d", quota: "query") == tally.used["query", default: 0])
                    }
                    #expect(try (writer.token(hash: hash)?.revokedAt != nil) == isRevoked)
                }
            }
        }
    }
}

/// What was counted of a principal, worked out the plain way.
private struct Tally {
    var requests: [(minute: Int64, action: String, isDenied: Bool, rows: Int64)] = []
    var used: [String: Int] = [:]

    func times(_ window: ActivityWindow, sinceMinute minute: Int64) -> Int { requests(window).count { $0.minute >= minute } }

    func rows(_ window: ActivityWindow, from first: Int64, to end: Int64) -> (rows: Int64, days: Int) {
        let found = requests(window).filter { (first..<end).contains($0.minute / 1440) }
        return (found.reduce(0) { $0 + $1.rows }, Set(found.map { $0.minute / 1440 }).count)
    }

    private func requests(_ window: ActivityWindow) -> [(minute: Int64, action: String, isDenied: Bool, rows: Int64)] {
        requests.filter { (window.actions.isEmpty || window.actions.contains($0.action)) && ($0.isDenied || !window.deniedOnly) }
    }
}
