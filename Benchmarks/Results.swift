import Foundation

/// What one run of the bench has measured, and where: the schema of Benchmarks/Results.json.
final class Results: Encodable {
    /// Which of them it is: `bench` or `curve`.
    let run: String
    private let revision: String
    private let date: String
    private let machine: Machine
    private let records: Int
    private var figures: [Figure] = []

    init(run name: String, records: Int, note: String?) throws {
        (run, self.records) = (name, records)
        let described = try? voc_bench.run("git", ["describe", "--always", "--dirty", "--exclude", "*", "--abbrev=12"])
        revision = described?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown"
        date = String(Date.now.ISO8601Format().prefix(10))
        machine = Machine(note: note)
        print("measure".padded(48), "vault".padded(20), "baseline".padded(28), "vault : baseline, 95 %")
    }

    func add(_ figure: Figure) {
        figures.append(figure)
        func told(_ value: Double) -> String { String(format: value >= 1000 ? "%.0f " : "%.4g ", value) + figure.unit }
        let baseline = figure.baseline.map { "\(told($0)) \(figure.against == "plain SQLite" ? "" : figure.against ?? "")" } ?? ""
        let interval = figure.low.flatMap { low in figure.high.map { " (\(low) to \($0))" } } ?? ""
        print(figure.name.padded(48), told(figure.vault).padded(20), baseline.padded(28), figure.ratio.map { "\($0)\(interval)" } ?? "")
    }

    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
    }
}

/// The machine that figures were measured on.
private struct Machine: Encodable {
    var processor = Self.line("/proc/cpuinfo", "model name") ?? "unknown"
    var cores = ProcessInfo.processInfo.activeProcessorCount
    var memoryGiB = Int((Double(ProcessInfo.processInfo.physicalMemory) / Double(1 << 30)).rounded())
    /// Of the minute before: what else the machine was doing.
    var load = Self.text("/proc/loadavg").split(separator: " ").first.flatMap { Double($0) } ?? 0
    var note: String?

    init(note: String?) { self.note = note }

    private static func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

    private static func line(_ path: String, _ name: String) -> String? {
        let line = text(path).split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces)
    }
}

extension String {
    fileprivate func padded(_ width: Int) -> String { padding(toLength: max(width, count), withPad: " ", startingAt: 0) }
}
