import Foundation
import VaultAPI

/// Why the server did not do what was asked.
public enum VaultClientError: Error, Sendable, Equatable {
    /// The server's own words (RFC 9457): the stable name of the problem, the status, and a text for people.
    case problem(name: String, status: Int, detail: String)
    case unreachable(String)
    /// The answer ended before its end.
    case brokenOff(String)
    case invalid(String)

    init(status: Int, document: Data) {
        struct Document: Decodable {
            var type: String
            var detail: String
        }
        let document = try? JSONDecoder().decode(Document.self, from: document)
        let name = document?.type.split(separator: ":").last.map(String.init) ?? "unknown"
        self = .problem(name: name, status: status, detail: document?.detail ?? "the server answered \(status)")
    }
}

extension VaultClientError {
    /// What the server named; nil where none answered, or a newer one has another name for it.
    public var failure: Failure? { if case .problem(let name, _, _) = self { Failure(rawValue: name) } else { nil } }
}

extension VaultClientError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .problem(_, _, let detail): detail
        case .unreachable(let server): "\(server) cannot be reached"
        case .brokenOff(let server): "\(server) broke off its answer: look whether it was done before asking again"
        case .invalid(let message): message
        }
    }
}
