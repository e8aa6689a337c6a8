import Synchronization

/// Counts what the server does, for Prometheus (text exposition format 0.0.4). Labels are names of routes and roles, never
/// anything that was asked or answered.
final class ServerMetrics: Sendable {
    private struct Route: Hashable {
        var method: String
        var path: String
        var status: Int
    }

    private struct Durations {
        var buckets = [Int](repeating: 0, count: ServerMetrics.bounds.count)
        var count = 0
        var sum = 0.0
    }

    private struct State {
        var requests: [Route: Int] = [:]
        var durations: [String: Durations] = [:]
        var underWay = 0
        /// By what was reloaded: successes and refusals.
        var reloads: [String: (done: Int, refused: Int)] = ["policy": (0, 0)]
    }

    private let state = Mutex(State())
    /// Upper bounds of the histogram, in seconds.
    private static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    func began() { state.withLock { $0.underWay += 1 } }

    /// - Parameter path: the route, not the requested path.
    func ended(method: String, path: String, status: Int, after seconds: Double) {
        state.withLock { state in
            state.underWay -= 1
            state.requests[Route(method: method, path: path, status: status), default: 0] += 1
            var durations = state.durations[path] ?? Durations()
            durations.count += 1
            durations.sum += seconds
            for (index, bound) in Self.bounds.enumerated() where seconds <= bound { durations.buckets[index] += 1 }
            state.durations[path] = durations
        }
    }

    /// - Parameter what: `policy` or `certificate`.
    func reloaded(_ what: String, _ succeeded: Bool) {
        state.withLock { state in
            var count = state.reloads[what] ?? (0, 0)
            if succeeded { count.done += 1 } else { count.refused += 1 }
            state.reloads[what] = count
        }
    }

    func text(_ gauges: [Gauge]) -> String {
        let state = state.withLock { $0 }
        var text = ""
        func head(_ name: String, _ type: String, _ help: String) { text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n" }
        head("vocvault_http_requests_total", "counter", "Requests answered, by route and status.")
        for (route, count) in state.requests.sorted(by: { ($0.key.path, $0.key.method, $0.key.status) < ($1.key.path, $1.key.method, $1.key.status) }) {
            text += "vocvault_http_requests_total{method=\"\(route.method)\",route=\"\(route.path)\",status=\"\(route.status)\"} \(count)\n"
        }
        head("vocvault_http_request_duration_seconds", "histogram", "Time from a request's head to its response's head.")
        for (path, durations) in state.durations.sorted(by: { $0.key < $1.key }) {
            for (bound, count) in zip(Self.bounds, durations.buckets) {
                text += "vocvault_http_request_duration_seconds_bucket{route=\"\(path)\",le=\"\(bound)\"} \(count)\n"
            }
            text += "vocvault_http_request_duration_seconds_bucket{route=\"\(path)\",le=\"+Inf\"} \(durations.count)\n"
            text += "vocvault_http_request_duration_seconds_sum{route=\"\(path)\"} \(durations.sum)\n"
            text += "vocvault_http_request_duration_seconds_count{route=\"\(path)\"} \(durations.count)\n"
        }
        head("vocvault_http_requests_under_way", "gauge", "Requests that are being answered.")
        text += "vocvault_http_requests_under_way \(state.underWay)\n"
        for (what, count) in state.reloads.sorted(by: { $0.key < $1.key }) {
            head("vocvault_\(what)_reloads_total", "counter", "Reloads of the \(what) files.")
            text += "vocvault_\(what)_reloads_total{outcome=\"done\"} \(count.done)\n"
            text += "vocvault_\(what)_reloads_total{outcome=\"refused\"} \(count.refused)\n"
        }
        for gauge in gauges {
            head(gauge.name, gauge.type, gauge.help)
            for (labels, value) in gauge.values { text += "\(gauge.name)\(labels.isEmpty ? "" : "{\(labels)}") \(value)\n" }
        }
        return text
    }
}
