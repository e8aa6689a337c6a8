import RedactedAPI

/// Stores a module's labels for records: all of them or none.
public struct Annotate: VaultOperation {
    public var purpose: String
    /// 1 to 1000.
    public var annotations: [Annotation]

    public init(purpose: String, annotations: [Annotation]) {
        (self.purpose, self.annotations) = (purpose, annotations)
    }

    public struct Reply: Codable, Sendable, Equatable {
        public var records: Int

        package init(records: Int) { self.records = records }
    }

    /// What is wrong with one annotation, by its position in the request and the member.
    package static func slip(in position: Int, _ member: String, _ reason: String) -> String { "'annotations[\(position)].\(member)': \(reason)" }

    /// The same for whoever reads annotations as lines.
    ///
    /// - Parameters:
    ///   - message: of a refusal.
    ///   - lines: on which line each annotation of the request stands.
    /// - Returns: nil where the refusal is not about one annotation.
    public static func slip(_ message: String, onLine lines: [Int]) -> String? {
        let head = "'annotations["
        guard message.hasPrefix(head), let end = message.firstIndex(of: "]"), let position = Int(message.dropFirst(head.count).prefix(upTo: end)), lines.indices.contains(position)
        else { return nil }
        return "line \(lines[position]): '\(message[message.index(end, offsetBy: 2)...])"
    }

    /// What one annotation must be, as the API documents it.
    package static let item = Schema(of: Annotation.self, members: Members.annotation)

    public static let route = Route.post("/v1/annotations")
    public static let summary = "Stores a module's labels for records: all or none."
    public static let action: String? = "annotate"
    public static let members: [String: Schema] = [
        "purpose": Members.purpose,
        "annotations": .array(item, count: 1...1000),
    ]
    public static let statuses = [404]
}
