import Foundation
import Sealing
import Wire

/// The key file: the root keys, where each comes from, and which one is active.
///
/// Read line by line, so that no parser keeps copies of secrets: `version 1`, `active ID`, `suite NAME`, and one `root ID
/// PROVIDER …` for each key. `keys.example` documents every line.
final class KeyFile {
    enum Provider {
        /// The key is in this file; byte range of its base64.
        case file(Range<Int>)
        case exec([String])
        case passphrase(Scrypt, salt: [UInt8], file: String?)
    }

    struct Entry {
        var id: String
        var provider: Provider
        var line: Int
    }

    let path: String
    private let contents: SecretBytes
    private(set) var active = ""
    private(set) var suite = Suite.aes256GCM
    private(set) var entries: [Entry] = []

    /// Reads and checks the file.
    ///
    /// - Throws: ``VaultError/keys(_:)`` with file and line. A file that others can read is refused.
    init(path: String) throws {
        self.path = path
        contents = try Self.read(path)
        let length = contents.count
        var lineStart = 0
        var lineNumber = 0
        var versionSeen = false
        while lineStart <= length {
            var lineEnd = lineStart
            contents.withSpan { bytes in
                while lineEnd < bytes.count, bytes[lineEnd] != 0x0A { lineEnd += 1 }
            }
            lineNumber += 1
            let words = contents.withSpan { Self.words(in: $0, lineStart..<lineEnd) }
            lineStart = lineEnd + 1
            guard let first = words.first else { continue }
            func text(_ index: Int) -> String? {
                index < words.count ? contents.withSpan { Self.text(of: $0, words[index]) } : nil
            }
            func fail(_ message: String) -> VaultError { .keys("\(path):\(lineNumber): \(message)") }
            switch contents.withSpan({ Self.text(of: $0, first) }) {
            case "version":
                guard text(1) == "1" else { throw fail("version must be 1") }
                versionSeen = true
            case "active":
                guard let id = text(1), words.count == 2 else { throw fail("write: active ID") }
                guard active.isEmpty else { throw fail("only one key can be active") }
                active = id
            case "suite":
                guard let name = text(1), let suite = Suite(name: name) else {
                    throw fail("suite must be \(Suite.allCases.map(\.name).joined(separator: " or "))")
                }
                self.suite = suite
            case "root":
                guard let id = text(1), let provider = text(2) else { throw fail("write: root ID PROVIDER …") }
                guard !entries.contains(where: { $0.id == id }) else { throw fail("root key '\(id)' is defined twice") }
                let arguments = (3..<max(3, words.count)).compactMap { provider == "file" ? nil : text($0) }
                entries.append(
                    Entry(
                        id: id,
                        provider: try Self.provider(provider, arguments, words: words, fail: fail), line: lineNumber))
            default:
                // Not repeated in the message: a misplaced line may contain key material.
                throw fail("unknown word at the start of the line; known are version, active, suite, root")
            }
        }
        guard versionSeen else { throw VaultError.keys("\(path): the line 'version 1' is missing") }
        guard !active.isEmpty else { throw VaultError.keys("\(path): the line 'active ID' is missing") }
        guard entries.contains(where: { $0.id == active }) else {
            throw VaultError.keys("\(path): the active key '\(active)' is not defined")
        }
    }

    /// The root key called `id`, from its provider.
    func rootKey(_ id: String) throws -> SecretBytes {
        guard let entry = entries.first(where: { $0.id == id }) else {
            throw VaultError.keys("\(path): root key '\(id)' is needed but not defined")
        }
        let place = "\(path):\(entry.line)"
        switch entry.provider {
        case .file(let range):
            return try contents.withSpan { bytes in
                do {
                    return try SecretBytes(base64: bytes.extracting(range), count: 32)
                } catch {
                    throw VaultError.keys("\(place): the key must be 32 bytes in base64 (44 characters)")
                }
            }
        case .exec(let command):
            return try KeyProvider.run(command, place: place)
        case .passphrase(let cost, let salt, let file):
            return try cost.derive(passphrase: KeyProvider.passphrase(for: id, file: file, place: place), salt: salt, count: 32)
        }
    }

