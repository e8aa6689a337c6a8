/// An example of a code that the frame does not code as it says, or a counterexample that it does.
public struct FrameSlip: Sendable, Equatable, CustomStringConvertible {
    public var code: String
    public var text: String
    /// Whether the text should have the code.
    public var isExpected: Bool
    /// What it has.
    public var found: [String]

    public var description: String {
        "\(code): '\(text)' \(isExpected ? "lacks it" : "must not have it"); it has \(found.isEmpty ? "no code" : found.joined(separator: ", "))"
    }
}

extension Classifier {
    /// The frame's slips, code by code.
    public var slips: [FrameSlip] {
        frame.codes.flatMap { frameCode in
            (frameCode.examples.map { ($0, true) } + frameCode.counterexamples.map { ($0, false) }).compactMap { text, isExpected in
                let coding = code(text)
                let found = (Array(coding.topics.keys) + coding.urgency.keys).sorted()
                return found.contains(frameCode.id) == isExpected ? nil : FrameSlip(code: frameCode.id, text: text, isExpected: isExpected, found: found)
            }
        }
    }
}
