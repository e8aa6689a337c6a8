import Foundation

/// What things cost in vaults of different sizes.
struct CostCurve {
    /// One operation's cost by number of records.
    private struct Line {
        var name: String
        var unit: String
        var vault: [Double] = []
        var plain: [Double] = []
    }

    private let sizes: [Int]
    private var lines = [
        Line(name: "ingest", unit: "µs a record"), Line(name: "page of 1,000 rows", unit: "ms"), Line(name: "group-by count", unit: "µs a record"),
        Line(name: "look-up", unit: "ms"), Line(name: "reveal", unit: "ms"), Line(name: "erasure", unit: "ms"),
    ]

    init(sizes: [Int], folder: URL, policies: String) throws {
        self.sizes = sizes
        for size in sizes {
            let place = folder.appendingPathComponent("curve-\(size)")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: place) }
            let feed = try FeedFile(folder: place, records: size)
            let plain = try PlainStore(folder: place.appendingPathComponent("plain"))
            sync()
            let stored = try seconds {
                try plain.ingest(feed.path, batch: 8192)
                try plain.finishIngest()
            }
            let vault = try BenchVault(folder: place.appendingPathComponent("vault"), policies: policies)
            sync()
            let taken = try seconds { try vault.ingest(feed.path) }
            add(0, (taken, stored), per: 1e6 / Double(size))
            try plain.explode(feed.path)
            let bench = OperationBench(vault: vault, plain: plain, rounds: 15)
            // The flushes of the audit log must not wait for what the ingests have written.
            sync()
            add(1, try compare(15, { try vault.page(1000, isNew: true) }, { try plain.page(1000) }), per: 1e3)
            add(2, try compare(5, { try vault.aggregate() }, { try plain.aggregate() }), per: 1e6 / Double(size))
            add(3, try bench.lookup(), per: 1e3)
            add(4, try compare(15, { try vault.reveal() }, { try plain.readOne() }), per: 1e3)
            add(5, try bench.erase(), per: 1e3)
        }
    }

    private mutating func add(_ line: Int, _ times: (vault: Double, plain: Double), per scale: Double) {
        lines[line].vault.append(times.vault * scale)
        lines[line].plain.append(times.plain * scale)
    }

    /// The figures as a Markdown table, vault : plain SQLite.
    var table: String {
        var text = "| cost | " + sizes.map { "\(Self.power($0)) records" }.joined(separator: " | ") + " |\n|---|" + String(repeating: "---|", count: sizes.count)
        for line in lines {
            let cells = zip(line.vault, line.plain).map { String(format: "%.2f : %.2f, %.1f ×", $0, $1, $0 / $1) }
            text += "\n| \(line.name), \(line.unit) | " + cells.joined(separator: " | ") + " |"
        }
        return text
    }

    /// Each operation's cost against its cost in the smallest vault: a flat line costs the same whatever the size.
    var drawing: String {
        let (width, height, left, top) = (720.0, 360.0, 60.0, 24.0)
        let (plotWidth, plotHeight) = (440.0, 280.0)
        let colours = ["#0b6e99", "#b3541e", "#3a7d44", "#7a4fa3", "#a3324f", "#5a5a5a"]
        // Logarithmic, from a quarter to four times.
        func y(_ ratio: Double) -> Double { top + plotHeight * (0.5 - log2(min(max(ratio, 0.25), 4)) / 4) }
        func x(_ index: Int) -> Double { left + plotWidth * Double(index) / Double(max(sizes.count - 1, 1)) }
        var text = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(width)) \(Int(height))" font-family="sans-serif" font-size="12" role="img">
            <title>Cost by size of the vault, against the smallest</title>
            <rect width="100%" height="100%" fill="#ffffff"/>

            """
        for ratio in [0.25, 0.5, 1, 2, 4] {
            let line = y(ratio)
            text += "<line x1=\"\(left)\" x2=\"\(left + plotWidth)\" y1=\"\(line)\" y2=\"\(line)\" stroke=\"#dddddd\"/>"
            text += "<text x=\"\(left - 8)\" y=\"\(line + 4)\" text-anchor=\"end\">\(ratio) ×</text>\n"
        }
        for (index, size) in sizes.enumerated() {
            text += "<text x=\"\(x(index))\" y=\"\(top + plotHeight + 20)\" text-anchor=\"middle\">\(Self.power(size))</text>\n"
        }
        for (index, line) in lines.enumerated() {
            let points = line.vault.enumerated().map { "\(x($0)),\(y($1 / line.vault[0]))" }.joined(separator: " ")
            text += "<polyline points=\"\(points)\" fill=\"none\" stroke=\"\(colours[index])\" stroke-width=\"2\"/>"
            text += "<text x=\"\(left + plotWidth + 12)\" y=\"\(top + 20 + 22 * Double(index))\" fill=\"\(colours[index])\">\(line.name)</text>\n"
        }
        text += "<text x=\"\(left + plotWidth / 2)\" y=\"\(height - 12)\" text-anchor=\"middle\">records in the vault</text>\n</svg>\n"
        return text
    }

    private static func power(_ size: Int) -> String {
        let exponent = Int(log10(Double(size)).rounded())
        guard Int(pow(10, Double(exponent))) == size else { return String(size) }
        return "10" + String(exponent).map { String(["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"][$0.wholeNumberValue!]) }.joined()
    }
}
