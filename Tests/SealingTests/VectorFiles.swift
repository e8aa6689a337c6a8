import Foundation
import Sealing

/// Reads the vector files beside the tests.
enum VectorFiles {
    static func text(_ name: String) throws -> String {
        let url = Bundle.module.resourceURL!.appendingPathComponent("Vectors/\(name)")
        return try String(contentsOf: url, encoding: .utf8)
    }

    static func json<T: Decodable>(_ name: String, as type: T.Type) throws -> T {
        try JSONDecoder().decode(type, from: Data(text(name).utf8))
    }

    /// The cases of a NIST or RFC file: `NAME = value` lines, a new case at each `first`.
    static func cases(_ name: String, first: String) throws -> [[String: String]] {
        var cases: [[String: String]] = []
        for line in try text(name).split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            if line.hasPrefix("FAIL") {
                cases[cases.count - 1]["FAIL"] = "yes"
                continue
            }
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2 else { continue }
            if parts[0] == first { cases.append([:]) }
            if !cases.isEmpty { cases[cases.count - 1][parts[0]] = parts[1] }
        }
        return cases
    }
}

func hex(_ text: String) -> [UInt8] {
    let digits = Array(text.utf8).map { byte -> UInt8 in byte < 58 ? byte - 48 : (byte | 0x20) - 87 }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

func secret(_ bytes: [UInt8]) throws -> SecretBytes { try SecretBytes(copying: bytes.span) }

func bytes(of secret: borrowing SecretBytes) -> [UInt8] {
    secret.withSpan { span in span.indices.map { span[$0] } }
}

func bytes(of plaintext: borrowing Plaintext) -> [UInt8] {
    plaintext.withBytes { span in span.indices.map { span[$0] } }
}

extension FieldCipher {
    /// Opens and copies out, for comparison.
    func opened(_ sealed: [UInt8], _ aad: [UInt8]) throws -> [UInt8] {
        bytes(of: try open(sealed.span, aad: aad.span))
    }
}
