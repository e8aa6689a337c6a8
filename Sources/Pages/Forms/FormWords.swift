/// What forms say besides their own words, to people who send something.
struct FormWords: Sendable {
    let language: Language

    private func t(_ chinese: String, _ english: String) -> String { language.pick(chinese, english) }

    var send: String { t("提交", "Send") }
    var optional: String { t("（选填）", " (optional)") }
    var noAnswer: String { t("不选择", "No answer") }
    var otherLanguage: String { t("English", "中文") }
    var error: String { t("有误", "Error") }
    var leaveEmpty: String { t("请勿填写此项", "Leave this field empty") }
    var notSent: String { t("尚未提交，请更正以下内容：", "Nothing has been sent yet. Please correct:") }
    var agreement: String { t("知情同意", "Your agreement") }
    func version(_ version: String) -> String { t("文本版本：\(version)", "Version of this text: \(version)") }

    // MARK: Errors beside fields

    func text(of fault: FormPage.Fault) -> String {
        switch fault {
        case .missing: t("请填写此项", "Please fill this in")
        case .unchosen: t("请选择一项", "Please choose one")
        case .unagreed: t("未同意此项，我们无法接收您的反馈", "We cannot take your feedback without this")
        case .tooLong(let limit): t("最多 \(limit) 个字符", "At most \(limit) characters")
        case .noEmail: t("请填写有效的邮箱地址，例如 name@example.com", "Please enter an e-mail address such as name@example.com")
        case .noPhone: t("请填写有效的电话号码，例如 138 0013 8000", "Please enter a phone number such as 138 0013 8000")
        case .noNumber(let bounds?): t("请填写 \(bounds.lowerBound) 至 \(bounds.upperBound) 之间的数字", "Please enter a number from \(bounds.lowerBound) to \(bounds.upperBound)")
        case .noNumber(nil): t("请填写数字", "Please enter a number")
        case .noDate: t("请填写日期，例如 2026-03-04", "Please enter a date such as 2026-03-04")
        case .unreadable: t("包含无法保存的字符", "It has characters that cannot be stored")
        case .filled: t("请清空此项", "Please empty this field")
        case .noReceipt: t("回执编号应为 26 位字母和数字", "A receipt number has 26 letters and digits")
        case .unknownReceipt: t("没有与此编号对应的反馈，可能已被删除", "No feedback has this number. It may have been deleted already")
        }
    }

    // MARK: What became of it

    var thanks: String { t("感谢您的反馈", "Thank you for your feedback") }
    var receipt: String { t("回执编号", "Receipt number") }
    var keepReceipt: String {
        t("请妥善保存。如需删除您提交的内容，请凭此编号提出；编号仅显示这一次。", "Keep it. You can ask for deletion with this number. It is shown only this once.")
    }
    var deleteLater: String { t("删除已提交的反馈", "Delete feedback that I sent") }
    var back: String { t("返回表单", "Back to the form") }
    var receiptLead: String {
        t("请输入提交后获得的回执编号，工作人员将处理您的删除请求。", "Enter the receipt number that you got when you sent it. A person will deal with your request.")
    }
    var ask: String { t("请求删除", "Ask for deletion") }
    var asked: String { t("已收到您的删除请求", "We have your request for deletion") }
    func answered(by day: String) -> String { t("我们将于 \(day) 前处理完毕。", "We will have dealt with it by \(day).") }

    func title(of notice: FormPage.Notice) -> String {
        switch notice {
        case .repeated: t("已收到", "We have it already")
        case .closed: t("今日已停止接收", "Closed for today")
        case .unknown: t("页面不存在", "No such page")
        case .tooLarge: t("内容过长", "Too long")
        case .foreign: t("无法提交", "It cannot be sent from there")
        case .unavailable: t("暂时无法使用", "Not available at the moment")
        }
    }

    func text(of notice: FormPage.Notice) -> String {
        switch notice {
        case .repeated: t("相同的内容刚刚已经收到。回执编号在首次提交后显示过一次。", "The same text came a moment ago. Its receipt number was shown then, once.")
        case .closed: t("今天收到的反馈已达上限。您的内容没有保存，请明天再试。", "We have taken as much as we can today. Nothing of yours was stored. Please try again tomorrow.")
        case .unknown: t("此处没有表单。", "There is no form here.")
        case .tooLarge: t("您的内容没有保存，请缩短后再提交。", "Nothing of yours was stored. Please send less.")
        case .foreign: t("请在表单所在页面填写并提交。", "Please fill in and send the form on its own page.")
        case .unavailable: t("您的内容没有保存，请过几分钟再试。", "Nothing of yours was stored. Please try again in a few minutes.")
        }
    }

    func text(of trouble: FormPage.Trouble) -> String {
        switch trouble {
        case .tooMany(let minutes):
            t("提交过于频繁，请 \(minutes) 分钟后再试。您填写的内容仍在下方。", "Too much came from your network. Please try again in \(minutes) minutes. What you typed is still here.")
        case .notTaken: t("未能保存，请检查您填写的内容，或不留联系方式再试。", "This could not be stored. Please check what you typed, or send it without your contact details.")
        case .unavailable: t("暂时无法保存，请稍后再试。您填写的内容仍在下方。", "It cannot be stored at the moment. Please try again later. What you typed is still here.")
        }
    }
}
