import VaultAPI

/// The console's words in Chinese and English.
package struct Words: Sendable {
    package let language: Language

    package init(_ language: Language) { self.language = language }

    private func t(_ chinese: String, _ english: String) -> String { language.pick(chinese, english) }

    /// What one page alone says.
    package func callAsFunction(_ chinese: String, _ english: String) -> String { language.pick(chinese, english) }

    package var colon: String { t("：", ": ") }
    package var stop: String { t("。", ". ") }
    package var console: String { t("控制台", "Console") }
    package var skip: String { t("跳到正文", "Skip to content") }
    package var signIn: String { t("登录", "Sign in") }
    package var signOut: String { t("退出", "Sign out") }
    package var token: String { t("令牌", "Token") }
    package var tokenHint: String { t("粘贴访问令牌（vvt_…）或身份令牌（JWT）", "An access token (vvt_…) or an identity token (JWT)") }
    package var otherLanguage: String { t("English", "中文") }
    package var overview: String { t("概览", "Overview") }
    package var audit: String { t("审计", "Audit") }
    package var subjects: String { t("客户权利", "Subject rights") }
    package var cases: String { t("客户请求", "Cases") }
    package var approvals: String { t("审批", "Approvals") }
    package var policies: String { t("策略", "Policies") }
    package var retention: String { t("数据留存", "Retention") }
    package var intake: String { t("数据接入", "Intake") }
    package var query: String { t("查询", "Query") }
    package var records: String { t("记录", "Records") }
    package var customers: String { t("客户", "Customers") }
    package var auditEntries: String { t("审计条目", "Audit entries") }
    package var openCases: String { t("未结请求", "Open cases") }
    package var waitsForYou: String { t("待您处理", "Waiting for you") }
    package var nothingWaits: String { t("目前没有待处理的事项", "Nothing is waiting") }
    package var nextDue: String { t("最近期限", "next due") }
    package func name(of kind: InboxItem.Kind) -> String {
        switch kind {
        case .approvals: t("待审批的申请", "requests to approve")
        case .tokens: t("待同意的令牌", "tokens to agree to")
        case .links: t("待确认的客户关联", "customer links to decide")
        case .cases: t("未结的客户请求", "open customer requests")
        case .proposals: t("待批准的改进项", "improvements to approve")
        case .results: t("待验收的改进项", "improvements to accept")
        case .work: t("您负责的改进项", "improvements you carry out")
        }
    }
    package var overdue: String { t("已逾期", "overdue") }
    package var waiting: String { t("待审批", "Pending approvals") }
    package var due: String { t("到期记录", "Records due for deletion") }
    package var lastVerified: String { t("上次校验", "Last verified") }
    package var never: String { t("从未", "never") }
    package var accesses: String { t("每日访问量", "Accesses per day") }
    package var allowed: String { t("允许", "allowed") }
    package var denied: String { t("拒绝", "denied") }
    package var failed: String { t("失败", "failed") }
    package var denials: String { t("近期被拒绝的操作", "Recent denials") }
    package var alerts: String { t("近期告警", "Recent alerts") }
    package var none: String { t("无", "none") }
    package var keys: String { t("密钥", "Keys") }
    package var key: String { t("密钥", "Key") }
    package var active: String { t("使用中", "active") }
    package var retired: String { t("已停用", "retired") }
    package var created: String { t("创建时间", "Created") }
    package var subjectKeys: String { t("客户密钥", "Customer keys") }
    package var dataKeys: String { t("系统密钥", "Vault keys") }
    package var needsRotation: String { t("需要轮换", "needs rotation") }
    package var entry: String { t("条目", "Entry") }
    package func leftOut(_ count: Int) -> String {
        t(
            "有 \(count) 条记录在数据库中被改动过，因此未显示：",
            count == 1 ? "1 record was changed in the database and is not shown:" : "\(count) records were changed in the database and are not shown:")
    }
    package func pagesViewed(_ count: Int) -> String { t("浏览了 \(count) 个页面", "looked at \(count) pages") }
    package var time: String { t("时间", "Time") }
    package var principal: String { t("账号", "Principal") }
    package var role: String { t("角色", "Role") }
    package var action: String { t("操作", "Action") }
    package var purpose: String { t("用途", "Purpose") }
    package var outcome: String { t("结果", "Outcome") }
    package var target: String { t("对象", "Target") }
    package var fields: String { t("字段", "Fields") }
    package var field: String { t("字段", "Field") }
    package var rows: String { t("行数", "Rows") }
    package var reason: String { t("理由", "Reason") }
    package var rule: String { t("规则", "Rule") }
    package var since: String { t("起始", "From") }
    package var until: String { t("截止（不含）", "To (exclusive)") }
    package var search: String { t("搜索", "Search") }
    package var `any`: String { t("不限", "any") }
    package var subjectPseudonym: String { t("客户代号", "Customer pseudonym") }
    package var proof: String { t("下载证明", "Download the proof") }
    package var verify: String { t("校验全部日志", "Verify the log") }
    package var verified: String { t("日志校验通过", "The log is intact") }
    package var damaged: String { t("日志校验未通过", "The log failed verification") }
    package var detail: String { t("详情", "Details") }
    package var back: String { t("返回", "Back") }
    package var kind: String { t("类别", "Kind") }
    package var status: String { t("状态", "Status") }
    package var opened: String { t("登记时间", "Opened") }
    package var deadline: String { t("截止时间", "Due") }
    package var note: String { t("备注", "Note") }
    package var close: String { t("结案", "Close") }
    package var answered: String { t("已答复", "answered") }
    package var refused: String { t("已拒绝", "refused") }
    package var open: String { t("登记请求", "Open a case") }
    package var showClosed: String { t("显示已结案的请求", "Show closed cases") }
    package var find: String { t("查找客户", "Find a customer") }
    package var value: String { t("值", "Value") }
    package var found: String { t("找到客户", "Found") }
    package var notFound: String { t("未找到匹配的客户", "No matching customer") }
    package var `do`: String { t("提交", "Submit") }
    package var rights: String { t("办理客户请求", "Act on a customer's request") }
    package var export: String { t("导出副本（ZIP）", "Export a copy (ZIP)") }
    /// A note, reason or ground, or the word that stands in its place.
    package func note(_ text: String) -> String {
        switch text {
        case NoteWord.erased: t("[已删除]", NoteWord.erased)
        case NoteWord.unreadable: t("[无法读取]", NoteWord.unreadable)
        default: text
        }
    }

    package var erase: String { t("删除", "Erase") }
    package var certificate: String { t("下载删除证明", "Certificate of erasure") }
    package var hold: String { t("设置保全（期间不可删除）", "Hold (blocks deletion)") }
    package var release: String { t("解除保全", "Release a hold") }
    package var holdNumber: String { t("保全编号（有多项保全时，填写要解除的一项）", "Hold number (if there are several, the one to release)") }
    package var restrict: String { t("限制处理", "Restrict processing") }
    package var consent: String { t("记录同意", "Record a consent") }
    package var withdraw: String { t("记录撤回同意", "Record a withdrawal") }
    package var object: String { t("记录反对", "Record an objection") }
    package var aboutPurpose: String { t("所涉目的（同意、撤回、反对）", "Purpose (consent, withdrawal, objection)") }
    package var decisionProof: String { t("凭证（同意、撤回、反对）", "Proof (consent, withdrawal, objection)") }
    package var lift: String { t("解除限制", "Lift the restriction") }
    package var done: String { t("已完成", "Done") }
    package var asked: String { t("申请时间", "Requested") }
    package var expires: String { t("失效时间", "Expires") }
    package var grant: String { t("批准", "Grant") }
    package var deny: String { t("驳回", "Deny") }
    package var state: String { t("状态", "State") }
    package var record: String { t("记录", "Record") }
    package var decision: String { t("审批", "Decision") }
    package var explain: String { t("查询权限判定", "Explain a decision") }
    package var explainDo: String { t("查询", "Explain") }
    package var decides: String { t("判定结果", "Decision") }
    package var steps: String { t("判定过程", "Steps") }
    package var treatment: String { t("展示方式", "Treatment") }
    package var rolesTable: String { t("角色与授权", "Roles and grants") }
    package var purposes: String { t("用途", "Purposes") }
    package var actions: String { t("操作", "Actions") }
    package var removes: String { t("删除内容", "Removes") }
    package var held: String { t("保全中", "On hold") }
    package var before: String { t("早于", "Older than") }
    package var plan: String { t("到期清理计划", "Retention plan") }
    package var select: String { t("显示字段", "Fields to show") }
    package var `where`: String { t("筛选条件", "Condition") }
    package var whereHint: String { t("例如：rating <= 2 and text contains '空调'", "For example: rating <= 2 and text contains 'refund'") }
    package var groupBy: String { t("分组字段（可选）", "Group by (optional)") }
    package var limit: String { t("行数上限", "Maximum rows") }
    package var run: String { t("查询", "Run query") }
    package var csv: String { t("下载 CSV", "Download CSV") }
    package var results: String { t("结果", "Results") }
    package var suppressed: String { t("人数过少的分组不显示", "groups with too few customers are not shown") }
    package var more: String { t("结果未全部显示", "Not all rows are shown") }
    package var receipt: String { t("审计条目", "Audit entry") }
    package var signInFailed: String { t("登录失败", "Sign-in failed") }
    package var problem: String { t("操作未完成", "The request failed") }
    package var signedInAs: String { t("当前用户", "Signed in as") }
    package var count: String { t("数量", "Count") }
    package var chart: String { t("图", "Chart") }
    package var noRight: String { t("您的角色无权查看此页", "Your role cannot view this page") }
    package var asOf: String { t("每行一个时间段", "one row per period") }
    package var choose: String { t("请选择", "Choose") }
    package var wait: String { t("待处理", "pending") }
    package var danger: String { t("删除后无法恢复", "Erasure cannot be undone") }
    package var confirmErasure: String { t("确认删除", "Confirm the erasure") }
    /// By which handles a customer was looked for.
    package func searched(_ handles: [FieldCount]) -> String {
        "\(t("查找范围", "Searched"))\(colon)\(handles.map { "\($0.field) \($0.count)" }.joined(separator: t("、", ", ")))"
    }
    package var customersOfPerson: String { t("同一人的客户数", "Customers who are one person") }
    package var links: String { t("客户关联", "Who is who") }
    package var linkDecision: String { t("决定", "Decision") }
    package var linksWaiting: String { t("待决定的建议", "Proposals that wait for a decision") }
    package var showDecided: String { t("显示已决定的建议", "Show what was decided") }
    package var otherPseudonym: String { t("另一客户代号（合并）", "Other customer's pseudonym (merge)") }
    package var recordPseudonym: String { t("记录代号（移动）", "Record pseudonym (move)") }
    package var ask: String { t("提出建议", "Propose") }
    package var askHint: String { t("须由另一人同意后才生效", "Takes effect once another person agrees") }
    package var accept: String { t("同意", "Accept") }
    package var reject: String { t("否决", "Reject") }
    package var doubt: String { t("疑点", "Doubt") }
    package var askedBy: String { t("提出者", "Proposed by") }
    package var secondPerson: String { t("已同意，待另一人确认", "Accepted; another person must agree") }
    package var sharedHandle: String { t("共有字段", "Shared field") }
    package var manyNamed: String { t("姓名过多的客户", "Customers with many names") }
    package var manyNamedHint: String { t("同一客户名下有三个以上不同姓名，可能是多人共用一个编号或联系方式", "Three or more names under one customer: several people may share an id or a number") }
    package var names: String { t("姓名数", "Names") }
    package var lookThrough: String { t("查找", "Look through the records") }
    package var customerPage: String { t("客户", "Customer") }
    package var consents: String { t("同意与反对", "Consents and objections") }
    package var noConsents: String { t("没有记录任何决定", "No decision is recorded") }
    package var version: String { t("文本版本", "Version of the text") }
    package var proofOfDecision: String { t("凭证", "Proof") }
    package var recordedBy: String { t("记录者", "Recorded by") }
    package var inForce: String { t("当前有效", "In force") }
    package var yes: String { t("是", "yes") }
    package var no: String { t("否", "no") }
    package var mentions: String { t("他人反馈中的提及", "Mentions in others' feedback") }
    package var mentionsHint: String { t("同名者很多：请先查看记录原文，再逐条决定", "Many people have one name: read what a record says before you decide") }
    package var theirs: String { t("是此客户", "means this customer") }
    package var another: String { t("是其他人", "means somebody else") }
    package var undecided: String { t("未决定", "undecided") }
    package var show: String { t("查看同意与提及", "Show consents and mentions") }
    package var channel: String { t("渠道", "Channel") }
    package var tasks: String { t("任务", "Tasks") }
    package var system: String { t("系统或负责人", "System or person") }
    package var toDo: String { t("事项", "What is to be done") }
    package var addTask: String { t("添加任务", "Add a task") }
    package var caseNumber: String { t("请求编号", "Case number") }
    package var answer: String { t("答复", "Answer") }
    package var taskDone: String { t("已完成", "done") }
    package var othersShare: String { t("其他客户也在使用此客户的联系方式，可能是同一人", "Others have the customer's contact details, and may be the same person") }
    package var goOn: String { t("仍然继续", "Go on") }
    package func doubt(_ word: String) -> String {
        switch word {
        case "name": t("姓名不同", "different names")
        case "id": t("编号不同", "different ids")
        case "gap": t("间隔过长", "a long gap")
        case "protection": t("仅一方受限制", "only one is restricted")
        default: word
        }
    }
    package func kind(_ kind: LinkKind) -> String {
        switch kind {
        case .join: t("合并", "merge")
        case .split: t("拆分", "split")
        case .move: t("移动记录", "move a record")
        }
    }
    package func linkState(_ state: String) -> String {
        switch state {
        case "proposed": t("待决定", "proposed")
        case "done": t("已执行", "done")
        case "rejected": t("已否决", "rejected")
        default: state
        }
    }
    package func decision(_ word: ConsentWord) -> String {
        switch word {
        case .given: t("同意", "given")
        case .withdrawn: t("撤回同意", "withdrawn")
        case .objected: t("反对", "objected")
        }
    }
    package func decision(_ word: MentionDecision?) -> String {
        switch word {
        case .theirs: theirs
        case .another: another
        case nil: undecided
        }
    }
    package func taskState(_ state: String) -> String {
        switch state {
        case "open": t("未完成", "open")
        case "done": taskDone
        case "refused": refused
        default: state
        }
    }
    package var mentionsToErase: String { t("将从他人反馈中隐去此客户的记录数", "Records of others from which the customer is removed") }
    package var mentionsHeld: String { t("因保全而不作改动的他人记录数", "Records of others that a hold keeps as they are") }
    package var mentionsUndecided: String { t("可能提到此客户、尚未决定的他人记录数", "Records of others that may mention the customer, undecided") }
    package var sharersStay: String { t("使用相同联系方式、不会被删除的其他客户", "Other customers with the same contact details, who stay") }
    package var goForGood: String { t("将永久删除的记录数", "Records that will be permanently erased") }
    package var typeNumber: String { t("请输入上面的数字以确认", "Type this number to confirm") }
    package var notConfirmed: String { t("数字不符，未删除任何内容", "The number does not match; nothing was erased") }
    package var wouldBeErased: String { t("将被删除的客户数", "Customers to be erased") }

    /// What became of something that the log holds.
    func outcome(_ outcome: String) -> String {
        switch outcome {
        case "allowed": allowed
        case "denied": denied
        case "failed": failed
        default: outcome
        }
    }
}
