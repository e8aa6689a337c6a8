import Foundation

/// `codeframe.yaml`: what feedback can be about.
public struct CodeFrameFile: Sendable {
    public struct Code: Sendable {
        public var id: String
        public var chinese: String
        public var english: String
        public var department: String
        public var isUrgent: Bool
        public var phrases: [String]
        public var place: Place
    }

    public var codes: [Code] = []

    /// - Throws: ``PolicyError`` with every problem found.
    public static func load(_ path: String) throws -> CodeFrameFile {
        let problems = Problems()
        guard let text = FileManager.default.contents(atPath: path).flatMap({ String(data: $0, encoding: .utf8) }) else {
            problems.add(Place(file: path, line: 0), "does not exist or is not UTF-8")
            throw PolicyError(problems.found)
        }
        var frame = CodeFrameFile()
        if let file = Located.document(text, file: path, problems: problems) {
            file.checkVersion()
            file.allow(only: ["version", "codes"])
            for value in file.required("codes", of: "the file")?.list("codes") ?? [] {
                guard let code = read(value, problems) else { continue }
                if let other = frame.codes.first(where: { $0.id == code.id }) {
                    problems.add(code.place, "code '\(code.id)' is defined twice (\(other.place))")
                }
                frame.codes.append(code)
            }
        }
        guard problems.found.isEmpty else { throw PolicyError(problems.found) }
        return frame
    }

    private static func read(_ value: Located, _ problems: Problems) -> Code? {
        guard let map = value.mapping("a code"), let id = map.required("id", of: "a code")?.string("id") else { return nil }
        map.allow(only: ["id", "zh", "en", "department", "urgent", "phrases", "definition"])
        let isName = (1...64).contains(id.utf8.count) && id.utf8.allSatisfy { $0 &- 97 < 26 || $0 &- 48 < 10 || [0x2D, 0x2E, 0x5F].contains($0) }
        if !isName { problems.add(value.place, "code '\(id)' may have lower-case letters, digits, dots, hyphens and _ only, 64 at most") }
        let what = "code '\(id)'"
        let phrases = map.required("phrases", of: what)?.list("phrases")?.compactMap { $0.string("a phrase") } ?? []
        if phrases.contains(where: { $0.trimmingCharacters(in: .whitespaces).isEmpty }) { problems.add(value.place, "\(what) has an empty phrase") }
        return Code(
            id: id, chinese: map.required("zh", of: what)?.string("zh") ?? "", english: map.required("en", of: what)?.string("en") ?? "",
            department: map["department"]?.string("department") ?? "", isUrgent: map["urgent"]?.boolean("urgent") ?? false, phrases: phrases,
            place: value.place)
    }
}
