import Foundation

/// A whole name in a script that is neither Chinese nor Latin, in the form in which two of them are compared.
struct ScriptName {
    private enum Script {
        case cyrillic, greek, arabic, hebrew, hangul, japanese, other

        init?(_ scalar: Unicode.Scalar) {
            switch scalar.value {
            case 0x41...0x5A, 0x61...0x7A, 0xAA...0x24F: return nil
            case 0x370...0x3FF, 0x1F00...0x1FFF: self = .greek
            case 0x400...0x52F: self = .cyrillic
            case 0x590...0x5FF: self = .hebrew
            case 0x600...0x6FF, 0x750...0x77F: self = .arabic
            case 0x1100...0x11FF, 0xAC00...0xD7A3: self = .hangul
            case 0x3005, 0x3041...0x30FF, 0x4E00...0x9FFF: self = .japanese
            default: self = .other
            }
        }

        /// Whether marks on letters are left out at will: ё and е, vowels in Arabic and Hebrew.
        var hasOptionalMarks: Bool { self == .cyrillic || self == .greek || self == .arabic || self == .hebrew }
    }

    let text: String

    /// - Parameter value: in the forms of NFKC and in small letters.
    init?(_ value: String) {
        let isDelimiter = { (character: Character) in character.isWhitespace || "・.,·".contains(character) }
        guard value.allSatisfy({ $0.isLetter || isDelimiter($0) || "'-ー".contains($0) }) else { return nil }
        var script: Script?
        for scalar in value.unicodeScalars where scalar.properties.isAlphabetic {
            guard let its = Script(scalar), script ?? its == its else { return nil }
            script = its
        }
        guard let script else { return nil }
        var words = value.split(whereSeparator: isDelimiter).map(String.init)
        switch script {
        case .hangul:
            var whole = words.joined()
            for title in ["씨", "님"] where whole.count > 3 && whole.hasSuffix(title) { whole.removeLast() }
            guard (3...5).contains(whole.count) else { return nil }
            text = whole
        case .japanese:
            // Names in kana alone are as often a given name.
            guard value.unicodeScalars.contains(where: Self.isKana), words.count > 1 || words.joined().unicodeScalars.contains(where: { !Self.isKana($0) }) else { return nil }
            var whole = words.joined()
            for title in ["さん", "様", "さま"] where whole.hasSuffix(title) { whole.removeLast(title.count) }
            guard (4...16).contains(whole.count) else { return nil }
            text = Self.katakana(whole)
        case .cyrillic, .greek, .arabic, .hebrew, .other:
            if script.hasOptionalMarks { words = words.map(Self.unmarked) }
            // A name of the father stands in documents, and seldom in a form.
            if script == .cyrillic, words.count == 3 { words.removeAll { word in ["вич", "вна", "чна"].contains { word.hasSuffix($0) } } }
            guard (2...5).contains(words.count), words.allSatisfy({ $0.count > 1 }) else { return nil }
            text = words.sorted().joined(separator: " ")
        }
    }

    private static func unmarked(_ word: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in word.decomposedStringWithCanonicalMapping.unicodeScalars where scalar.properties.generalCategory != .nonspacingMark { result.append(scalar) }
        return String(result)
    }

    private static func isKana(_ scalar: Unicode.Scalar) -> Bool { (0x3041...0x30FF).contains(scalar.value) }

    private static func katakana(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            result.append((0x3041...0x3096).contains(scalar.value) ? Unicode.Scalar(scalar.value + 0x60)! : scalar)
        }
        return String(result)
    }
}
