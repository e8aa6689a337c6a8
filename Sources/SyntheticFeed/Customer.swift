/// An invented person.
public struct Customer: Sendable {
    public let id: String
    public let name: String
    public let phone: String
    public let email: String
    public let nationalID: String
    public let address: String
    public let birthDate: String
    public let isChinese: Bool
    let surname: String

    init(number: Int, seed: UInt64) {
        var random = Random(seed: seed ^ (UInt64(number) &+ 1) &* 0xD134_2543_DE82_EF95)
        isChinese = random.chance(75)
        id = "C-" + String(100_000 + number)
        birthDate = "\(1950 + random.below(56))-\(Self.two(1 + random.below(12)))-\(Self.two(1 + random.below(28)))"
        if isChinese {
            surname = random.pick(Words.surnames)
            name = surname + random.pick(Words.given) + (random.chance(60) ? random.pick(Words.given) : "")
            phone = "1" + random.pick(["38", "39", "50", "59", "76", "86", "99"]) + random.digits(8)
            let city = random.pick(Words.cities)
            address = "\(city)\(random.pick(Words.roads))\(1 + random.below(300))号\(1 + random.below(30))栋\(101 + random.below(2800))室"
        } else {
            let first = random.pick(Words.firstNames)
            surname = random.pick(Words.lastNames)
            name = "\(first) \(surname)"
            phone = "+1 \(2 + random.below(8))\(random.digits(2))-\(2 + random.below(8))\(random.digits(2))-\(random.digits(4))"
            address = "\(1 + random.below(900)) \(random.pick(Words.streets)), Springfield \(random.digits(5))"
        }
        email = "user\(random.digits(6))@\(random.pick(["example.com", "example.cn", "mail.example.org"]))"
        nationalID = Self.residentID(birthDate, &random)
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// GB 11643: region, birth date, sequence and check character.
    private static func residentID(_ birthDate: String, _ random: inout Random) -> String {
        let body = random.pick(["110105", "310101", "440305", "510104", "330106"])
            + birthDate.replacing("-", with: "") + random.digits(3)
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
        let sum = zip(weights, body.utf8).reduce(0) { $0 + $1.0 * Int($1.1 - 48) }
        return body + String(Array("10X98765432")[sum % 11])
    }
}

enum Words {
    static let surnames = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "欧阳", "司马", "上官"]
    static let given = ["伟", "芳", "娜", "敏", "静", "强", "磊", "洋", "艳", "勇", "杰", "娟", "涛", "超", "秀英", "霞"]
    static let firstNames = ["Emma", "Oliver", "Sophia", "Liam", "Ava", "Noah", "Mia", "Lucas", "Ella", "Henry"]
    static let lastNames = ["Whitfield", "Carrington", "Okafor", "Novak", "Lindqvist", "Moreau", "Castellano", "Fitzgerald"]
    static let cities = ["北京市朝阳区", "上海市浦东新区", "广东省深圳市南山区", "四川省成都市武侯区", "浙江省杭州市西湖区"]
    static let roads = ["建国路", "人民路", "科技园路", "天府大道", "文三路", "解放东路"]
    static let streets = ["Evergreen Terrace", "Maple Avenue", "Harbor Road", "Cedar Lane"]
    static let channels = ["hotline", "survey", "app", "store", "social"]
    static let products = ["X5", "X7 Pro", "Air 3", "Home Hub", "Mini"]
    static let regions = ["北京", "上海", "广东", "四川", "浙江"]
}
