import Policy
import RedactedAPI
import Synchronization

/// The codes of `codeframe.yaml`, read when they are asked for first.
final class KnownCodes: Sendable {
    private let path: String
    private let codes = Mutex<[String]??>(nil)

    init(policies: String) { path = policies + "/codeframe.yaml" }

    /// nil where there is no frame, or none that can be read: then nothing tells a code from a slip.
    private var all: [String]? {
        codes.withLock { codes in
            if let codes { return codes }
            let found = (try? CodeFrameFile.load(path))?.codes.map(\.id)
            codes = .some(found)
            return found
        }
    }

    /// Whoever may ask for topics may know the frame: it names what feedback can be about, and no feedback.
    ///
    /// - Throws: ``VaultError/invalid(_:)`` naming the nearest code when a condition asks for one that the frame lacks.
    func require(in condition: Condition) throws {
        let asked = condition.comparedTexts.filter { $0.field == BuiltinField.topic.rawValue || $0.field == BuiltinField.urgency.rawValue }
        guard !asked.isEmpty, let all else { return }
        if let slip = asked.first(where: { !all.contains($0.text) }) { throw VaultError.invalid(PolicySet.unknown("code", slip.text, among: all)) }
    }
}
