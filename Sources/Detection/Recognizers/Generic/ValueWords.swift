/// What stands between a cue and its value in a language, and the words of its dates.
final class ValueWords: Sendable {
    let links: PhraseList
    /// The beginnings of the names of months.
    let months: PhraseList
    /// Behind a number in a date: st, of.
    let ordinals: PhraseList
    /// Whether a date stands before its cue, too: am 2. November 1985 geboren.
    let hasDatesBefore: Bool

    init(links: PhraseList, months: PhraseList, ordinals: PhraseList, hasDatesBefore: Bool = false) {
        (self.links, self.months, self.ordinals, self.hasDatesBefore) = (links, months, ordinals, hasDatesBefore)
    }

    /// Of English and Chinese.
    static let standard = ValueWords(
        links: PhraseList(
            [
                "号码", "号", "账号", "帐号", "编号", "尾号", "是", "为", "叫", "填的是", "就是", "也是", "number", "no.", "no", "num", "id", "is", "was", "code", "ending in", "code is", "are",
                "on", "in", "的", "在", "加我", "我的", "如下", "the", "me", "us", "back", "at", "to", "my", "reference", "ending", "ends in", "ending with", "#", "last four", "digits",
                "系", "across the front",
            ].sorted { $0.count > $1.count }),
        months: PhraseList(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
        ordinals: PhraseList(["st", "nd", "rd", "th", "of"]))
}
