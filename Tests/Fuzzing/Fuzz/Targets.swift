import Foundation
import Wire

@testable import AuditLog
@testable import Detection
@testable import Policy
@testable import RedactedAPI
@testable import Sealing
@testable import VoCVault

/// What is fed with made-up input: everything that reads what comes from outside.
enum Targets {
    static var all: [String: () throws -> ([UInt8]) -> Void] {
        [
        "json-record": jsonRecord, "csv-record": csvRecord, "policy": policy, "sealed-blob": sealedBlob, "cursor": cursor, "expression": expression,
        "note": note, "json": json, "detection": detection, "intake": intake, "source-time": sourceTime, "html": html, "webhook": webhook,
        "form": form, "encoding": encoding,
        ]
    }

    /// A vault in a folder of its own, for what needs its layout.
    ///
    /// - Parameter change: makes the policies other than those of the repository.
    static func vault(_ change: (String) throws -> Void = { _ in }) throws -> Vault {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fuzz-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let keys = folder.appendingPathComponent("keys").path
        _ = try KeyFileWriter.generate(at: keys, template: nil, today: "fuzz")
        let policies = folder.appendingPathComponent("policies").path
        try FileManager.default.copyItem(atPath: ProcessInfo.processInfo.environment["POLICIES"] ?? "policies", toPath: policies)
        try change(policies)
        return try Vault.create(at: .init(home: folder.appendingPathComponent("vault").path, keys: keys, policies: policies)).vault
    }

    /// A line of an upload, all the way to what would be sealed.
    private static func jsonRecord() throws -> ([UInt8]) -> Void {
        let vault = try vault()
        let table = FieldTable(layout: vault.layout)
        return { bytes in
            do {
                var preparer = try RecordPreparer(vault: vault, source: "fuzz", timeZone: .gmt, reader: RecordReader(.json, table: table), part: 0, buffer: [])
                let record = try preparer.prepare(bytes, 0..<bytes.count, line: 1)
                precondition(record.line == 1 && !record.channel.isEmpty)
            } catch let error as RecordError {
                // A reason never repeats the input.
                precondition(error.description.utf8.count < 400)
            } catch {
                preconditionFailure("an error of another kind: \(error)")
            }
        }
    }

    private static func csvRecord() throws -> ([UInt8]) -> Void {
        let vault = try vault()
        /// What is read of an input that comes in blocks of a size.
        func read(_ bytes: [UInt8], blocks: Int) -> [String] {
            var rest = bytes[...]
            var options = InputOptions(format: .csv)
            options.keepsRejected = true
            let preparer = BatchPreparer(vault: vault, options: options, source: "fuzz", batchSize: 7, input: InputSource {
                defer { rest = rest.dropFirst(blocks) }
                return rest.prefix(blocks)
            })
            var lines: [String] = []
            do {
                while let batch = try preparer.next() {
                    lines += batch.records.map { "\($0.line)" } + batch.rejects.map { "\($0.line)+\($0.lines) \($0.reason) \($0.kept?.content ?? [])" }
                }
            } catch {
                lines.append("\(error)")
            }
            return lines.sorted()
        }
        return { bytes in
            let whole = read(bytes, blocks: max(1, bytes.count))
            precondition(whole == read(bytes, blocks: 3), "where blocks end decides what is read")
        }
    }

    /// An event of another tool: lines of headers, an empty one, the body. Nobody has its key.
    private static func webhook() throws -> ([UInt8]) -> Void {
        let secret = FileManager.default.temporaryDirectory.appendingPathComponent("fuzz-\(UUID().uuidString)").path
        guard FileManager.default.createFile(atPath: secret, contents: Data("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n".utf8), attributes: [.posixPermissions: 0o600]) else {
            throw VaultError.keys(secret)
        }
        let hooks = HookPolicy.Tool.allCases.map {
            HookPolicy(source: "fuzz", tool: $0, secret: secret, purpose: "operation", perDay: 1, place: Place(file: "sources.yaml", line: 1))
        }
        return { bytes in
            let parts = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
            let end = parts.firstIndex(of: []) ?? parts.endIndex
            var headers: [String: String] = [:]
            for line in parts[..<end] {
                let pair = line.split(separator: 0x3A, maxSplits: 1)
                if pair.count == 2 { headers[String(decoding: pair[0], as: UTF8.self)] = String(decoding: pair[1].drop { $0 == 0x20 }, as: UTF8.self) }
            }
            let event = HookEvent(body: Array(parts[end...].dropFirst().joined(separator: [0x0A])), headers: headers)
            _ = event.isProbe
            for hook in hooks {
                do {
                    let isGenuine = try hook.isGenuine(event, at: 1_772_618_400_000)
                    precondition(!isGenuine, "signed without the key")
                } catch {
                    preconditionFailure("\(error)")
                }
            }
        }
    }

    /// A file of any kind, as it comes: packed, in whatever encoding, a workbook, a list.
    private static func intake() throws -> ([UInt8]) -> Void {
        let vault = try vault()
        return { bytes in
            for size in [max(1, bytes.count), 7] {
                var rest = bytes[...]
                let preparer = BatchPreparer(vault: vault, options: InputOptions(), source: "fuzz", batchSize: 7, input: InputSource {
                    defer { rest = rest.dropFirst(size) }
                    return rest.prefix(size)
                })
                do {
                    while let batch = try preparer.next() {
                        for reject in batch.rejects { precondition(reject.line >= 1 && reject.reason.utf8.count < 400) }
                    }
                } catch is VaultError {
                } catch {
                    preconditionFailure("an error of another kind: \(error)")
                }
            }
        }
    }

