import Synchronization

/// Token buckets, one for each name: `burst` at once, then `perSecond`.
final class RateLimiter: Sendable {
    private struct Bucket {
        var level: Double
        var time: ContinuousClock.Instant
    }

    private let burst: Double
    private let perSecond: Double
    private let buckets = Mutex<[String: Bucket]>([:])
    /// How many names are remembered. Those whose buckets are full again are forgotten first.
    private static let capacity = 10_000

    init(burst: Int, perSecond: Double) { (self.burst, self.perSecond) = (Double(burst), perSecond) }

    /// Takes one from the name's bucket.
    ///
    /// - Returns: nil, or in how many seconds there will be a token.
    func take(_ name: String, now: ContinuousClock.Instant = .now) -> Int? {
        buckets.withLock { buckets in
            if buckets.count >= Self.capacity, buckets[name] == nil {
                buckets = buckets.filter { level(of: $0.value, now) < burst }
                // If all names are active, nobody new gets in until some have calmed down.
                if buckets.count >= Self.capacity { return Int((1 / perSecond).rounded(.up)) }
            }
            let left = buckets[name].map { level(of: $0, now) } ?? burst
            guard left >= 1 else {
                buckets[name] = Bucket(level: left, time: now)
                return max(1, Int(((1 - left) / perSecond).rounded(.up)))
            }
            buckets[name] = Bucket(level: left - 1, time: now)
            return nil
        }
    }

    private func level(of bucket: Bucket, _ now: ContinuousClock.Instant) -> Double {
        min(burst, bucket.level + (now - bucket.time) / .seconds(1) * perSecond)
    }
}
