import Foundation
import Wire

/// Formats in which other systems take in the log.
public enum AuditExport: String, Sendable, CaseIterable {
    /// The entries as they are hashed, one per line.
    case jsonl
    /// Open Cybersecurity Schema Framework 1.3, class API Activity (6003), one object per line.
    case ocsf
    /// ArcSight Common Event Format, version 0, one event per line.
    case cef

    /// One line, without its line end.
    public func line(_ entry: AuditEntry) -> String {
        switch self {
        case .jsonl: String(decoding: entry.canonicalBytes, as: UTF8.self)
        case .ocsf: String(decoding: Self.ocsf(entry).bytes, as: UTF8.self)
        case .cef: Self.cef(entry)
        }
    }

    /// 1: informational; 3: medium, for failures; 4: high, for denials and alerts.
    private static func severity(_ entry: AuditEntry) -> Int64 {
        if entry.action == "alert" { return 4 }
        return switch entry.outcome {
        case .allowed: 1
        case .failed: 3
        case .denied: 4
        }
    }

    private static func ocsf(_ entry: AuditEntry) -> JSON {
        // OCSF: 1 create, 2 read, 3 update, 4 delete, 99 other.
        let activity: Int64 =
            switch entry.action {
            case "ingest", "token.issue": 1
            case "query", "reveal", "lookup", "subject.export", "audit.read", "audit.verify", "keys.status", "token.list": 2
            case let action where action.hasSuffix(".plan"): 2
            case "subject.hold", "subject.release", "subject.link", "subject.correct", "subject.restrict", "subject.consent": 3
            case "subject.erase", "retention.run", "token.revoke": 4
            default: 99
            }
        var unmapped: [String: JSON] = [
            "seq": .integer(entry.seq), "purpose": .string(entry.purpose), "rule": .string(entry.rule),
            "fields": .array(entry.fields.map { .string($0) }), "rows": .integer(entry.rows),
            "detail": .object(entry.detail.mapValues { .string($0) }),
        ]
        if let policy = entry.policy { unmapped["policy"] = .string(policy) }
        if let reason = entry.reason { unmapped["reason"] = .string(reason) }
        var source: [String: JSON] = [:]
        if let client = entry.client { source["src_endpoint"] = .object(["name": .string(client)]) }
        let resources: [JSON] = entry.target.map { [.object(["uid": .string($0)])] } ?? []
        return .object(source.merging([
            "category_uid": .integer(6), "class_uid": .integer(6003), "activity_id": .integer(activity),
            "type_uid": .integer(600_300 + activity), "time": .integer(milliseconds(entry.moment)),
            "severity_id": .integer(severity(entry)), "status_id": .integer(entry.outcome == .allowed ? 1 : 2),
            "status": .string(entry.outcome.rawValue),
            "actor": .object(["user": .object(["name": .string(entry.principal), "type": .string(entry.role)])]),
            "api": .object(["operation": .string(entry.action), "request": .object(["uid": .string(entry.request)])]),
            "resources": .array(resources), "unmapped": .object(unmapped),
            "metadata": .object([
                "version": .string("1.3.0"), "uid": .string(String(entry.seq)),
                "product": .object(["name": .string("VoC Vault"), "vendor_name": .string("VoC Vault"), "version": .string(entry.software)]),
            ]),
        ]) { $1 })
    }

    private static func cef(_ entry: AuditEntry) -> String {
        let severity = [1: 2, 3: 5, 4: 8][severity(entry)]!
        var extensions: [(String, String)] = [
            ("rt", String(milliseconds(entry.moment))), ("externalId", String(entry.seq)), ("suser", entry.principal),
            ("spriv", entry.role), ("act", entry.action), ("outcome", entry.outcome.rawValue), ("cnt", String(entry.rows)),
            ("cs1Label", "purpose"), ("cs1", entry.purpose), ("cs2Label", "rule"), ("cs2", entry.rule),
            ("cs3Label", "fields"), ("cs3", entry.fields.joined(separator: " ")), ("cs4Label", "request"), ("cs4", entry.request),
        ]
        if let client = entry.client { extensions.append(("sourceServiceName", client)) }
        if let target = entry.target { extensions.append(("duid", target)) }
        if let reason = entry.reason { extensions.append(("reason", reason)) }
        let version = entry.software.split(separator: "/").last.map(String.init) ?? ""
        let header = ["CEF:0", "VoC Vault", "vocvault", version, entry.action, "\(entry.action) \(entry.outcome.rawValue)", String(severity)]
        return header.map { escaped($0, "|") }.joined(separator: "|") + "|"
            + extensions.map { "\($0)=\(escaped($1, "="))" }.joined(separator: " ")
    }

    /// CEF escapes the backslash, a delimiter, and line ends.
    private static func escaped(_ text: String, _ delimiter: Character) -> String {
        var output = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            case "\\": output += "\\\\"
            default:
                if Character(scalar) == delimiter { output += "\\" }
                output.unicodeScalars.append(scalar)
            }
        }
        return output
    }

    private static func milliseconds(_ time: String) -> Int64 {
        let parser = Date.ISO8601FormatStyle(includingFractionalSeconds: time.contains("."))
        return (try? parser.parse(time)).map { Int64(($0.timeIntervalSince1970 * 1000).rounded()) } ?? 0
    }
}
