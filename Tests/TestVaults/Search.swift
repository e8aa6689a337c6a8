import Foundation

#if canImport(Glibc)
import Glibc
#endif

extension Data {
    /// Whether `value` stands anywhere in the bytes; an empty one stands nowhere. Foundation's search goes byte by byte, which takes
    /// minutes over all files of a vault for each of many values.
    package func holds(_ value: Data) -> Bool {
        guard let first = value.first else { return false }
        return withUnsafeBytes { bytes in
            value.withUnsafeBytes { value in
                var place = 0
                while place + value.count <= bytes.count {
                    guard let found = memchr(bytes.baseAddress! + place, Int32(first), bytes.count - value.count - place + 1) else { return false }
                    if memcmp(found, value.baseAddress!, value.count) == 0 { return true }
                    place = UnsafeRawPointer(found) - bytes.baseAddress! + 1
                }
                return false
            }
        }
    }
}
