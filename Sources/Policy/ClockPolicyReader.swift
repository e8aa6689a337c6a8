import Foundation

extension PolicyLoader {
    /// Reads `clock` of retention.yaml.
    func readClock(_ value: Located) -> ClockPolicy {
        var clock = ClockPolicy()
        guard let map = value.mapping("clock") else { return clock }
        map.allow(only: ["jump", "idle", "source"])
        if let jump = map["jump"].flatMap({ readDuration($0, "jump") }) { clock.jump = jump }
        if let idle = map["idle"].flatMap({ readDuration($0, "idle") }) { clock.idle = idle }
        if let source = map["source"] {
            clock.source = source.list("source")?.compactMap { $0.string("a word of the command") } ?? []
            adviseOnProgram(clock.source.first, source.place)
            if source.node.sequence?.isEmpty == true { problems.add(source.place, "source must be a command, such as [/usr/local/bin/network-time]") }
        }
        return clock
    }

    /// Reads `ceiling` of retention.yaml.
    func readCeiling(_ value: Located) -> RetentionCeiling {
        var ceiling = RetentionCeiling()
        guard let map = value.mapping("ceiling") else { return ceiling }
        map.allow(only: ["records", "percent", "smallest"])
        if let records = map["records"]?.integer("records", in: 0...1_000_000_000) { ceiling.records = records }
        if let percent = map["percent"]?.integer("percent", in: 0...100) { ceiling.percent = percent }
        if let smallest = map["smallest"]?.integer("smallest", in: 0...1_000_000_000) { ceiling.smallest = smallest }
        return ceiling
    }

    /// Reads `occurred_at` of schema.yaml.
    func readOccurrence(_ value: Located) -> OccurrenceBounds {
        var bounds = OccurrenceBounds()
        guard let map = value.mapping("occurred_at") else { return bounds }
        map.allow(only: ["earliest", "latest_ahead"])
        if let earliest = map["earliest"], let text = earliest.string("earliest") {
            let day = Date.ISO8601FormatStyle().year().month().day()
            // The parser would read 31 February as a day in March.
            if let date = try? day.parse(text), day.format(date) == text {
                (bounds.earliest, bounds.earliestTime) = (text, Int64(date.timeIntervalSince1970) * 1000)
            } else {
                problems.add(earliest.place, "earliest must be a day such as 1990-01-01, not \(earliest.kind)")
            }
        }
        if let ahead = map["latest_ahead"].flatMap({ readDuration($0, "latest_ahead") }) { bounds.latestAhead = ahead }
        return bounds
    }

    /// `30m`, `12h` or `7d`, in milliseconds.
    private func readDuration(_ value: Located, _ what: String) -> Int64? {
        let text = value.node.scalar?.string ?? ""
        let units: [Character: Int64] = ["m": 60_000, "h": 3_600_000, "d": 86_400_000]
        if let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), (1...100_000).contains(count) { return count * unit }
        problems.add(value.place, "\(what) must be a number with m, h or d, such as 12h or 7d, not \(value.kind)")
        return nil
    }
}
