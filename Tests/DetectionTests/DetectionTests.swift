import Detection
import Testing

@Suite("Detection")
struct DetectionTests {
    private let detector = Detector()

    @Test("what is personal is replaced, and nothing else", arguments: [
        ("请打13800138000找我", "请打[PHONE]找我"),
        ("电话138 0013 8000。", "电话[PHONE]。"),
        ("电话138-0013-8000", "电话[PHONE]"),
        ("+86 138 0013 8000", "[PHONE]"),
        ("幺三八零零一三八零零零", "[PHONE]"),
        ("１３８００１３８０００", "[PHONE]"),
        ("1\u{200B}38001\u{200D}38000", "[PHONE]"),
        ("座机010-88886666转1", "座机[PHONE]转1"),
        ("call (415) 555-2671 now", "call [PHONE] now"),
        ("+44 20 7946 0958", "[PHONE]"),
        ("身份证11010519491231002X。", "身份证[RESIDENT_ID]。"),
        ("卡号6222 0212 3456 7890 128", "卡号[BANK_CARD]"),
        ("号6222 0212 3456 7890 129", "号6222 0212 3456 7890 129"),
        // A digit misheard does not make it public where its name stands before.
        ("卡号6222 0212 3456 7890 129", "卡号[BANK_CARD]"), ("身份证110105194912310021", "身份证[RESIDENT_ID]"),
        ("card 4111 1111 1111 1111", "card [BANK_CARD]"),
        ("写信到na.ouyang+x@example.com.cn吧", "写信到[EMAIL]吧"),
        ("见https://example.com/u?id=7&t=abc。谢谢", "见[URL]。谢谢"),
        ("www.example.com/a", "[URL]"),
        ("登录IP是192.168.1.254,失败", "登录IP是[IP_ADDRESS],失败"),
        ("2001:db8::ff00:42:8329 down", "[IP_ADDRESS] down"),
    ])
    func found(text: String, expected: String) {
        #expect(detector.redact(text) == expected)
    }

    @Test("what only looks personal stays as it is", arguments: [
        "2026年3月4日 12:37:39", "价格是1999.00元", "型号X5-2000", "版本1.2.3", "三三两两",
        "ratio 16:9 at 10:30", "email me @ noon", "110105194912310021", "999.999.999.999", "买了一二三四件",
    ])
    func notFound(text: String) {
        #expect(detector.redact(text) == text)
    }

    private let known = [
        KnownValue(type: .person, text: "欧阳娜娜", spelling: .name),
        KnownValue(type: .phone, text: "138 0013 8000", spelling: .digits),
        KnownValue(type: .email, text: "Na@Example.com", spelling: .compact),
        KnownValue(type: .address, text: "北京市朝阳区建国路88号", spelling: .compact),
    ]

    @Test("the customer's own values are found in other spellings", arguments: [
        ("我是欧阳娜娜", "我是[NAME]"), ("欧阳 娜娜来了", "[NAME]来了"), ("叫我娜娜", "叫我[NAME]"), ("欧阳女士您好", "[NAME]您好"),
        ("幺三八-零零幺三-八零零零", "[PHONE]"), ("138.0013.8000", "[PHONE]"), ("ＮＡ@example.com", "[EMAIL]"),
        ("北京市 朝阳区 建国路８８号", "[ADDRESS]"),
    ])
    func knownValues(text: String, expected: String) {
        #expect(detector.redact(text, known: known) == expected)
    }

    @Test("the customer's own values are found wherever they stand, with up to three separators between any two characters, in any case and width")
    func knownValuesAnywhere() {
        var random = SystemRandomNumberGenerator()
        let values: [(KnownValue, letters: String)] = [
            (known[0], "欧阳娜娜"), (known[1], "13800138000"), (known[2], "na@examplecom"), (known[3], "北京市朝阳区建国路88号"),
            (KnownValue(type: .identifier, text: "Q7-XK 41", spelling: .compact), "q7xk41"), (KnownValue(type: .person, text: "Łukasz Żak", spelling: .name), "łukaszżak"),
        ]
        let separators = [" ", "-", ".", ",", "·", "_", "\u{3000}", "\u{200B}"]
        let around = ["我们", "the order ", "。", "电视坏了,", "Bosch ", "(", "😀", "三天了 "]
        for _ in 0..<3000 {
            let (value, letters) = values.randomElement(using: &random)!
            let spelled = letters.map { letter -> String in
                let wide = letter.asciiValue.flatMap { Bool.random(using: &random) && $0 > 0x20 ? Unicode.Scalar(UInt32($0) + 0xFEE0) : nil }
                let shown = wide.map { String($0) } ?? (Bool.random(using: &random) ? letter.uppercased() : String(letter))
                return shown + (0..<Int.random(in: 0...3, using: &random)).map { _ in separators.randomElement(using: &random)! }.joined()
            }.joined()
            func words() -> String { (0..<Int.random(in: 0...6, using: &random)).map { _ in around.randomElement(using: &random)! }.joined() }
            let before = words() + "。"
            let text = before + spelled + "。" + words()
            let found = detector.entities(in: text, known: [value])
            let place = before.utf8.count..<before.utf8.count + spelled.utf8.count
            #expect(found.contains { $0.bytes.lowerBound <= place.lowerBound && $0.bytes.upperBound > place.lowerBound + 1 && $0.bytes.overlaps(place) }, "\(text)")
        }
    }

