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
        "token": ("令牌", "Token"), "tokenHint": ("保险库令牌(vvt_…)或身份令牌(JWT)", "A token of the vault (vvt_…) or an identity token (JWT)"),
        "otherLanguage": ("English", "中文"), "overview": ("概览", "Overview"), "audit": ("审计", "Audit"), "subjects": ("客户权利", "Subject rights"),
        "cases": ("请求", "Cases"), "approvals": ("审批", "Approvals"), "policies": ("策略", "Policies"), "retention": ("留存", "Retention"),
        "query": ("查询", "Query"), "records": ("记录", "Records"), "customers": ("客户", "Customers"), "auditEntries": ("审计条目", "Audit entries"),
        "openCases": ("未结请求", "Open cases"), "overdue": ("已逾期", "overdue"), "waiting": ("待审批", "Waiting approvals"),
        "due": ("到期记录", "Records due"), "lastVerified": ("最近校验", "Last verified"), "never": ("从未", "never"), "accesses": ("每日访问", "Accesses by day"),
        "allowed": ("允许", "allowed"), "denied": ("拒绝", "denied"), "failed": ("失败", "failed"), "denials": ("最近的拒绝", "Recent denials"),
        "alerts": ("最近的告警", "Recent alerts"), "none": ("无", "none"), "keys": ("密钥", "Keys"), "key": ("密钥", "Key"), "active": ("使用中", "active"),
        "retired": ("已停用", "retired"), "created": ("创建", "Created"), "subjectKeys": ("客户密钥", "Customers' keys"),
        "dataKeys": ("自用密钥", "The vault's keys"), "needsRotation": ("需要轮换", "needs rotation"), "entry": ("条目", "Entry"), "time": ("时间", "Time"),
        "principal": ("主体", "Principal"), "role": ("角色", "Role"), "action": ("操作", "Action"), "purpose": ("用途", "Purpose"),
        "outcome": ("结果", "Outcome"), "target": ("对象", "Target"), "fields": ("字段", "Fields"), "field": ("字段", "Field"), "rows": ("行数", "Rows"),
        "reason": ("理由", "Reason"), "rule": ("规则", "Rule"), "since": ("从", "Since"), "until": ("到(不含)", "Until (before)"), "search": ("搜索", "Search"),
        "any": ("不限", "any"), "subjectPseudonym": ("客户化名", "Customer's pseudonym"), "proof": ("下载证明", "Download the proof"),
        "verify": ("校验整个日志", "Verify the whole log"), "verified": ("日志完好", "The log is in order"), "damaged": ("日志受损", "The log is damaged"),
        "detail": ("详情", "Detail"), "back": ("返回", "Back"), "kind": ("类别", "Kind"), "status": ("状态", "Status"), "opened": ("受理", "Opened"),
        "deadline": ("期限", "Due"), "note": ("备注", "Note"), "close": ("结案", "Close"), "answered": ("已答复", "answered"), "refused": ("已拒绝", "refused"),
        "open": ("受理请求", "Open a case"), "showClosed": ("显示已结案", "Show closed ones"), "find": ("查找客户", "Find a customer"),
        "value": ("值", "Value"), "found": ("找到", "Found"), "notFound": ("没有这样的客户", "No customer has this value"), "do": ("执行", "Do it"),
        "rights": ("办理客户请求", "Carry out a request"), "export": ("导出副本(ZIP)", "Export a copy (ZIP)"), "erase": ("删除", "Erase"),
        "certificate": ("删除证明", "Certificate of erasure"), "hold": ("法律保留", "Legal hold"), "release": ("解除保留", "Release the hold"), "holdNumber": ("保留编号(仅解除多项保留之一时填写)", "Number of the hold (to release one of several)"),
        "restrict": ("限制处理", "Restrict processing"), "lift": ("解除限制", "Lift the restriction"), "done": ("已完成", "Done"),
        "asked": ("申请时间", "Asked"), "expires": ("失效时间", "Expires"), "grant": ("批准", "Grant"), "deny": ("驳回", "Deny"), "state": ("状态", "State"),
        "record": ("记录", "Record"), "decision": ("决定", "Decision"), "explain": ("解释策略决定", "Explain a decision"), "explainDo": ("解释", "Explain"),
        "decides": ("策略的决定", "What the policy decides"), "steps": ("经过", "How"), "treatment": ("处理方式", "Treatment"),
        "rolesTable": ("角色与授权", "Roles and grants"), "purposes": ("用途", "Purposes"), "actions": ("操作", "Actions"), "removes": ("删除内容", "Removes"),
        "held": ("法律保留", "On hold"), "before": ("早于", "Before"), "plan": ("留存计划", "Retention plan"), "select": ("显示字段", "Fields to show"),
        "where": ("条件", "Condition"), "whereHint": ("例如:rating <= 2 and text contains '空调'", "such as rating <= 2 and text contains 'refund'"),
        "groupBy": ("分组(可选)", "Group by (optional)"), "limit": ("行数", "Rows"), "run": ("查询", "Run"), "csv": ("下载 CSV", "Download CSV"),
        "results": ("结果", "Results"), "suppressed": ("组因人数太少而不显示", "groups of too few customers are left out"), "more": ("还有更多行", "There are more rows"),
        "receipt": ("审计条目", "Audit entry"), "signInFailed": ("未能登录", "Not signed in"), "problem": ("未能完成", "This did not work"),
        "signedInAs": ("当前用户", "Signed in as"), "count": ("数量", "Count"), "chart": ("图", "Chart"), "noRight": ("您的角色在此没有可办的事", "Your role has nothing to do here"),
        "asOf": ("一行一个时间段", "one row for each period"), "choose": ("请选择", "Choose"), "wait": ("等待中", "pending"),
        "danger": ("删除后无法恢复", "Erasure cannot be undone"), "confirmErasure": ("确认删除", "Confirm the erasure"),
        "goForGood": ("将永久删除的记录数", "Records that will be gone for good"), "typeNumber": ("输入该数字以确认", "Type this number to confirm"),
        "notConfirmed": ("数字不符,未删除任何内容", "That is not the number; nothing was erased"),
        "wouldBeErased": ("将被删除的客户", "Customers who would be erased"),
    ]
}
