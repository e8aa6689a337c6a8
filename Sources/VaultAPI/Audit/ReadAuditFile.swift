/// A file of the published log: checkpoint, or a tile (C2SP tlog-tiles).
public struct ReadAuditFile: VaultOperation {
    /// Such as checkpoint, tile/0/000, tile/entries/000.p/12.
    public var file: String

    public init(file: String) {
        self.file = file
    }

    public typealias Reply = Bytes

    public static var id: String { "getAuditFile" }
    public static let route = Route.get("/v1/audit/log/{file*}")
    public static let summary = "A file of the published log: checkpoint, or a tile (C2SP tlog-tiles)."
    public static let action: String? = "audit.read"
    public static let members: [String: Schema] = ["file": .text("such as checkpoint, tile/0/000, tile/entries/000.p/12", 1...100)]
    public static let effort = Effort.long
    public static let form = ReplyForm.bytes("application/octet-stream", about: "the file")
    public static let statuses = [404]
}
