/// Health, integrity, permissions, disk, clock, age of keys and backups, and what to do.
public struct Examine: VaultOperation {
    public init() {}

    public struct Reply: Codable, Sendable, Equatable {
        public var findings: [HealthFinding]

        package init(findings: [HealthFinding]) { self.findings = findings }
    }

    public static let route = Route.get("/v1/doctor")
    public static let summary = "Health, integrity, permissions, disk, clock, key and backup age, and what to do."
    public static let action: String? = "doctor"
    public static let effort = Effort.long
}
