/// Provinces, cities, counties and districts of China.
public enum ChinesePlaces {
    /// - Parameter name: scalars of a name in simplified characters, such as those of 深圳市 or 深圳.
    public static func isKnown(_ name: ArraySlice<UInt32>) -> Bool {
        // Long names are kept without their kind: 呼和浩特.
        Lexicon.shared.isPlace(name) || name.count > 4 && Lexicon.shared.isPlace(name.dropLast())
    }
}
