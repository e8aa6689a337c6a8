import Detection
import Testing

@Suite("Conversations")
struct ConversationTests {
    @Test(
        "what one speaker says over several turns is found, and what another reads back",
        arguments: [
            ("agent: 请问号码?\ncustomer: 幺五九幺零零\nagent: 嗯\ncustomer: 二三四五六,门坏了", ["幺五九幺零零", "二三四五六"], ["门坏了", "请问号码"]),
            ("客户:电话一五九一零零二\n坐席:一五九一零零二?\n客户:三四五六", ["一五九一零零二", "三四五六"], ["电话"]),
            ("客服：手机号多少？\n用户：15910\n客服：嗯嗯\n用户：023456", ["15910", "023456"], ["手机号多少"]),
            ("[speaker_0] 号码 15910 [speaker_1] 好 [speaker_0] 023456", ["15910", "023456"], ["speaker_0", "好"]),
            ("1\n00:00:01,000 --> 00:00:03,000\n手机号是159\n\n2\n00:00:03,000 --> 00:00:05,000\n10023456", ["159", "10023456"], ["00:00:03,000"]),
        ])
    func pieces(text: String, gone: [String], kept: [String]) {
        let redacted = Detector().redact(text)
        for piece in gone { #expect(!redacted.contains(piece), "\(redacted)") }
        for piece in kept { #expect(redacted.contains(piece), "\(redacted)") }
    }

    @Test(
        "turns that have nothing together stay as they are",
        arguments: [
            "agent: 您好\ncustomer: 价格159元\nagent: 好的\ncustomer: 3楼2单元没有灯", "customer: I waited 159 minutes\nagent: sorry\ncustomer: 1002 steps",
            "第一行 159\n第二行 10023456", "注:15\n价:20", "customer:\nagent:\n",
        ])
    func nothing(text: String) { #expect(Detector().redact(text) == text) }
}
