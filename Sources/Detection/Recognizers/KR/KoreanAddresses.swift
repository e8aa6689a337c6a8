/// Finds postal addresses of Korea: 서울특별시 강남구 테헤란로 123, 경기도 성남시 분당구 정자동 178-1 101동 1203호.
///
/// The text is read as pieces between blanks. A street or quarter with a number behind it is one where a district or town stands before it.
enum KoreanAddresses {
    static func detect(in place: PackText, into found: inout [Entity]) {
        let text = place.text
        guard text.digitCount > 0 else { return }
        let pieces = pieces(of: text)
        var index = 0
        while index < pieces.count {
            guard place.isReadable(pieces[index].lowerBound), let end = core(at: index, pieces, in: text), case let start = leftEnd(index, pieces, in: text), start < index else {
                index += 1
                continue
            }
            let last = rightEnd(end, pieces, in: text)
            found.append(place.entity(.address, pieces[start].lowerBound..<numberEnd(pieces[last - 1], in: text), 0.85, "address.ko"))
            index = last
        }
    }

    private static func pieces(of text: FoldedText) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var start = 0
        for index in 0...text.count where index == text.count || [0x20, 0x0A, 0x2C, 0x28, 0x29].contains(text.units[index]) {
            if index > start { pieces.append(start..<index) }
            start = index + 1
        }
        return pieces
    }

    private static func ends(_ piece: Range<Int>, _ words: PhraseList, in text: FoldedText) -> Bool {
        words.last(before: piece.upperBound, in: text).map { piece.count > $0.count && Korea.isHangul(text.units[piece.lowerBound]) } ?? false
    }

    private static func beginsWithDigit(_ piece: Range<Int>, in text: FoldedText) -> Bool { FoldedText.isDigit(text.units[piece.lowerBound]) }

    /// The piece behind a street with its number: 테헤란로 123, 정자동 178-1, 테헤란로123.
    private static func core(at index: Int, _ pieces: [Range<Int>], in text: FoldedText) -> Int? {
        let piece = pieces[index]
        if ends(piece, streets, in: text), index + 1 < pieces.count, beginsWithDigit(pieces[index + 1], in: text), isHouse(pieces[index + 1], in: text) { return index + 2 }
        guard Korea.isHangul(text.units[piece.lowerBound]), let digit = piece.first(where: { FoldedText.isDigit(text.units[$0]) }), streets.last(before: digit, in: text) != nil
        else { return nil }
        return isHouse(digit..<piece.upperBound, in: text) ? index + 1 : nil
    }

    /// Digits, a hyphen, digits, and nothing that counts behind them: 3개, 10분.
    private static func isHouse(_ piece: Range<Int>, in text: FoldedText) -> Bool {
        let end = numberEnd(piece, in: text)
        return end == piece.upperBound || houseWords.begins(at: end, in: text) || !Korea.isHangul(text.units[end]) || particles.begins(at: end, in: text)
    }

    private static func numberEnd(_ piece: Range<Int>, in text: FoldedText) -> Int {
        guard let last = piece.last(where: { FoldedText.isDigit(text.units[$0]) }) else { return piece.upperBound }
        if let word = houseWords.first(at: last + 1, in: text) { return last + 1 + word.count }
        return last + 1
    }

    private static func leftEnd(_ index: Int, _ pieces: [Range<Int>], in text: FoldedText) -> Int {
        var start = index
        while start > 0, index - start < 5, ends(pieces[start - 1], divisions, in: text) || provinces.contains(pieces[start - 1], in: text),
            pieces[start].lowerBound - pieces[start - 1].upperBound == 1
        { start -= 1 }
        return start
    }

    /// 101동 1203호, (역삼동), 래미안아파트 101동.
    private static func rightEnd(_ end: Int, _ pieces: [Range<Int>], in text: FoldedText) -> Int {
        var last = end
        var index = end
        while index < pieces.count, index - end < 5, pieces[index].lowerBound - pieces[index - 1].upperBound <= 2 {
            let piece = pieces[index]
            if beginsWithDigit(piece, in: text), houseWords.begins(at: text.end(of: .digit, from: piece.lowerBound), in: text) {
                last = index + 1
            } else if ends(piece, buildings, in: text) || text.units[piece.lowerBound - 1] == 0x28 && ends(piece, divisions, in: text) {
                last = index + 1
            } else {
                break
            }
            index += 1
        }
        return last
    }

    private static let streets = PhraseList(folding: "대로 로 길 번길 동 읍 면 리 가")
    private static let divisions = PhraseList(folding: "특별시 광역시 특별자치시 특별자치도 시 도 구 군 읍 면 동 리")
    private static let provinces = PhraseList(folding: "서울 부산 대구 인천 광주 대전 울산 세종 경기 강원 충북 충남 전북 전남 경북 경남 제주")
    private static let houseWords = PhraseList(folding: "번지 번길 동 호 층 가길")
    private static let buildings = PhraseList(folding: "아파트 빌라 타워 빌딩 오피스텔 맨션 하이츠 자이 래미안 푸르지오 힐스테이트")
    private static let particles = PhraseList(folding: "에 으로 로 입니다 이에요 예요 이고 인데 에서 까지")
}
