import Policy
import RedactedAPI
import Synchronization

/// The codes of `codeframe.yaml`, read when first requested.
final class KnownCodes: Sendable {
    private let path: String
    private let known = Mutex<CodeFrameFile??>(nil)

    init(policies: String) { path = policies + "/codeframe.yaml" }

    /// nil if there is no frame, or none that can be read: then a code cannot be told from a slip.
    var frame: CodeFrameFile? {
        known.withLock { known in
            if let known { return known }
            let found = try? CodeFrameFile.load(path)
            known = .some(found)
            return found
        }
    }

    private var all: [String]? { frame?.codes.map(\.id) }

    /// Why a module cannot say these labels of one record; nil: it can.
    func obstacle(to labels: some Collection<String>, of module: LabelModule) -> String? {
        if labels.count > 1, !module.isMultiple { return "a record has one label of module '\(module.name)'" }
        if labels.count > LabelModule.mostLabels { return "a record has \(LabelModule.mostLabels) labels of module '\(module.name)' at most" }
        for label in labels {
            guard LabelModule.isLabel(label, length: module.labelLength) else {
                return "a label of '\(module.name)' has 1 to \(module.labelLength) lower-case letters, digits, dots, hyphens and underscores"
            }
            switch module.vocabulary {
            case .free: break
            case .listed(let known):
                if !known.contains(label) { return PolicySet.unknown("label", label, among: known) + ", and module '\(module.name)' has \(known.joined(separator: ", "))" }
            case .codes:
                if let all, !all.contains(label) { return PolicySet.unknown("code", label, among: all) }
            case .aspects:
                let parts = (code: code(of: label), polarity: String(label[(label.lastIndex(of: ".") ?? label.startIndex)...].drop { $0 == "." }))
                if let all, !all.contains(parts.code) { return PolicySet.unknown("code", parts.code, among: all) }
                if !LabelModule.polarities.contains(parts.polarity) {
                    return "a label of 'aspect' ends in .negative, .neutral or .positive\(suggestion(for: parts.polarity, among: LabelModule.polarities))"
                }
            }
        }
        return nil
    }

    /// What stands before an aspect's last dot.
    private func code(of aspect: String) -> String { String(aspect[..<(aspect.lastIndex(of: ".") ?? aspect.endIndex)]) }

    /// Whoever may ask for topics may know the frame: it says what feedback can be about, and contains no feedback.
    ///
    /// - Throws: ``VaultError/invalid(_:)`` with the nearest code or label, if a condition names one that the frame or the module lacks.
    func require(in condition: Condition, of modules: [LabelModule]) throws {
        for (field, text) in condition.comparedTexts {
            guard let module = modules.first(where: { $0.name == field }), case .listed(let known) = module.vocabulary, !known.contains(text) else { continue }
            throw VaultError.invalid(PolicySet.unknown("label of module '\(field)'", text, among: known))
        }
        let asked = condition.comparedTexts.compactMap { compared in
            switch BuiltinField(rawValue: compared.field) {
            case .topic?, .urgency?: compared.text
            case .aspect?: code(of: compared.text)
            default: nil
            }
        }
        guard !asked.isEmpty, let all else { return }
        if let slip = asked.first(where: { !all.contains($0) }) { throw VaultError.invalid(PolicySet.unknown("code", slip, among: all)) }
    }
}
