import Detection
import Testing

@Suite("Postal addresses")
struct AddressTests {
    private func expect(_ text: String, _ expected: String) { #expect(Detector().redact(text) == expected) }

    @Test(
        "Chinese addresses as people type them",
        arguments: [
            ("寄到首都花园3栋402室", "寄到[ADDRESS]"), ("新都区新都大道120号", "[ADDRESS]"), ("回龙观东大街88号院3号楼402", "[ADDRESS]"), ("浙江省宁波市江北区槐树路76-8-501", "[ADDRESS]"),
            ("西湖区文三路478号华星大厦7楼", "[ADDRESS]"),
            ("金色华庭6-2-1203,对吗", "[ADDRESS],对吗"), ("我放5-1-302门口了", "我放[ADDRESS]门口了"), ("贵州省榕江县兴华乡摆贝村民小组", "[ADDRESS]"), ("送去元朗朗屏邨3座12楼05室唔该", "送去[ADDRESS]唔该"),
            ("杭州市余杭区仓前街道永福村12组", "[ADDRESS]"), ("请送到江东路5#1606,谢谢", "请送到[ADDRESS],谢谢"),
        ])
    func chinese(text: String, expected: String) { expect(text, expected) }

    @Test(
        "what is said of a town, a road or a date is no address",
        arguments: [
            "北京市很大", "在人民路上等", "3号发货", "第709号解释", "臺北市立美術館申請程序", "离长江路不远", "这条路很堵", "网络道路千万条", "上海到南京市区很快",
        ])
    func notChinese(text: String) { expect(text, text) }

    @Test(
        "addresses in Latin letters",
        arguments: [
            ("ship to 12 Broadway, New York, NY 10004", "ship to [ADDRESS]"), ("Lieferadresse: Lindenstraße 12, 80331 München", "Lieferadresse: [ADDRESS]"),
            ("livraison au 15 rue de la Gare, 69002 Lyon", "livraison au [ADDRESS]"),
            ("I am at PSC 1437, Box 3833\nAPO AA 66791", "I am at [ADDRESS]"), ("my address is 450 Elmgård 15, Odense", "my address is [ADDRESS]"),
            ("in Apt 4B now", "in [ADDRESS] now"), ("buzz me at 310 E 45th, please", "buzz me at [ADDRESS], please"),
            ("send it to The Old Mill, Water Lane, Great Snoring, NR21 0HP", "send it to [ADDRESS]"),
        ])
    func latin(text: String, expected: String) {
        // Those in other languages are read where policy lets such sentences pass.
        #expect(Detector(rules: [.foreign: TypeRule(threshold: 1)]).redact(text) == expected)
    }

    @Test(
        "an address ends at a label and at the next sentence",
        arguments: [
            ("164 Silk Street, Policy of the store", "[ADDRESS], Policy of the store"), ("14 Harbor Road, Leeds\nPhone: none", "[ADDRESS]\nPhone: none"),
            ("at 14 Harbor Road. Then we left", "at [ADDRESS]. Then we left"),
        ])
    func ends(text: String, expected: String) { expect(text, expected) }

    @Test(
        "numbers and capitals elsewhere are no address",
        arguments: ["3 nice people", "under 15 U.S.C. 1681 and others", "The 2023 Civic has 12,000 miles", "Box of 12 eggs", "room 5 was cold"])
    func notLatin(text: String) { expect(text, text) }
}
