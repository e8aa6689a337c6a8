/// The console's words in Chinese and English.
enum ConsoleText {
    enum Language: String, Sendable {
        case chinese = "zh"
        case english = "en"

        init(accepting accept: String?) {
            let first = accept?.split(separator: ",").first.map(String.init) ?? ""
            self = first.lowercased().hasPrefix("zh") ? .chinese : .english
        }
    }

    /// All words by key, for the templates.
    static func words(_ language: Language) -> [String: String] {
        pairs.mapValues { language == .chinese ? $0.0 : $0.1 }
    }

    private static let pairs: [String: (String, String)] = [
        "console": ("控制台", "Console"), "skip": ("跳到正文", "Skip to content"), "signIn": ("登录", "Sign in"), "signOut": ("退出", "Sign out"),
        "token": ("令牌", "Token"), "tokenHint": ("粘贴访问令牌(vvt_…)或身份令牌(JWT)", "An access token (vvt_…) or an identity token (JWT)"),
        "otherLanguage": ("English", "中文"), "overview": ("概览", "Overview"), "audit": ("审计", "Audit"), "subjects": ("客户权利", "Subject rights"),
        "cases": ("客户请求", "Cases"), "approvals": ("审批", "Approvals"), "policies": ("策略", "Policies"), "retention": ("数据留存", "Retention"),
        "query": ("查询", "Query"), "records": ("记录", "Records"), "customers": ("客户", "Customers"), "auditEntries": ("审计条目", "Audit entries"),
        "openCases": ("未结请求", "Open cases"), "overdue": ("已逾期", "overdue"), "waiting": ("待审批", "Pending approvals"),
        "due": ("到期记录", "Records due for deletion"), "lastVerified": ("上次校验", "Last verified"), "never": ("从未", "never"), "accesses": ("每日访问量", "Accesses per day"),
        "allowed": ("允许", "allowed"), "denied": ("拒绝", "denied"), "failed": ("失败", "failed"), "denials": ("近期被拒绝的操作", "Recent denials"),
        "alerts": ("近期告警", "Recent alerts"), "none": ("无", "none"), "keys": ("密钥", "Keys"), "key": ("密钥", "Key"), "active": ("使用中", "active"),
        "retired": ("已停用", "retired"), "created": ("创建时间", "Created"), "subjectKeys": ("客户密钥", "Customer keys"),
        "dataKeys": ("系统密钥", "Vault keys"), "needsRotation": ("需要轮换", "needs rotation"), "entry": ("条目", "Entry"), "time": ("时间", "Time"),
        "principal": ("账号", "Principal"), "role": ("角色", "Role"), "action": ("操作", "Action"), "purpose": ("用途", "Purpose"),
        "outcome": ("结果", "Outcome"), "target": ("对象", "Target"), "fields": ("字段", "Fields"), "field": ("字段", "Field"), "rows": ("行数", "Rows"),
        "reason": ("理由", "Reason"), "rule": ("规则", "Rule"), "since": ("起始", "From"), "until": ("截止(不含)", "To (exclusive)"), "search": ("搜索", "Search"),
        "any": ("不限", "any"), "subjectPseudonym": ("客户代号", "Customer pseudonym"), "proof": ("下载证明", "Download the proof"),
        "verify": ("校验全部日志", "Verify the log"), "verified": ("日志校验通过", "The log is intact"), "damaged": ("日志校验未通过", "The log failed verification"),
        "detail": ("详情", "Details"), "back": ("返回", "Back"), "kind": ("类别", "Kind"), "status": ("状态", "Status"), "opened": ("登记时间", "Opened"),
        "deadline": ("截止时间", "Due"), "note": ("备注", "Note"), "close": ("结案", "Close"), "answered": ("已答复", "answered"), "refused": ("已拒绝", "refused"),
        "open": ("登记请求", "Open a case"), "showClosed": ("显示已结案的请求", "Show closed cases"), "find": ("查找客户", "Find a customer"),
        "value": ("值", "Value"), "found": ("找到客户", "Found"), "notFound": ("未找到匹配的客户", "No matching customer"), "do": ("提交", "Submit"),
        "rights": ("办理客户请求", "Act on a customer's request"), "export": ("导出副本(ZIP)", "Export a copy (ZIP)"), "erase": ("删除", "Erase"),
        "certificate": ("下载删除证明", "Certificate of erasure"), "hold": ("设置保全(期间不可删除)", "Hold (blocks deletion)"), "release": ("解除保全", "Release a hold"),
        "holdNumber": ("保全编号(有多项保全时,填写要解除的一项)", "Hold number (if there are several, the one to release)"),
        "restrict": ("限制处理", "Restrict processing"), "lift": ("解除限制", "Lift the restriction"), "done": ("已完成", "Done"),
        "asked": ("申请时间", "Requested"), "expires": ("失效时间", "Expires"), "grant": ("批准", "Grant"), "deny": ("驳回", "Deny"), "state": ("状态", "State"),
        "record": ("记录", "Record"), "decision": ("审批", "Decision"), "explain": ("查询权限判定", "Explain a decision"), "explainDo": ("查询", "Explain"),
        "decides": ("判定结果", "Decision"), "steps": ("判定过程", "Steps"), "treatment": ("展示方式", "Treatment"),
        "rolesTable": ("角色与授权", "Roles and grants"), "purposes": ("用途", "Purposes"), "actions": ("操作", "Actions"), "removes": ("删除内容", "Removes"),
        "held": ("保全中", "On hold"), "before": ("早于", "Older than"), "plan": ("到期清理计划", "Retention plan"), "select": ("显示字段", "Fields to show"),
        "where": ("筛选条件", "Condition"), "whereHint": ("例如:rating <= 2 and text contains '空调'", "For example: rating <= 2 and text contains 'refund'"),
        "groupBy": ("分组字段(可选)", "Group by (optional)"), "limit": ("行数上限", "Maximum rows"), "run": ("查询", "Run query"), "csv": ("下载 CSV", "Download CSV"),
        "results": ("结果", "Results"), "suppressed": ("个分组人数过少,未显示", "groups with too few customers are not shown"), "more": ("结果未全部显示", "Not all rows are shown"),
        "receipt": ("审计条目", "Audit entry"), "signInFailed": ("登录失败", "Sign-in failed"), "problem": ("操作未完成", "The request failed"),
        "signedInAs": ("当前用户", "Signed in as"), "count": ("数量", "Count"), "chart": ("图", "Chart"), "noRight": ("您的角色无权查看此页", "Your role cannot view this page"),
        "asOf": ("每行一个时间段", "one row per period"), "choose": ("请选择", "Choose"), "wait": ("待处理", "pending"),
        "danger": ("删除后无法恢复", "Erasure cannot be undone"), "confirmErasure": ("确认删除", "Confirm the erasure"),
        "goForGood": ("将永久删除的记录数", "Records that will be permanently erased"), "typeNumber": ("请输入上面的数字以确认", "Type this number to confirm"),
        "notConfirmed": ("数字不符,未删除任何内容", "The number does not match; nothing was erased"),
        "wouldBeErased": ("将被删除的客户数", "Customers to be erased"),
    ]
}
