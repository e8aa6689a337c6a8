import Detection
import Testing

@Suite("Handles")
struct MentionTests {
    @Test(
        "a handle is found in any script, in a text without any cue word",
        arguments: [
            ("@river_stone88 your app crashed again", "[SOCIAL] your app crashed again"), ("@慢半拍的蜗牛 又发错货了", "[SOCIAL] 又发错货了"), ("谢谢@果酱Jam_2 帮忙", "谢谢[SOCIAL] 帮忙"),
            ("(@ok) fine", "([SOCIAL]) fine"),
        ])
    func found(text: String, expected: String) { #expect(Detector().redact(text) == expected) }

    @Test("times, blanks and mail addresses are no handles", arguments: [("meet @ noon", "meet @ noon"), ("open @5pm", "open @5pm"), ("a@b.com", "[EMAIL]")])
    func notFound(text: String, expected: String) { #expect(Detector().redact(text) == expected) }

    @Test("a handle that is somebody's name is hidden as one")
    func names() { #expect(Detector().redact("//@陈晓明:转发微博").contains("@[NAME]")) }

    @Test("a handle has at most fifteen Han characters")
    func boundary() {
        let long = String(repeating: "蜗", count: 20)
        #expect(Detector().redact("@" + long) == "[SOCIAL]" + String(long.dropFirst(15)))
    }
}