    private static func sourceTime() throws -> ([UInt8]) -> Void {
        { bytes in
            for order in [nil, SourceRule.DateOrder.mdy, .dmy] {
                guard let time = SourceTime.standard(String(decoding: bytes, as: UTF8.self), order: order) else { continue }
                precondition(WrittenTime(Array(time.utf8).span) != nil, "it is not in standard form")
            }
        }
    }

    private static func html() throws -> ([UInt8]) -> Void {
        { bytes in precondition(HTMLText.plain(bytes[...]).count <= bytes.count + 4, "text grows") }
    }

    /// Each of the policy files in turn is what is made up; the others are those of the repository.
    private static func policy() throws -> ([UInt8]) -> Void {
        let source = ProcessInfo.processInfo.environment["POLICIES"] ?? "policies"
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fuzz-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let names = ["schema.yaml", "roles.yaml", "purposes.yaml", "retention.yaml", "alerts.yaml", "principals.yaml", "sources.yaml", "forms.yaml", "outbox.yaml"]
        for name in names { try FileManager.default.copyItem(atPath: "\(source)/\(name)", toPath: "\(folder)/\(name)") }
        let originals = try names.map { try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)")) }
        return { bytes in
            guard let first = bytes.first else { return }
            let index = Int(first) % names.count
            let file = URL(fileURLWithPath: "\(folder)/\(names[index])")
            try! Data(bytes.dropFirst()).write(to: file)
            do {
                let policy = try PolicySet.load(from: folder)
                try PolicyCheck.requireValidExpressions(policy)
            } catch let error as PolicyError {
                precondition(!error.problems.isEmpty)
            } catch {
                preconditionFailure("an error of another kind: \(error)")
            }
            try! originals[index].write(to: file)
        }
    }

    /// Bytes of the database: none of them opens, and none of them does harm.
    private static func sealedBlob() throws -> ([UInt8]) -> Void {
        let cipher = try FieldCipher()
        try cipher.load(SecretBytes.random(count: 32))
        let place: [UInt8] = [1, 2, 3]
        return { bytes in
            precondition((try? cipher.open(bytes.span, aad: place.span)) == nil)
            for compartment in Compartment.allCases {
                if let range = try? SealedBody.range(of: compartment, in: bytes[...]) {
                    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
                }
                if let rest = try? SealedBody.removing([compartment], from: bytes) { precondition(rest.count <= bytes.count) }
            }
        }
    }

    private static func cursor() throws -> ([UInt8]) -> Void {
        let vault = try vault()
        let session = vault.session(vouchedFor: "fuzz", by: "fuzz", role: "analyst", client: "fuzz", request: nil)
        let access = try session.authorize(.query, purpose: "insight", fields: ["record"])
        let query = Query(select: ["record"], purpose: "insight")
        return { bytes in
            do {
                _ = try Cursor(String(decoding: bytes, as: UTF8.self), of: query, access: access)
                preconditionFailure("a made-up cursor was taken")
            } catch {}
        }
    }

    /// What is read is written so that it is read again as the same.
    private static func expression() -> ([UInt8]) -> Void {
        { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            if let condition = try? Condition(parsing: text) {
                guard let again = try? Condition(parsing: condition.description) else { preconditionFailure("not read again: \(condition)") }
                precondition(again.fields == condition.fields && again.description == condition.description)
            }
            if let condition = try? Condition(parsingColumns: text) {
                precondition((try? Condition(parsingColumns: condition.description))?.description == condition.description, "not read again: \(condition)")
            }
            if let time = Timestamp(text) { precondition(Timestamp(time.description) == time) }
            if let measure = Measure(text) { precondition(Measure(measure.name) == measure) }
            precondition(GroupKey(GroupKey(text).name) == GroupKey(text))
        }
    }

    /// Signed notes, proofs and paths of tiles.
    private static func note() throws -> ([UInt8]) -> Void {
        let key = try Ed25519.SigningKey(seed: .random(count: 32))
        return { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            precondition((try? Checkpoint(verifying: text, publicKey: key.publicKey)) == nil, "a made-up signature was taken")
            if let parsed = try? ProofText.parseConsistency(text) { precondition(parsed.path.allSatisfy { $0.count == 32 }) }
            _ = try? VerifierKey(text)
            if TileFolder.isPath(text) { precondition(!text.contains("..") && !text.hasPrefix("/") && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }) }
            if let entry = AuditEntry(canonicalBytes: bytes) { precondition(entry.canonicalBytes == bytes) }
        }
    }

    /// Bodies of requests.
    private static func json() -> ([UInt8]) -> Void {
        { bytes in
            guard let value = try? JSON(parsing: bytes) else { return }
            // Foundation reads all that this reads.
            precondition((try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil || value.hasLargeNumber)
        }
    }

    /// Spans lie in the text, in order and apart; outside them nothing changes.
    private static func detection() -> ([UInt8]) -> Void {
        let detector = Detector()
        return { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            let clean = Array(text.utf8)
            var end = 0
            for entity in detector.entities(in: clean.span) {
                precondition(entity.bytes.lowerBound >= end && entity.bytes.upperBound <= clean.count && !entity.bytes.isEmpty)
                end = entity.bytes.upperBound
            }
            let redacted = detector.redact(text)
            precondition(end > 0 || redacted == text)
        }
    }
}

extension JSON {
    /// Foundation refuses numbers that a Double holds only roughly.
    fileprivate var hasLargeNumber: Bool {
        switch self {
        case .decimal: true
        case .array(let items): items.contains(where: \.hasLargeNumber)
        case .object(let members): members.values.contains(where: \.hasLargeNumber)
        case .integer(let number): abs(number) > 1 << 53
        default: false
        }
    }
}
