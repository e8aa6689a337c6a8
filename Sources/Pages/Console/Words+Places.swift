import RedactedAPI
import VaultAPI

extension Words {
    // MARK: Pages

    package var worklist: String { self("回访", "Call-backs") }
    package var dashboard: String { self("看板", "Dashboard") }
    package var improvements: String { self("改进项", "Improvements") }
    package var texts: String { self("原声", "Verbatims") }
    package var tokens: String { self("令牌", "Tokens") }
    package var health: String { self("运行状况", "Health") }
    package var sessions: String { self("登录会话", "Sessions") }
    package var account: String { self("我的账号", "Your account") }

    // MARK: Everywhere

    func rowCount(_ count: Int) -> String { self("共 \(count) 行", count == 1 ? "1 row" : "\(count) rows") }
    var revoke: String { self("吊销", "Revoke") }
    var required: String { self("必填", "required") }
    var save: String { self("保存", "Save") }
    var cancel: String { self("取消", "Cancel") }
    var nextPage: String { self("下一页", "Next page") }
    var firstPage: String { self("第一页", "First page") }
    var owner: String { self("负责人", "Owner") }
    var dueDate: String { self("期限", "Due") }
    var expected: String { self("预期效果", "Expected result") }
    var titleOfTask: String { self("改进项名称", "Title") }
    var product: String { self("产品", "Product") }
    var region: String { self("地区", "Region") }
    var topic: String { self("话题", "Topic") }
    var sentiment: String { self("情感", "Sentiment") }
    var rating: String { self("评分", "Rating") }
    var feedback: String { self("反馈数", "Feedback") }
    var period: String { self("时间范围", "Period") }

    /// A mood as the classifier names it.
    func mood(_ word: String) -> String {
        switch word {
        case "negative": self("负面", "negative")
        case "neutral": self("中性", "neutral")
        case "positive": self("正面", "positive")
        default: word
        }
    }

    func state(_ state: ImprovementTask.State) -> String {
        switch state {
        case .proposed: self("待批准", "Proposed")
        case .approved: self("已批准", "Approved")
        case .inProgress: self("进行中", "In progress")
        case .done: self("待验收", "Awaiting acceptance")
        case .accepted: self("已验收", "Accepted")
        case .rejected: self("已驳回", "Rejected")
        }
    }

    func step(_ step: ImprovementTask.Step) -> String {
        switch step {
        case .propose: self("提出", "proposed")
        case .approve: self("批准", "approved")
        case .reject: self("驳回", "rejected")
        case .start: self("开始", "started")
        case .finish: self("完成", "finished")
        case .accept: self("验收通过", "accepted")
        case .sendBack: self("退回重做", "sent back")
        }
    }

    /// The same on a button.
    package func command(_ step: ImprovementTask.Step) -> String {
        switch step {
        case .propose: self("提出改进项", "Propose")
        case .approve: self("批准", "Approve")
        case .reject: self("驳回", "Reject")
        case .start: self("开始处理", "Start")
        case .finish: self("标记为完成", "Finish")
        case .accept: self("验收通过", "Accept")
        case .sendBack: self("退回重做", "Send back")
        }
    }

    // MARK: Requests

    var open_: String { self("打开", "Open") }

    package func name(of kind: CaseKind) -> String {
        switch kind {
        case .access: self("查阅、复制", "Access")
        case .correction: self("更正", "Correction")
        case .erasure: self("删除", "Erasure")
        case .restriction: self("限制处理", "Restriction")
        case .objection: self("反对处理", "Objection")
        case .portability: self("转移", "Portability")
        }
    }
    package func name(of kind: String) -> String { CaseKind(rawValue: kind).map { name(of: $0) } ?? kind }

    func caseStatus(_ word: String) -> String {
        switch word {
        case "open": self("处理中", "open")
        case "answered": answered
        case "refused": refused
        default: word
        }
    }

    func approvalState(_ word: String) -> String {
        switch word {
        case "pending": wait
        case "granted": self("已批准", "granted")
        case "denied": self("已驳回", "denied")
        case "used": self("已使用", "used")
        case "expired": self("已失效", "expired")
        default: word
        }
    }
}
