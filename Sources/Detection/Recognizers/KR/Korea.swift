/// Korean: names, addresses, numbers and documents of the Republic of Korea.
enum Korea {
    static let recognizers = PackRecognizers(
        cues: cues, values: values, ages: ages, regions: ["KR"], documents: documents,
        others: [
            { KoreanNames.detect(in: $0, into: &$1) }, { KoreanAddresses.detect(in: $0, into: &$1) }, { plates(in: $0, into: &$1) }, { maskedNumbers(in: $0, into: &$1) },
        ])

    private static let cues = WordTable<Cues.Kind>(folding: [
        (.phone, "전화 전화번호 연락처 핸드폰 휴대폰 휴대전화 번호 폰번호 핸드폰번호 휴대폰번호"), (.postcode, "우편번호"), (.birthDate, "생년월일 생일 출생"), (.passport, "여권 여권번호"), (.driving, "면허 운전면허 면허번호 운전면허번호"),
        (.bankCard, "카드 카드번호 신용카드 체크카드"), (.account, "계좌 계좌번호 회원번호 고객번호 아이디 통장 국민은행 신한은행 우리은행 하나은행 농협 기업은행 카카오뱅크 토스뱅크"), (.cardCode, "보안코드 유효기간 cvc"),
        (.oneTimeCode, "인증번호 인증코드 보안번호"), (.password, "비밀번호 비번 패스워드"), (.order, "주문번호 예약번호 접수번호 문의번호 티켓번호 증권번호 계약번호 결제번호"), (.tracking, "송장번호 운송장 운송장번호 택배번호 송장"),
        (.plate, "차량번호 차번호"),
    ])
    private static let values = ValueWords(
        links: PhraseList(folding: "번호 은 는 이 가 : 입니다 제 의 no. 끝자리 뒷자리"), months: PhraseList(folding: "_"), ordinals: PhraseList(folding: "년 월 일 년생"))
    private static let ages = AgeWords(suffixes: PhraseList(folding: "살 세 _살 _세"), persons: [], against: PhraseList(folding: "이상 이하 미만 부터 까지 용 대_ 트 _이상 _이하 _미만 계 기 금 일 탁"))

    private static let documents = [
        DocumentForm("national-id.kr", .identifier, "9999999999999", alone: .groups([6, 7], 0.95), cues: "주민등록번호 주민번호 주민 외국인등록번호", holds: isRegistered),
        DocumentForm("national-id.kr", .identifier, "9999999999999", alone: .score(0.8)) { isRegistered($0) && hasCheckDigit($0) },
        DocumentForm("credit-code.kr", .creditCode, "9999999999", alone: .groups([3, 2, 5], 0.8), cues: "사업자등록번호 사업자번호", holds: isBusiness),
        DocumentForm("passport.kr", .passport, "A99999999", cues: "여권"), DocumentForm("passport.kr", .passport, "A999A9999", cues: "여권"),
        DocumentForm("driving-licence.kr", .drivingLicence, "999999999999", alone: .groups([2, 2, 6, 2], 0.85), cues: "면허"),
    ]

    static func isHangul(_ unit: UInt32) -> Bool { (0xAC00...0xD7A3).contains(unit) }

    /// A date of birth, and the digit of sex and century.
    private static let isRegistered: @Sendable ([UInt32]) -> Bool = { units in Checksums.isMonthAndDay(units[2..<6]) }
    /// Numbers given out before October 2020 have one.
    private static let hasCheckDigit: @Sendable ([UInt32]) -> Bool = { units in
        let digits = Checksums.values(units)
        return (11 - Checksums.weighted(digits.dropLast(), [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11) % 10 == digits[12]
    }
    private static let isBusiness: @Sendable ([UInt32]) -> Bool = { units in
        let digits = Checksums.values(units)
        let sum = Checksums.weighted(digits.dropLast(), [1, 3, 7, 1, 3, 7, 1, 3, 5]) + digits[8] * 5 / 10
        return (10 - sum % 10) % 10 == digits[9]
    }

    /// 900101-1******: what is left tells the day of birth and the sex.
    private static func maskedNumbers(in place: PackText, into found: inout [Entity]) {
        let text = place.text
        guard text.filter.mayContain(0x2A), text.digitCount >= 7 else { return }
        for hyphen in text.units.indices where text.units[hyphen] == 0x2D && hyphen >= 6 && hyphen + 3 < text.count {
            let start = hyphen - 6
            guard place.isReadable(start), place.isFree(start - 1), (start..<hyphen).allSatisfy({ FoldedText.isDigit(text.units[$0]) }),
                Checksums.isMonthAndDay(text.units[start + 2..<hyphen]),
                FoldedText.isDigit(text.units[hyphen + 1]), text.units[hyphen + 2] == 0x2A
            else { continue }
            var end = hyphen + 2
            while end < text.count, text.units[end] == 0x2A { end += 1 }
            found.append(place.entity(.identifier, start..<end, 0.9, "national-id.kr"))
        }
    }

    /// 12가 3456, 123가4567.
    private static func plates(in place: PackText, into found: inout [Entity]) {
        let text = place.text
        guard text.digitCount >= 6 else { return }
        for middle in text.units.indices where isHangul(text.units[middle]) && place.isReadable(middle) && middle + 4 < text.count {
            var start = middle
            while start > 0, middle - start < 4, FoldedText.isDigit(text.units[start - 1]) { start -= 1 }
            let number = text.units[middle + 1] == 0x20 ? middle + 2 : middle + 1
            guard (2...3).contains(middle - start), number + 4 <= text.count, (number..<number + 4).allSatisfy({ FoldedText.isDigit(text.units[$0]) }),
                number + 4 == text.count || !FoldedText.isDigit(text.units[number + 4]), !notPlates.contains(text.units[middle])
            else { continue }
            found.append(place.entity(.plate, start..<number + 4, 0.8, "plate.kr"))
        }
    }

    /// 12월 2024, 30일 1530.
    private static let notPlates = UnitSet("월일년시분초원개번호층동명회차")
}
