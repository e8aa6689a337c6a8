/// A rule by which something is found, as `vocvault redact --explain` names it.
public struct DetectionRule: Sendable, Equatable {
    public var id: String
    public var type: EntityType
    /// Where what it finds is at home: `zh`, `en`, a country (ISO 3166), or nothing, for everywhere.
    public var place: String
    /// What it takes.
    public var what: String
}

extension DetectionRule {
    /// All rules, by their ids. A deployment's own recognizers have rules of their own, `own.NAME`; values of the customer block are `known.TYPE`.
    public static let all: [DetectionRule] = list.split(separator: "\n").map { line in
        let parts = line.split(separator: "|", maxSplits: 3).map { String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
        guard parts.count == 4, let type = EntityType(rawValue: parts[1]) else { preconditionFailure("the rule '\(line)' cannot be read") }
        return DetectionRule(id: parts[0], type: type, place: parts[2] == "-" ? "" : parts[2], what: parts[3])
    }

    private static let list = """
        account.cue | ACCOUNT | - | letters and digits behind 账号, "account", "member id", "sort code"
        address.en | ADDRESS | - | a number and a street in Latin letters, a unit, a box, or a cue with a number near it; then town, state, postcode, country
        address.en-postcode | ADDRESS | - | the same, found by its postcode
        address.ja | ADDRESS | JP | a prefecture, town or ward, and behind it blocks, houses, rooms: 六本木6-10-1, 三丁目1番3号
        address.ko | ADDRESS | KR | a district or town, a street or quarter, a number, then building and room
        address.pack-street | ADDRESS | DE FR ES | a street and a number, small letters and abbreviations among them: Hauptstr. 12, calle Mayor 27, 12 bis, avenue Foch
        address.pack-town | ADDRESS | DE FR ES | five digits and a town
        address.pickup | ADDRESS | TW | the shop of a chain where a parcel is sent or fetched
        address.zh | ADDRESS | zh | components that stand close together: divisions, roads, quarters, buildings, numbers
        address.zh-cue | ADDRESS | zh | the same behind 地址, 住在, 送到
        age.pack | AGE | de es fr ja ko | a number before "Jahre alt", "ans", "años", 歳, 살, where a person is near
        age.stated | AGE | en | a number behind "I'm", "turned", "aged"
        age.suffix | AGE | - | a number before 岁, "years old"
        bank-card.cue | BANK_CARD | - | 12 to 19 digits behind 卡号, "card"
        bank-card.last-four | BANK_CARD | - | four digits behind a card's cue
        bank-card.luhn | BANK_CARD | - | 13 to 19 digits, first of a network, with Luhn's check digit (ISO/IEC 7812-1)
        bank-card.masked | BANK_CARD | - | a number with x or * in it, behind a card's cue
        bank-card.pieces | BANK_CARD | - | Luhn's check digit over two runs with nothing but fillers between
        birth-date.cue | BIRTH_DATE | - | a date behind 生日, "born", "dob"
        card-code.cue | CARD_CODE | - | three or four digits behind "cvv", 安全码
        card-code.expiry | CARD_CODE | - | month and year behind "exp"
        code.cue | CODE | - | a short code behind 验证码, 取件码, "otp"
        credit-code.cue | CREDIT_CODE | CN | digits and letters behind 税号, 信用代码
        credit-code.de | CREDIT_CODE | DE | DE and nine digits behind "USt-IdNr"
        credit-code.es | CREDIT_CODE | ES | the form's letter, seven digits and their check character
        credit-code.fr | CREDIT_CODE | FR | fourteen digits with Luhn's check digit behind "SIRET"
        credit-code.gb32100 | CREDIT_CODE | CN | eighteen characters with the check character of GB 32100
        credit-code.kr | CREDIT_CODE | KR | groups of 3, 2, 5 with their check digit
        credit-code.tw | CREDIT_CODE | TW | eight digits behind 统编
        driving-licence.cue | DRIVING_LICENCE | - | a number behind 驾驶证, "driver's license"
        driving-licence.kr | DRIVING_LICENCE | KR | groups of 2, 2, 6, 2
        email | EMAIL | - | RFC 5321
        email.spelled | EMAIL | - | "at" and "dot" in words, 艾特, 点
        iban.mod97 | IBAN | - | length by country, ISO 7064 MOD 97-10
        imei.cue | IMEI | - | digits behind IMEI, 串号
        imei.luhn | IMEI | - | fifteen digits with Luhn's check digit
        ip.v4 | IP_ADDRESS | - | four numbers to 255
        ip.v6 | IP_ADDRESS | - | RFC 4291
        location.coordinates | LOCATION | - | latitude and longitude with four decimals or more
        location.plus-code | LOCATION | - | an Open Location Code of ten characters and more
        location.what3words | LOCATION | - | three slashes and three words
        mac.eui48 | MAC_ADDRESS | - | six pairs of hexadecimal digits
        military-id.cue | MILITARY_ID | CN | digits behind 军官证
        name.en-cue | NAME | en | capitals behind "my name is", "spoke with", 我叫
        name.en-first | NAME | en | a given name of the lists
        name.en-full | NAME | en | a given and a family name of the lists
        name.en-signature | NAME | en | what stands alone at the end of a letter
        name.en-tag | NAME | en | #JaneDoe
        name.en-tagger | NAME | en | what the tagger reads as one
        name.en-title | NAME | en | behind Mr, Dr; before 老师
        name.ja-cue | NAME | ja | behind 氏名, 担当, 私は; before と申します
        name.ja-full | NAME | ja | a listed family name with a given name, or as a subject
        name.ja-title | NAME | ja | before 様, さん, 先生
        name.ko-cue | NAME | ko | behind 성함, 저는; before 라고 합니다, 드림
        name.ko-title | NAME | ko | a listed family name and a given name before 님, 씨, 과장
        name.pack-cue | NAME | de es fr | behind "ich heiße", "je m'appelle", "me llamo", "Name:", words of kin
        name.pack-greeting | NAME | de es fr | a listed name behind "Hallo", "Chère", "Estimado"
        name.pack-list | NAME | de es fr | a given name of the lists, with what follows it
        name.pack-signature | NAME | de es fr | behind "Mit freundlichen Grüßen", "Cordialement", "Saludos", to the end of the line
        name.pack-title | NAME | de es fr | behind "Herr", "Mme", "Sra."
        name.pinyin | NAME | zh | a surname and syllables in Hanyu Pinyin
        name.zh | NAME | zh | surname and given name cost less than words, and the tagger agrees
        name.zh-announced | NAME | zh | two to four characters up to a mark behind 收件人, 我叫
        name.zh-cue | NAME | zh | the language model's reading behind a word that announces a name
        name.zh-dotted | NAME | zh | parts with a dot between
        name.zh-doubled | NAME | zh | one character twice behind a cue
        name.zh-familiar | NAME | zh | 小王, 老李
        name.zh-list | NAME | zh | names one after another behind 参会, 名单
        name.zh-look | NAME | zh | 胖姐, 瘦哥
        name.zh-member | NAME | zh | 我是…物业的唐甜
        name.zh-surname | NAME | zh | 姓王
        name.zh-surname-title | NAME | zh | 王先生, 刘总
        name.zh-tagger | NAME | zh | what the tagger reads as one, given names alone among them
        name.zh-title | NAME | zh | a name before 先生, 师傅, 店员
        name.zh-transcribed | NAME | zh | names of Japan, Uyghurs, Tibetans, Mongols by their parts
        national-id.cue | ID | - | Aadhaar, SIN, NHS, Medicare, TFN, PPS by cue
        national-id.de-card | ID | DE | the serial number of an identity card with its check digit, or behind its name
        national-id.de-health | ID | DE | a letter and nine digits behind "Versichertennummer"
        national-id.de-tax | ID | DE | eleven digits by ISO 7064 MOD 11,10 and the tax office's rule
        national-id.es | ID | ES | DNI and NIE by their check letter
        national-id.fr-card | ID | FR | an identity card's number behind its name
        national-id.fr-tax | ID | FR | thirteen digits with their key behind "numéro fiscal"
        national-id.jp | ID | JP | My Number by its check digit, behind its name or in groups of four
        national-id.kr | ID | KR | a resident's or foreigner's registration number, masked or not
        nino | NINO | GB | the same by HMRC's letters
        nino.cue | NINO | GB | two letters, six digits, a letter behind "NI number"
        order.cue | ORDER_NO | - | behind 订单号, "booking", "claim", "case"
        organisation.en | ORGANISATION | en | capitals before Ltd, Inc, GmbH
        organisation.zh | ORGANISATION | zh | before 有限公司, 医院
        passport.cn | PASSPORT | CN | the forms of the PRC's passports
        passport.cn-ea | PASSPORT | CN | the electronic ones
        passport.cue | PASSPORT | - | a number behind 护照, "passport"
        passport.de | PASSPORT | DE | the serial number behind "Reisepass"
        passport.jp | PASSPORT | JP | two letters and seven digits behind 旅券
        passport.kr | PASSPORT | KR | a letter and eight characters behind 여권
        password.cue | PASSWORD | - | behind 密码, "password"
        phone.au | PHONE | AU | a mobile in groups of 4, 3, 3
        phone.be | PHONE | BE | a mobile in groups of 4, 2, 2, 2
        phone.cn-landline | PHONE | CN | area code and number
        phone.cn-mobile | PHONE | CN | eleven digits that begin with 13 to 19
        phone.cue | PHONE | - | 7 to 15 digits behind a cue, or before "office"
        phone.de | PHONE | DE | a mobile in groups of 4, 7
        phone.e164 | PHONE | - | + and 8 to 15 digits
        phone.en-words | PHONE | en | seven digits and more in words
        phone.extension | PHONE | - | digits behind "ext.", 分机
        phone.fr | PHONE | FR | five pairs
        phone.ie | PHONE | IE | a mobile in groups of 3, 3, 4
        phone.in | PHONE | IN | a mobile in groups of 5, 5
        phone.international | PHONE | - | 00 and a country's code, in groups
        phone.kr | PHONE | KR | a mobile in groups of 3, 4, 4
        phone.pieces | PHONE | - | two runs with nothing but fillers between that make a number together
        phone.plan | PHONE | AT BE CH DE ES FR JP KR | a number as it is dialled in the country, by libphonenumber's metadata
        phone.read-back | PHONE | CN | a mobile in pieces that the other side repeats
        phone.tw-mobile | PHONE | TW | ten digits that begin with 09
        phone.uk | PHONE | GB | a mobile in groups of 5, 6
        phone.us | PHONE | US | groups of 3, 3, 4
        plate.cn | PLATE | CN | province, letter and characters
        plate.cue | PLATE | - | capitals and digits behind 车牌, "reg"
        plate.de | PLATE | DE | district, hyphen, letters, digits
        plate.es | PLATE | ES | four digits and three consonants
        plate.fr | PLATE | FR | AB-123-CD
        plate.jp | PLATE | JP | office, class, kana, digits
        plate.kr | PLATE | KR | digits, a syllable, four digits
        postcode.cue | POSTCODE | - | digits behind 邮编, "zip"
        postcode.form | POSTCODE | - | the British and Canadian forms
        postcode.jp | POSTCODE | JP | seven digits behind 〒
        qq.cue | QQ | CN | digits behind QQ, 扣扣
        regional-id.cue | REGIONAL_ID | - | behind 身份证 with its region
        regional-id.hk | REGIONAL_ID | HK | letters, six digits and their check character
        regional-id.tw | REGIONAL_ID | TW | a letter, nine digits and their check digit
        regional-id.tw-resident | REGIONAL_ID | TW | residence permits
        resident-id.15 | RESIDENT_ID | CN | the form before 1999
        resident-id.cue | RESIDENT_ID | CN | a number behind 身份证, mistyped or not
        resident-id.gb11643 | RESIDENT_ID | CN | region, birth date and check character of GB 11643
        social.cue | SOCIAL | - | a handle behind 微博, "insta"
        social.mention | SOCIAL | - | @handle
        special.ethnicity | ETHNICITY | - | said of somebody
        special.finances | FINANCES | - | said of somebody
        special.finances-amount | FINANCES | - | what somebody earns, owes or has
        special.health | HEALTH | - | said of somebody
        special.minor-age | MINOR | - | a child's age below 14
        special.minor-school | MINOR | - | what a child attends
        special.politics | POLITICS | - | said of somebody
        special.religion | RELIGION | - | said of somebody
        special.sex_life | SEX_LIFE | - | said of somebody
        special.union | UNION | - | said of somebody
        spoken.address | ADDRESS | en | a house number in words and its street
        spoken.birth-date | BIRTH_DATE | en | a date in words behind a cue
        spoken.cue | ID | en | number words behind a cue, of the cue's type
        spoken.nato | NAME | en | letters by the NATO alphabet
        spoken.spelled | NAME | en | letters with blanks, or with words that begin so
        ssn | SSN | US | the ranges of the SSA
        ssn.cue | SSN | US | nine digits behind "ssn"
        ssn.de | SSN | DE | the pension insurance's number by its check digit
        ssn.es | SSN | ES | twelve digits by mod 97 behind "Seguridad Social"
        ssn.fr | SSN | FR | the number of INSEE's register with its key
        ssn.last-four | SSN | US | four digits behind "ssn … last four"
        tracking.cue | TRACKING_NO | - | behind 快递单号, "tracking"
        travel-permit.cue | TRAVEL_PERMIT | - | behind 通行证
        travel-permit.hk-mo | TRAVEL_PERMIT | CN | the forms of permits
        url.path | URL | - | a domain and a path
        url.scheme | URL | - | a scheme
        url.www | URL | - | www
        vin.check-digit | VIN | - | ISO 3779, 49 CFR 565
        vin.cue | VIN | - | behind 车架号, "vin"
        wechat.cue | WECHAT | CN | behind 微信, 加v
        """
}