    @Test("a short Latin name is not found inside a word")
    func wordEdges() {
        let ann = [KnownValue(type: .person, text: "Ann Lee", spelling: .name)]
        #expect(detector.redact("planned by Ann, said ANN LEE", known: ann) == "planned by [NAME], said [NAME]")
    }

    @Test("values are numbered when a type has several, the same value alike")
    func numbering() {
        let text = "13800138000或13900139000,还是13800138000"
        #expect(detector.redact(text) == "[PHONE_1]或[PHONE_2],还是[PHONE_1]")
    }

    @Test("allow and deny lists")
    func lists() {
        let detector = Detector(never: ["400-123-4567", "10.0.0.1"], always: ["天鹅计划"])
        #expect(detector.redact("网关10.0.0.1,关于天鹅计划") == "网关10.0.0.1,关于[TERM]")
    }

    @Test("spans are in order, do not overlap, and all other bytes stay")
    func spans() {
        var random = SystemRandomNumberGenerator()
        let parts = ["13800138000", "a@b.com", "欧阳娜娜", "11010519491231002X", "x", " ", "好", "。", "4111111111111111", "😀", "\u{200B}", "://", "@", "1", "张", "先生", "王伟", "小李", "总", "·",
            "微信号", "密码", "验证码", "岁", "三十", "[at]", "艾特", "点com", "Emma ", "Mr. ", "京A", "路1号", "3栋", "402室", "北京市", "GB82", "39.9087,", "00:1A:", "born on ", "17 May",
            "one two three ", "138", "0013", "8000", "Box 1", "12 Main Street, ", "\u{301}", "\u{FF21}", "我叫", "PO ", "生日", "-", "(", ")"]
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 0...16, using: &random)).map { _ in parts.randomElement(using: &random)! }.joined()
            let bytes = Array(text.utf8)
            let entities = detector.entities(in: bytes.span, known: known)
            var rebuilt: [UInt8] = []
            var position = 0
            for entity in entities {
                #expect(entity.bytes.lowerBound >= position && !entity.bytes.isEmpty)
                rebuilt += bytes[position..<entity.bytes.lowerBound] + bytes[entity.bytes]
                position = entity.bytes.upperBound
            }
            #expect(rebuilt + bytes[position...] == bytes)
        }
    }

    @Test("a megabyte of any one thing is read to its end", arguments: [
        "1", "一", "@", ".", "a", "好", "(", ":", "/", "-", " ", "w", "\u{200B}", "1 ", "a@", "://", "1.", "13800138000,", "www.",
    ])
    func longInputs(unit: String) {
        let bytes = Array(String(repeating: unit, count: 1_000_000 / unit.utf8.count).utf8)
        let redacted = detector.redact(bytes[...], known: known)
        #expect(redacted.count >= (unit == "13800138000," ? bytes.count / 12 : 1))
    }

    @Test("long runs of every trigger are read to their end", arguments: [
        "路1号", "王", "王伟", "张先生", "阿·", "one ", "double ", "12 Main Street, ", "北京市", "138 0013 ", "微信号", "密码", "Emma ", "Mr. ", "1岁", "qq ", "[at]", "艾特", "点com",
        "John Smith ", "我叫", "00:", "GB82", "39.9087,", "[[[[", "Box 1 ", "出生1", "@a", "京A", "欧阳", "A1234", "名字", "号", "O'Brien-",
    ])
    func longTriggers(unit: String) {
        let bytes = Array((String(repeating: unit, count: 60_000 / unit.utf8.count) + "。电话13800138000").utf8)
        let redacted = String(decoding: detector.redact(bytes[...], known: known), as: UTF8.self)
        #expect(!redacted.contains("13800138000"))
    }

    @Test("ill-formed UTF-8 passes through")
    func illFormed() {
        let (before, after): ([UInt8], [UInt8]) = ([0xFF, 0xE6, 0x31, 0xC0, 0x80, 0xF8], [0xE4, 0xBD])
        let bytes = before + Array("13800138000".utf8) + after
        #expect(detector.redact(bytes[...]) == before + Array("[PHONE]".utf8) + after)
    }
}
