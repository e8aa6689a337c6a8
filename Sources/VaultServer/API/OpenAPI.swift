import HTTPTypes
import VaultAPI
import Wire

/// The OpenAPI 3.1 document, written from the table of endpoints.
enum OpenAPI {
    static func document(_ endpoints: [Endpoint], version: String) -> JSON {
        var paths: [String: [String: JSON]] = [:]
        for endpoint in endpoints { paths[endpoint.path, default: [:]][endpoint.method.rawValue.lowercased()] = endpoint.operation }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "VoC Vault", "version": .string(version),
                "description": """
                    An encrypted vault for what customers say. Every response that carries data carries its audit receipt: in the member \
                    receipt, and in the headers Vault-Audit-Entry and Vault-Audit-Checkpoint (the signed note in base64). Errors are \
                    application/problem+json (RFC 9457).
                    """,
            ],
            "servers": [["url": "/"]],
            "security": [["bearer": []]],
            "paths": .object(paths.mapValues { .object($0) }),
            "components": [
                "securitySchemes": ["bearer": ["type": "http", "scheme": "bearer", "description": "a token of the vault, or an identity token (JWT)"]],
                "schemas": .object(Components.schemas.mapValues(\.document)),
                "responses": [
                    "Problem": [
                        "description": "what went wrong", "content": ["application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]],
                    ]
                ],
            ],
        ]
    }
}

extension Endpoint {
    fileprivate var operation: JSON {
        var members: [String: JSON] = ["operationId": .string(id), "summary": .string(summary), "responses": .object(responses)]
        if let action { members["description"] = .string("The policy must allow `\(action)`.") }
        let parameters = variables.map { $0.document(in: "path") } + query.map { $0.document(in: "query") }
        if !parameters.isEmpty { members["parameters"] = .array(parameters) }
        switch content {
        case .none: break
        case .json(let schema): members["requestBody"] = ["required": true, "content": ["application/json": ["schema": schema.document]]]
        case .stream(let types, let about):
            let content = types.map { ($0, JSON.object(["schema": ["type": "string"]])) }
            members["requestBody"] = ["required": true, "description": .string(about), "content": .object(Dictionary(uniqueKeysWithValues: content))]
        }
        return .object(members)
    }

    private var responses: [String: JSON] {
        let problem: JSON = ["$ref": "#/components/responses/Problem"]
        let usual: [HTTPResponse.Status] = [.badRequest, .unauthorized, .forbidden, .conflict, .tooManyRequests, .serviceUnavailable]
        var responses = Dictionary(uniqueKeysWithValues: Set(usual + statuses).map { (String($0.code), problem) })
        if case .json = content {
            for status: HTTPResponse.Status in [.contentTooLarge, .unsupportedMediaType, .requestTimeout] { responses[String(status.code)] = problem }
        }
        let text: JSON = ["schema": ["type": "string"]]
        switch reply {
        case .json(let schema): responses["200"] = ["description": "done", "content": ["application/json": ["schema": schema.document]]]
        case .rows(let schema):
            responses["200"] = [
                "description": "rows", "content": ["application/json": ["schema": schema.document], "application/x-ndjson": text, "text/csv": text],
            ]
        case .text(let type, let about), .bytes(let type, let about):
            responses["200"] = ["description": .string(about), "content": [String(type.split(separator: ";")[0]): text]]
        }
        return responses
    }
}

extension Endpoint.Parameter {
    fileprivate func document(in place: String) -> JSON {
        var members: [String: JSON] = ["name": .string(name), "in": .string(place), "required": .boolean(isRequired), "schema": schema.document]
        // A list is one parameter, with commas between its items.
        if case .array = schema { members["explode"] = false }
        return .object(members)
    }
}
