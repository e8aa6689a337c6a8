import Foundation
import RedactedAPI
import Testing
import VaultAPI
import Wire

@Suite("The contract of operations")
struct ContractTests {
    private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Sources/VaultAPI")

    @Test("every operation stands in a file of its name, and every such file in the list")
    func oneFileEach() throws {
        let files = try #require(FileManager.default.enumerator(at: Self.sources, includingPropertiesForKeys: nil)).compactMap { $0 as? URL }
        var declared: Set<String> = []
        for file in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            let names = text.matches(of: #/struct (\w+): VaultOperation/#).map { String($0.1) }
            #expect(names.isEmpty || names == [file.deletingPathExtension().lastPathComponent], "\(file.lastPathComponent)")
            declared.formUnion(names)
        }
        #expect(declared == Set(Operations.all.map { "\($0)" }))
        #expect(!declared.isEmpty)
    }

    @Test("no two operations share a name or a route, and each route's variables are members of its request", arguments: Operations.all.indices)
    func routes(index: Int) throws {
        let operation = Operations.all[index]
        #expect(Operations.all.count { $0.id == operation.id } == 1)
        #expect(Operations.all.count { $0.route == operation.route } == 1)
        func properties<O: VaultOperation>(_ type: O.Type) -> [Schema.Property] {
            guard case .object(let properties) = Schema(of: type, members: O.members) else { return [] }
            return properties
        }
        let members = properties(operation)
        for variable in operation.route.variables {
            #expect(members.contains { $0.name == variable && $0.isRequired }, "\(operation.id): \(variable)")
        }
    }

    @Test("each text of a request has a limit", arguments: Operations.all.indices)
    func limits(index: Int) throws {
        func unlimited(_ schema: Schema, _ place: String) -> [String] {
            switch schema {
            case .string(let length, _): length.upperBound > 100_000 ? [place] : []
            case .array(let item, let count): (count.upperBound > 10_000 ? [place] : []) + unlimited(item, place + "[]")
            case .object(let properties): properties.flatMap { unlimited($0.schema, "\(place).\($0.name)") }
            case .map(let item), .nullable(let item): unlimited(item, place)
            default: []
            }
        }
        func check<O: VaultOperation>(_ type: O.Type) -> [String] { unlimited(Schema(of: type, members: O.members), O.id) }
        #expect(check(Operations.all[index]) == [])
    }

    @Test("a request travels as it is")
    func requests() throws {
        let hold = HoldSubject(subject: "s_1", purpose: "p", reason: "r\"\u{1F600}", ends: Timestamp("2027-01-01"))
        let json = try JSON(encoding: hold)
        #expect(json == ["subject": "s_1", "purpose": "p", "reason": .string("r\"\u{1F600}"), "ends": "2027-01-01T00:00:00Z"])
        let back = try json.decoded(as: HoldSubject.self)
        #expect(back.subject == hold.subject && back.reason == hold.reason && back.ends == hold.ends)
        // What is not given is not there.
        #expect(try JSON(encoding: EraseSubject(subject: "s", purpose: "p", reason: "r")).object?.keys.sorted() == ["purpose", "reason", "subject"])
        let proposal = ProposeTask(title: "t", where: try Condition(parsing: "rating <= 2"), owner: "o", due: Timestamp(milliseconds: 0))
        #expect(try JSON(encoding: proposal)["where"] == "rating <= 2")
        #expect(throws: (any Error).self) { try JSON.object(["purpose": "p", "subject": 7]).decoded(as: ListHolds.self) }
        #expect(throws: (any Error).self) { try JSON.object(["purpose": "p"]).decoded(as: ListHolds.self) }
    }

    @Test("names of members are in snake case, names that are data stay; what is null is there")
    func names() throws {
        let reply = RunRetention.Reply(records: ["everything_old": 3, "camelCase": 1], customersErased: 2, ended: ["cases": 1], complete: true, notice: nil)
        #expect(try JSON(encoding: reply) == ["records": ["everything_old": 3, "camelCase": 1], "customers_erased": 2, "ended": ["cases": 1], "complete": true])
        let hold = SubjectHold(id: 7, ground: "g", setBy: "lin", set: Timestamp(milliseconds: 0), ends: nil, released: nil, isInForce: true)
        let json = try JSON(encoding: hold)
        #expect(json == ["number": 7, "ground": "g", "by": "lin", "set": "1970-01-01T00:00:00Z", "ends": .null, "released": .null, "in_force": true])
        #expect(try json.decoded(as: SubjectHold.self) == hold)
    }

    @Test("rows keep their types")
    func rows() throws {
        let rows = Rows(columns: ["a"], rows: [[.null, .text("x"), .integer(-3), .decimal(0.5), .boolean(false)]], nextCursor: "c")
        let back = try JSON(parsing: JSON(encoding: rows).bytes).decoded(as: Rows.self)
        #expect(back == rows)
    }

    @Test("the schema of a type says what its members are")
    func schemas() throws {
        func problem(_ text: String) throws -> String? {
            Schema(of: OpenCase.self, members: OpenCase.members).problem(of: try JSON(parsing: Array(text.utf8)))
        }
        #expect(try problem(#"{"kind":"erasure","subject":"s_123","purpose":"p"}"#) == nil)
        #expect(try problem(#"{"kind":"eraser","subject":"s_123","purpose":"p"}"#)?.contains("'kind' must be one of access") == true)
        #expect(try problem(#"{"kind":"erasure","purpose":"p"}"#) == "'subject' is missing")
        #expect(try problem(#"{"kind":"erasure","subject":"s_123","purpose":"p","more":1}"#)?.contains("may have only") == true)
        #expect(try problem(#"{"kind":"erasure","subject":"s_123","purpose":"p","note":""}"#)?.contains("'note' must have 1 to 2000") == true)
    }
}
