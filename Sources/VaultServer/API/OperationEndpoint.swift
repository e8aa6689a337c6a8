import HTTPTypes
import Hummingbird
import NIOCore
import RedactedAPI
import VaultAPI
import VoCVault
import Wire

extension Endpoint {
    /// The endpoint of an operation, with the server's additions to some of them.
    static func of(_ operation: any VaultOperation.Type) -> Endpoint {
        switch operation {
        case is QueryPage.Type: return QueryEndpoints.query
        case is AggregateRows.Type: return QueryEndpoints.aggregate
        case is Examine.Type:
            return Endpoint(
                Examine.self,
                perform: { _, session, services in
                    Examine.Reply(findings: try session.examine(beside: [services.certificates?.finding].compactMap { $0 }))
                })
        default:
            guard let performed = operation as? any PerformedOperation.Type else { preconditionFailure("nobody performs \(operation)") }
            func endpoint<O: PerformedOperation>(_ operation: O.Type) -> Endpoint { Endpoint(operation) }
            return endpoint(performed)
        }
    }

    /// The endpoint of an operation. Its route, the checks of a request and the OpenAPI document all come from the operation's
    /// type.
    ///
    /// - Parameters:
    ///   - repeated: answers a request that was answered before.
    ///   - perform: replaces the session's `perform`, if the server has something to add.
    init<O: PerformedOperation>(
        _ operation: O.Type, repeated: (@Sendable (RepeatedCall) async throws -> Response?)? = nil,
        perform: @escaping @Sendable (O, Session, VaultServices) throws -> O.Reply = { operation, session, _ in try session.perform(operation).reply }
    ) {
        self.init(operation, repeated: repeated) { call in
            let asked = try call.operation(O.self)
            let server = call.server
            let reply = try await call.work(O.effort.work) { try perform(asked, $0, server) }
            return try await call.reply(to: O.self, reply)
        }
    }

    /// The same, with a special answer.
    init<O: VaultOperation>(
        _ operation: O.Type, repeated: (@Sendable (RepeatedCall) async throws -> Response?)? = nil,
        handle: @escaping @Sendable (Call) async throws -> Response
    ) {
        guard case .object(let properties) = Schema(of: O.self, members: O.members) else { preconditionFailure("a request is an object") }
        let variables = O.route.variables
        func parameter(_ property: Schema.Property) -> Parameter { Parameter(name: property.name, schema: property.schema, isRequired: property.isRequired) }
        let others = properties.filter { !variables.contains($0.name) }
        let hasBody = O.route.method == .post
        self.init(
            method: HTTPRequest.Method(O.route.method.rawValue)!, path: O.route.path.replacing("*}", with: "}"), id: O.id, summary: O.summary, action: O.action,
            variables: variables.map { name in parameter(properties.first { $0.name == name }!) }, takesRest: O.route.parts.contains(where: \.takesRest),
            query: hasBody ? [] : others.map(parameter), content: hasBody ? .json(.object(others)) : .none, reply: Self.reply(of: O.self),
            statuses: O.statuses.map { HTTPResponse.Status(code: $0) }, repeated: repeated, handle: handle)
    }

    private static func reply<O: VaultOperation>(of operation: O.Type) -> Reply {
        func receipted() -> Schema {
            guard case .object(let properties) = Schema(of: O.Reply.self) else { preconditionFailure("a reply is an object") }
            return .object(properties + (O.action == nil ? [] : [.required("receipt", .reference("Receipt"))]))
        }
        return switch O.form {
        case .json: .json(receipted())
        case .rows: .rows(receipted())
        case .written(let schema): .json(schema)
        case .text(let type, let about): .text(type, about: about)
        case .bytes(let type, let about, _): .bytes(type, about: about)
        }
    }
}

extension Call {
    /// The requested operation, whose members have been checked.
    func operation<O: VaultOperation>(_ type: O.Type) throws -> O {
        let members = values.merging(content.object ?? [:]) { $1 }
        return try JSON.object(members).decoded(as: type)
    }

    func reply<O: VaultOperation>(to operation: O.Type, _ reply: O.Reply) async throws -> Response {
        switch O.form {
        case .json, .rows:
            let members = try JSON(encoding: reply).object ?? [:]
            guard O.action != nil else {
                return Response(
                    status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSON.object(members).bytes)))
            }
            return try await self.reply(members)
        case .written: return try await self.reply("application/json", ResponseBody(byteBuffer: ByteBuffer(string: reply as! String)))
        case .text(let type, _): return try await self.reply(type, ResponseBody(byteBuffer: ByteBuffer(string: reply as! String)))
        case .bytes(let type, _, let file):
            var headers: HTTPFields = file.map { [.contentDisposition: "attachment; filename=\"\($0)\""] } ?? [:]
            let bytes = reply as! Bytes
            if let searched = bytes.searched { headers[HTTPField.Name(Bytes.searchedHeader)!] = String(decoding: try JSON(encoding: searched).bytes, as: UTF8.self) }
            return try await self.reply(type, ResponseBody(byteBuffer: ByteBuffer(bytes: bytes.content)), headers: headers)
        }
    }
}

extension Effort {
    var work: Work {
        switch self {
        case .short: .short
        case .long: .long
        case .rights: .rights
        }
    }
}
