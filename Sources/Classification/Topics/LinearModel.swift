/// Logistic regression over hashed features, with one set of weights per label.
///
/// Training is deterministic: the same texts in the same order give the same model.
public struct LinearModel: Sendable, Equatable {
    public private(set) var labels: [String]
    /// Weights by label, quantised to 127 steps of `scale`.
    private var weights: [[Int8]]
    private var bias: [Float]
    private var scale: [Float]
    /// The logarithm of the number of weights a label has.
    private var bits: Int

    /// A text with the labels that people assigned.
    public struct Example: Sendable {
        public var text: String
        public var labels: Set<String>

        public init(text: String, labels: Set<String>) { (self.text, self.labels) = (text, labels) }
    }

    /// Learns from examples by stochastic gradient descent with a falling learning rate.
    ///
    /// - Parameters:
    ///   - epochs: number of passes over all examples.
    ///   - bits: the logarithm of the number of weights a label has, among ``sizes``.
    public init(training examples: [Example], epochs: Int = 6, bits: Int = 16) {
        precondition(Self.sizes.contains(bits))
        labels = Set(examples.flatMap(\.labels)).sorted()
        let features = examples.map { Features.of(FoldedText($0.text), bits: bits) }
        (weights, bias, scale, self.bits) = ([], [], [], bits)
        for label in labels {
            var weight = [Float](repeating: 0, count: 1 << bits)
            var offset: Float = 0
            var step = 0
            for epoch in 0..<epochs {
                // Neighbouring lines of a file are often alike; a prime stride mixes them.
                for position in examples.indices {
                    let index = (position &* 7919 &+ epoch) % examples.count
                    let present = features[index]
                    guard !present.isEmpty else { continue }
                    let norm = 1 / Float(present.count).squareRoot()
                    let target: Float = examples[index].labels.contains(label) ? 1 : 0
                    let score = present.reduce(offset) { $0 + weight[$1] * norm }
                    let rate = 0.8 / (1 + 4 * Float(step) / Float(max(1, examples.count * epochs)))
                    let change = rate * (target - Self.logistic(score))
                    for feature in present { weight[feature] += change * norm - 1e-6 * weight[feature] }
                    offset += change * 0.05
                    step += 1
                }
            }
            let largest = max(weight.reduce(0) { max($0, abs($1)) }, 1e-6)
            scale.append(largest / 127)
            weights.append(weight.map { Int8(($0 / largest * 127).rounded()) })
            bias.append(offset)
        }
    }

    static func logistic(_ value: Float) -> Float { 1 / (1 + exponential(-value)) }

    /// The exponential function without a mathematics library: halves the exponent until it is small, then uses the series.
    private static func exponential(_ value: Float) -> Float {
        let bounded = min(max(value, -30), 30)
        let small = Double(bounded) / 1024
        var result = 1 + small + small * small / 2 + small * small * small / 6
        for _ in 0..<10 { result *= result }
        return Float(result)
    }

    /// Sizes that a model can have, as logarithms: more texts fill more weights.
    public static let sizes = 14...20

    /// Probability of each label.
    public func scores(_ text: String) -> [String: Double] { scores(FoldedText(text)) }

    func scores(_ text: FoldedText) -> [String: Double] {
        let present = Features.of(text, bits: bits)
        guard !present.isEmpty else { return [:] }
        return Dictionary(uniqueKeysWithValues: labels.indices.map { (labels[$0], Double(Self.logistic(margin($0, present)))) })
    }

    /// How far a text lies on a label's side; 0 for a label that the model lacks, or a text without letters.
    func margin(_ label: String, _ text: FoldedText) -> Float {
        let present = Features.of(text, bits: bits)
        guard let index = labels.firstIndex(of: label), !present.isEmpty else { return 0 }
        return margin(index, present)
    }

    private func margin(_ label: Int, _ present: [Int]) -> Float {
        let sum = present.reduce(Int32(0)) { $0 + Int32(weights[label][$1]) }
        return bias[label] + Float(sum) * scale[label] / Float(present.count).squareRoot()
    }

    // MARK: As text

    /// One line per label: name, bias, scale, and the weights as two hexadecimal digits each; zeros are counted.
    public var text: String {
        labels.indices.map { index in
            "\(labels[index]) \(bias[index]) \(scale[index]) \(Self.encode(weights[index]))\n"
        }.joined()
    }

    /// Reads what ``text`` returned; nil for anything else.
    public init?(text: some StringProtocol) {
        (labels, weights, bias, scale, bits) = ([], [], [], [], 0)
        for line in text.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: " ")
            guard parts.count == 4, let offset = Float(parts[1]), let step = Float(parts[2]), let weight = Self.decode(parts[3].utf8),
                weights.allSatisfy({ $0.count == weight.count })
            else { return nil }
            labels.append(String(parts[0]))
            bias.append(offset)
            scale.append(step)
            weights.append(weight)
        }
        guard let count = weights.first?.count, count.nonzeroBitCount == 1, Self.sizes.contains(count.trailingZeroBitCount) else { return nil }
        bits = count.trailingZeroBitCount
    }

    /// One byte per weight, 82 shifted by -42 to 42; `~` and a count of up to 80 stand for zeros. The backslash is not used.
    private static func encode(_ weights: [Int8]) -> String {
        var output: [UInt8] = []
        var zeros = 0
        func append(_ code: Int) { output.append(UInt8(code >= 92 ? code + 1 : code)) }
        func flush() {
            while zeros > 0 {
                let run = min(zeros, 80)
                output.append(0x7E)
                append(39 + run)
                zeros -= run
            }
        }
        for weight in weights {
            let coarse = Int((Double(weight) / 127 * 42).rounded())
            if coarse == 0 {
                zeros += 1
            } else {
                flush()
                append(82 + coarse)
            }
        }
        flush()
        return String(decoding: output, as: UTF8.self)
    }

    private static func decode(_ text: some Sequence<UInt8>) -> [Int8]? {
        var weights: [Int8] = []
        var isRun = false
        for byte in text {
            let code = Int(byte > 92 ? byte - 1 : byte)
            guard code >= 40, weights.count < 1 << sizes.upperBound else { return nil }
            if isRun {
                weights += Array(repeating: 0, count: min(code - 39, 80))
                isRun = false
            } else if byte == 0x7E {
                isRun = true
            } else {
                weights.append(Int8(clamping: Int((Double(code - 82) / 42 * 127).rounded())))
            }
        }
        return isRun ? nil : weights
    }
}
