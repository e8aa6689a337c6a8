import Detection
import Testing

@Suite("The pack of Korean")
struct KoreanPackTests {
    private func expect(_ text: String, _ expected: String) { #expect(Detector(packs: [.ko]).redact(text) == expected) }

    @Test(
        "names before titles, behind labels, and as people say their own",
        arguments: [
            ("최영숙님께서 환불해 주신다고 했어요.", "[NAME]님께서 환불해 주신다고 했어요."), ("이민호 상담사님이 친절하게 설명해 주셨어요.", "[NAME] 상담사님이 친절하게 설명해 주셨어요."),
            ("남궁민씨가 꼼꼼하게 봐 주셨습니다.", "[NAME]씨가 꼼꼼하게 봐 주셨습니다."), ("제 이름은 김서연이고 세 번 전화했어요.", "제 이름은 [NAME]이고 세 번 전화했어요."),
            ("저는 신동엽이라고 합니다. 어제 방문했어요.", "저는 [NAME]이라고 합니다. 어제 방문했어요."), ("받는 사람: 한지민, 환불 부탁드립니다.", "받는 사람: [NAME], 환불 부탁드립니다."),
            ("물건이 오지 않았어요. 조은별 드림", "물건이 오지 않았어요. [NAME] 드림"),
        ])
    func names(text: String, expected: String) { expect(text, expected) }

    @Test(
        "customers and drivers are nobody's name",
        arguments: [
            "고객님이라고 부르면서 태도는 불친절했어요.", "기사님이 벨도 누르지 않고 가셨습니다.", "우리 고객님들은 모두 만족합니다.", "신규 고객만 할인해 주네요.", "저는 주부입니다. 세제가 잘 녹아요.",
            "아저씨가 도와주셨어요. 날씨가 좋았어요.",
        ])
    func words(text: String) { expect(text, text) }

    @Test(
        "addresses, and none where a word only ends as streets do",
        arguments: [
            ("주소는 서울특별시 강남구 테헤란로 123인데 안 와요.", "주소는 [ADDRESS]인데 안 와요."),
            ("경기도 성남시 분당구 정자동 178-1 101동 1203호로 보내 주세요.", "[ADDRESS]로 보내 주세요."), ("카드로 10만원을 결제했어요.", "카드로 10만원을 결제했어요."),
        ])
    func addresses(text: String, expected: String) { expect(text, expected) }

    @Test(
        "numbers and documents",
        arguments: [
            ("집 전화는 02-733-9184입니다.", "집 전화는 [PHONE]입니다."), ("주민등록번호는 900101-1234567입니다.", "주민등록번호는 [ID]입니다."), ("표기는 901301-1234567라고 합니다.", "표기는 901301-1234567라고 합니다."),
            ("주민번호 851212-2******로 조회가 안 됩니다.", "주민번호 [ID]로 조회가 안 됩니다."), ("제 차 12가 3456을 맡겼어요.", "제 차 [PLATE]을 맡겼어요."),
            ("사업자번호는 124-81-00998입니다.", "사업자번호는 [CREDIT_CODE]입니다."),
        ])
    func numbers(text: String, expected: String) { expect(text, expected) }

    @Test(
        "ages and dates of birth",
        arguments: [
            ("어머니가 78세이신데 너무 어려워요.", "어머니가 [AGE]이신데 너무 어려워요."), ("3세 이상 사용할 수 있어요.", "3세 이상 사용할 수 있어요."),
            ("생년월일은 1985년 3월 12일입니다.", "생년월일은 [BIRTH_DATE]일입니다."),
        ])
    func life(text: String, expected: String) { expect(text, expected) }
}