    /// Whether the file has exactly these bytes.
    func hasContents(_ bytes: [UInt8]) -> Bool {
        contents.withSpan { Self.equal($0, bytes.span) }
    }

    private static func equal(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
        guard a.count == b.count else { return false }
        for index in a.indices where a[index] != b[index] { return false }
        return true
    }

    /// Makes the file durable, with its name, and reads it back: a key that the vault begins to use must survive a power failure.
    ///
    /// - Throws: ``VaultError/keys(_:)`` if it differs from the one that was read first.
    func makeDurable() throws {
        try DurableFile.flush(path)
        let again = try Self.read(path)
        guard contents.withSpan({ held in again.withSpan { Self.equal(held, $0) } }) else { throw VaultError.keys("\(path) was changed while it was read; try again") }
    }

    private static func provider(
        _ name: String, _ arguments: [String], words: [Range<Int>], fail: (String) -> VaultError
    ) throws -> Provider {
        switch name {
        case "file":
            guard words.count == 4 else { throw fail("write: root ID file BASE64") }
            return .file(words[3])
        case "exec":
            guard !arguments.isEmpty else { throw fail("write: root ID exec COMMAND ARGUMENTS…") }
            return .exec(arguments)
        case "passphrase":
            var options: [String: String] = [:]
            for argument in arguments {
                let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
                guard parts.count == 2, ["n", "r", "p", "salt", "from"].contains(parts[0]) else {
                    throw fail("passphrase takes n=, r=, p=, salt= and from=")
                }
                options[parts[0]] = parts[1]
            }
            guard let salt = options["salt"].flatMap({ Data(base64Encoded: $0) }), salt.count >= 16 else {
                throw fail("passphrase needs salt= with 16 bytes or more in base64")
            }
            let numbers = try ["n", "r", "p"].map { name in
                try options[name].map { text in
                    guard let number = UInt64(text) else { throw fail("\(name) must be a whole number") }
                    return number
                }
            }
            let cost = Scrypt(
                n: numbers[0] ?? Scrypt.recommended.n, r: numbers[1] ?? Scrypt.recommended.r,
                p: numbers[2] ?? Scrypt.recommended.p)
            guard cost.n >= 1 << 14, cost.n.nonzeroBitCount == 1, cost.n <= 1 << 24, (1...32).contains(cost.r),
                (1...16).contains(cost.p)
            else { throw fail("n must be a power of two from 16384, r 1 to 32, p 1 to 16") }
            return .passphrase(cost, salt: Array(salt), file: options["from"])
        default:
            throw fail("the provider must be file, exec or passphrase")
        }
    }

    private static func read(_ path: String) throws -> SecretBytes {
        let attributes: [FileAttributeKey: Any]
        do {
            attributes = try FileManager.default.attributesOfItem(atPath: path)
        } catch {
            throw VaultError.keys("no key file at \(path); create one with 'vocvault keys generate' or set VOCVAULT_KEYS")
        }
        let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
        guard mode & 0o077 == 0 else {
            throw VaultError.keys(
                "\(path) can be read by others (mode \(String(mode, radix: 8))); fix it with: chmod 600 \(path)")
        }
        guard var data = FileManager.default.contents(atPath: path) else {
            throw VaultError.keys("\(path) cannot be read")
        }
        var bytes = [UInt8](data)
        defer {
            wipe(&bytes)
            data.resetBytes(in: 0..<data.count)
        }
        guard bytes.count <= 64 << 10 else { throw VaultError.keys("\(path) is too large for a key file") }
        return try SecretBytes(copying: bytes.span)
    }

    /// Ranges of the words of a line; `#` begins a comment.
    private static func words(in bytes: Span<UInt8>, _ line: Range<Int>) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var start: Int?
        for index in line {
            let byte = bytes[index]
            let blank = byte == 0x20 || byte == 0x09 || byte == 0x0D
            if byte == 0x23, start == nil { return words }
            if blank, let from = start {
                words.append(from..<index)
                start = nil
            } else if !blank, start == nil {
                start = index
            }
        }
        if let start { words.append(start..<line.upperBound) }
        return words
    }

    private static func text(of bytes: Span<UInt8>, _ range: Range<Int>) -> String {
        String(decoding: range.map { bytes[$0] }, as: UTF8.self)
    }
}
