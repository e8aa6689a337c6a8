import VaultAPI
import VoCVault

/// A value that is measured when it is requested.
struct Gauge {
    var name: String
    var type = "gauge"
    var help: String
    /// Labels in the exposition format, empty if there are none, and values.
    var values: [(labels: String, value: Double)]

    init(_ name: String, _ help: String, _ value: Double) { (self.name, self.help, values) = (name, help, [("", value)]) }

    init(_ name: String, type: String = "gauge", _ help: String, _ values: [(labels: String, value: Double)]) {
        (self.name, self.type, self.help, self.values) = (name, type, help, values)
    }
}

extension [Gauge] {
    /// The server's present load, while it is serving.
    init(_ served: ServedVault, _ connections: Connections, uploads: Places) {
        let pools = served.measures
        self = [
            Gauge("vocvault_connections", "Connections of clients.", Double(connections.count)),
            Gauge("vocvault_connections_maximum", "As many as the limit on open files leaves room for.", Double(connections.maximum)),
            Gauge("vocvault_uploads_under_way", "Large uploads that are being taken in.", Double(uploads.taken)),
            Gauge("vocvault_work_running", "Pieces of work on the threads of their kind.", pools.map { (#"work="\#($0.work.name)""#, Double($0.measures.running)) }),
            Gauge("vocvault_work_waiting", "Pieces of work that wait for such a thread.", pools.map { (#"work="\#($0.work.name)""#, Double($0.measures.waiting)) }),
            Gauge(
                "vocvault_work_refused_total", type: "counter", "Pieces of work that were answered 503, as too many waited or as they had waited too long.",
                pools.flatMap {
                    [
                        (#"work="\#($0.work.name)",reason="crowded""#, Double($0.measures.refused)),
                        (#"work="\#($0.work.name)",reason="waited""#, Double($0.measures.expired)),
                    ]
                }),
        ]
    }
}

extension [Gauge] {
    /// How customers' requests stand.
    init(_ requests: RequestMeasures) {
        self = [
            Gauge("vocvault_cases_open", "Requests of customers that wait for an answer.", Double(requests.open)),
            Gauge("vocvault_cases_overdue", "Of these, those whose deadline has passed.", Double(requests.overdue)),
            Gauge("vocvault_case_tasks_open", "What others have not done yet for customers' requests.", Double(requests.tasks)),
            Gauge("vocvault_links_waiting", "Proposals about who is one person that nobody has decided.", Double(requests.links)),
        ]
        guard let deadline = requests.nextDeadline else { return }
        append(Gauge("vocvault_case_next_deadline_seconds", "The next deadline of a request, in seconds since 1970.", Double(deadline)))
    }
}

extension [Gauge] {
    /// What came in from each source.
    init(_ sources: [SourceState]) {
        func values(_ value: (SourceState) -> Int?) -> [(labels: String, value: Double)] {
            sources.compactMap { source in value(source).map { ("source=\"\(Self.escaped(source.source))\"", Double($0)) } }
        }
        self =
            sources.isEmpty
            ? []
            : [
                Gauge("vocvault_source_last_seconds", "When something came in from a source last, in seconds since 1970.", values { Int($0.last.milliseconds / 1000) }),
                Gauge("vocvault_source_lag_seconds", "How long ago the latest record occurred that came in.", values(\.lag)),
                Gauge("vocvault_source_stored", "Records of the runs that are kept that were stored.", values(\.counts.stored)),
                Gauge("vocvault_source_rejected", "Records of the runs that are kept that were rejected.", values(\.counts.rejected)),
            ]
    }

    /// A label's value in the exposition format.
    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}

extension [Gauge] {
    /// What endpoints are to be told, and have not taken.
    init(_ outbox: [OutboxState]) {
        func values(_ value: (OutboxState) -> Double) -> [(labels: String, value: Double)] { outbox.map { (#"endpoint="\#($0.endpoint)""#, value($0)) } }
        self =
            outbox.isEmpty
            ? []
            : [
                Gauge("vocvault_outbox_waiting", "Events that an endpoint has not taken.", values { Double($0.waiting) }),
                Gauge("vocvault_outbox_not_taken", "Of these, those that were sent and not taken.", values { Double($0.failing) }),
                Gauge("vocvault_outbox_lag_seconds", "How long the oldest of them has waited.", values { $0.lag }),
            ]
    }
}
