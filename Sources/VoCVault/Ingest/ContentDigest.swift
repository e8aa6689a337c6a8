import Policy
import Sealing
import Store
import Wire

/// A keyed digest of what a source says in a record: two with the same digest say the same.
final class ContentDigest {
    private let tags: TombstoneTags
    private static let compartments: [Compartment] = [.direct, .quasi, .sensitive, .text, .unclassified]

    init(_ vault: Vault) throws { tags = try TombstoneTags(vault) }

    /// Of a record that arrives.
    ///
    /// - Parameter purged: compartments that do not count.
    func of(_ record: PreparedRecord, in batch: PreparedBatch, purged: Int) throws -> UInt128 {
        var parts: [(Compartment, [(String, [UInt8])])] = []
        let plaintext = batch.plaintexts[record.part].bytes
        for compartment in Self.compartments where purged & compartment.bit == 0 {
            var fields: [(String, [UInt8])] = []
            Fields.forEach(in: plaintext.span.extracting(record.compartments[compartment])) { name, value in fields.append((name, value.indices.map { value[$0] })) }
            parts.append((compartment, fields))
        }
        return try digest(parts, PlainRecord(channel: record.channel, occurredAt: record.occurredAt, values: record.attributes))
    }

    /// Of one that is stored.
    func of(_ record: OpenedRecord, _ plain: PlainRecord, purged: Int) throws -> UInt128 {
        var parts: [(Compartment, [(String, [UInt8])])] = []
        for compartment in Self.compartments where purged & compartment.bit == 0 {
            var fields: [(String, [UInt8])] = []
            try record.fields(compartment)?.forEach { name, value in fields.append((name, value.indices.map { value[$0] })) }
            parts.append((compartment, fields))
        }
        return try digest(parts, plain)
    }

    private func digest(_ parts: [(Compartment, [(String, [UInt8])])], _ plain: PlainRecord) throws -> UInt128 {
        var message: [UInt8] = []
        defer { wipe(&message) }
        func add(_ bytes: some Collection<UInt8>) {
            message.append(bigEndian: UInt32(bytes.count))
            message += bytes
        }
        for (compartment, fields) in parts where !fields.isEmpty {
            message.append(UInt8(compartment.bit))
            for (name, value) in fields.sorted(by: { $0.0 < $1.0 }) {
                add(name.utf8)
                if compartment == .unclassified { add(comparable(value)) } else { add(value) }
            }
        }
        message.append(0)
        add(plain.channel.utf8)
        message.append(bigEndian: plain.occurredAt)
        for value in plain.values {
            switch value {
            case .null: message.append(0)
            // Databases give back 4 or 4.0.
            case .integer(let integer): add("n\(Double(integer))".utf8)
            case .real(let real): add("n\(real)".utf8)
            case .text(let text): add("t\(text)".utf8)
            }
        }
        return try tags.content(message)
    }

    /// What no field classified, in one form: members have no order, and a number that was set aside is kept as text.
    private func comparable(_ value: [UInt8]) -> [UInt8] {
        guard let members = (try? JSON(parsing: value))?.object else { return value }
        return JSON.object(
            members.mapValues { member in
                switch member {
                case .integer, .decimal, .boolean: .string(String(decoding: member.bytes, as: UTF8.self))
                default: member
                }
            }
        ).bytes
    }
}
