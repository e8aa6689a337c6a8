import AuditLog
import Policy
import RedactedAPI
import Sealing
import Store
import VaultAPI
import Wire

/// When a policy is noted in the log.
package enum PolicyOccasion: String, Sendable {
    /// A server starts, or reads the files again.
    case start, reload
    /// Anybody opens the vault, under other files than the last.
    case change
}

/// The files of a policy, as the log and the vault's own table have them.
struct PolicyDigest: Sendable {
    /// SHA-256 of the files in the order of their names: for each, the length of its name (4 bytes, big-endian), its name, the length of its
    /// content (4 bytes), and that.
    let bytes: [UInt8]
    /// The same of each content alone, shortened: `roles.yaml=0a1b2c3d…`.
    let files: String

    init(_ policy: PolicySet) {
        var (all, each) = ([UInt8](), [String]())
        for (name, content) in policy.files.sorted(by: { $0.key < $1.key }) {
            for part in [Array(name.utf8), content] {
                all.append(bigEndian: UInt32(part.count))
                all += part
            }
            each.append("\(name)=\(SHA256.hash(content).hexadecimal.prefix(16))")
        }
        (bytes, files) = (SHA256.hash(all), each.joined(separator: ","))
    }

    /// As entries name the policy.
    var short: String { String(bytes.hexadecimal.prefix(16)) }
}

extension Vault {
    /// How much of what a new policy changes its entry says; the rest is in ``Session/policyHistory()``.
    private static let changesLength = 2000

    /// Notes the policy in the log, if the last one noted was another, or a server begins to work under it.
    package func note(policyAt occasion: PolicyOccasion) throws {
        guard !store.isReadOnly, try store.hasAccount() else { return }
        let digest = PolicyDigest(policy)
        if occasion == .change {
            // Altered rows stop nobody here: whoever verifies the log sees them.
            guard let last = try? store.read({ try $0.policyVersions().last }), last.digest == digest.bytes else {
                return try commitPolicy(digest, occasion)
            }
            return
        }
        try commitPolicy(digest, occasion)
    }

    private func commitPolicy(_ digest: PolicyDigest, _ occasion: PolicyOccasion) throws {
        do {
            // Also on a full disk: whoever opens the vault may be about to erase.
            _ = try commit(.reserve) { writer in
                let versions = try writer.reader.policyVersions()
                var detail: [AuditDetail: String] = [.digest: digest.bytes.hexadecimal, .files: digest.files]
                if versions.last?.digest != digest.bytes {
                    let changes = PolicyHistory(versions, folder: location.policies).changes(to: policy)
                    if let changes { detail[.changes] = String(changes.joined(separator: "; ").prefix(Self.changesLength)) }
                    let isKnown = versions.contains { $0.digest == digest.bytes }
                    try writer.addPolicyVersion(digest: digest.bytes, files: isKnown ? [] : PolicyHistory.bytes(policy.files), at: clock())
                }
                return ((), AuditEntry(ofVault: .vault(.policy), purpose: "operation", rule: occasion.rawValue, detail: detail))
            }
        } catch StorageError.altered(let what) {
            noteAltered(what, AuditEntry(ofVault: .vault(.policy), .failed, purpose: "operation", rule: occasion.rawValue, detail: [.digest: digest.bytes.hexadecimal]))
        }
    }
}

/// The policies that were in force, one after the other.
struct PolicyHistory {
    private let versions: [PolicyVersionRow]
    private let folder: String

    init(_ versions: [PolicyVersionRow], folder: String) { (self.versions, self.folder) = (versions, folder) }

    /// What another policy changes, against the last of them; nil: there was none.
    func changes(to policy: PolicySet) -> [String]? { versions.isEmpty ? nil : differences(from: versions.count - 1, to: policy) }

    /// What each of them changed, against the one before.
    var steps: [(version: PolicyVersionRow, changes: [String])] {
        versions.indices.map { index in
            guard index > 0 else { return (versions[0], []) }
            guard let policy = policy(index) else { return (versions[index], [Self.unreadable]) }
            return (versions[index], differences(from: index - 1, to: policy))
        }
    }

    private static let unreadable = "its files cannot be read by this version"

    private func differences(from index: Int, to other: PolicySet) -> [String] {
        guard let policy = policy(index) else { return ["the files before cannot be read by this version"] }
        let lines = PolicyDifference(from: policy, to: other).lines
        if !lines.isEmpty { return lines }
        let changed = Set(policy.files.keys).union(other.files.keys).filter { policy.files[$0] != other.files[$0] }.sorted()
        return ["nothing for anybody; other words in \(changed.joined(separator: ", "))"]
    }

    private func policy(_ index: Int) -> PolicySet? {
        // The files stand where the digest was noted first.
        guard let first = versions.first(where: { $0.digest == versions[index].digest }), let files = Self.files(first.files) else { return nil }
        return try? PolicySet.load(files, from: folder)
    }

    /// `{"NAME": "CONTENT"}`
    static func bytes(_ files: [String: [UInt8]]) -> [UInt8] { JSON.object(files.mapValues { .string(String(decoding: $0, as: UTF8.self)) }).bytes }

    private static func files(_ bytes: [UInt8]) -> [String: [UInt8]]? {
        (try? JSON(parsing: bytes))?.object?.compactMapValues { $0.string.map { Array($0.utf8) } }
    }
}

extension Session {
    /// The policies that were in force, the newest first.
    package func policyHistory() throws -> [PolicyVersion] {
        let access = try authorize(.auditRead, purpose: nil)
        return try logged(access) {
            let steps = PolicyHistory(try store.read { try $0.policyVersions() }, folder: vault.location.policies).steps
            _ = try commit(access) { _ in ((), access.entry(rows: steps.count, detail: [.listed: "policies"])) }
            return steps.reversed().map { version, changes in
                PolicyVersion(
                    number: version.number, since: Timestamp(milliseconds: version.at), digest: version.digest.hexadecimal,
                    isInForce: version.digest == PolicyDigest(policy).bytes && version.number == steps.last?.version.number, changes: changes)
            }
        }
    }
}
