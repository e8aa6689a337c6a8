import Policy
import RedactedAPI
import Synchronization

/// The codes of `codeframe.yaml`, read when first requested.
final class KnownCodes: Sendable {
    private let path: String
    private let codes = Mutex<[String]??>(nil)

    init(policies: String) { path = policies + "/codeframe.yaml" }

    /// nil if there is no frame, or none that can be read: then a code cannot be told from a slip.
    private var all: [String]? {
        codes.withLock { codes in
            if let codes { return codes }
            let found = (try? CodeFrameFile.load(path))?.codes.map(\.id)
            codes = .some(found)
            return found
        }
    }

    /// Whoever may ask for topics may know the frame: it says what feedback can be about, and contains no feedback.
    ///
    /// - Throws: ``VaultError/invalid(_:)`` with the nearest code, if a condition names one that the frame lacks.
    func require(in condition: Condition) throws {
        let asked = condition.comparedTexts.compactMap { compared in
            switch BuiltinField(rawValue: compared.field) {
            case .topic?, .urgency?: compared.text
            // The code is what stands before the last dot.
            case .aspect?: String(compared.text[..<(compared.text.lastIndex(of: ".") ?? compared.text.endIndex)])
            default: nil
            }
        }
        guard !asked.isEmpty, let all else { return }
        if let slip = asked.first(where: { !all.contains($0) }) { throw VaultError.invalid(PolicySet.unknown("code", slip, among: all)) }
    }
}
