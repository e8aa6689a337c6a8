import Synchronization

/// Token buckets, one a name: `burst` at once, `perSecond` after that.
final class RateLimiter: Sendable {
    private struct Bucket {
        var level: Double
        var time: ContinuousClock.Instant
    }

    private let burst: Double
    private let perSecond: Double
    private let buckets = Mutex<[String: Bucket]>([:])
    /// More names than this are not remembered: those that have filled up again are forgotten first.
    private static let capacity = 10_000

    init(burst: Int, perSecond: Double) { (self.burst, self.perSecond) = (Double(burst), perSecond) }

    /// Takes one from the name's bucket.
    ///
    /// - Returns: nil, or in how many seconds there will be one.
    func take(_ name: String, now: ContinuousClock.Instant = .now) -> Int? {
        buckets.withLock { buckets in
            if buckets.count >= Self.capacity, buckets[name] == nil {
                buckets = buckets.filter { level(of: $0.value, now) < burst }
                // Full of names that are all at it: nobody new gets in before some have calmed down.
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
