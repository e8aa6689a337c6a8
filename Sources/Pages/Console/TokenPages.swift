import RedactedAPI
import VaultAPI

extension ConsolePage {
    /// Tokens that work or wait, and behind a link those that do not any more.
    ///
    /// - Parameters:
    ///   - issued: a new token, which is shown this once.
    ///   - roles: that a token can be of; empty for somebody who issues none.
    ///   - days: the longest lifetime.
    ///   - asked: what the form begins with.
    package func tokens(
        _ tokens: [TokenInfo], issued: IssueToken.Reply?, roles: [String], days: Int?, mayRevoke: Bool, showsEnded: Bool, at now: Timestamp, asked: [String: String]
    ) -> HTML {
        let living = tokens.filter { $0.revoked == nil && $0.expires.map { $0 > now } ?? true }
        let waiting = living.filter { $0.agreement == .waiting }
        let shown = showsEnded ? tokens : living
        let table = counted(
            [.text(t.principal), .text(t.role), .text(t("编号", "Id")), .text(t.created), .text(t("有效期至", "Expires")), .text(t.state), .text("")],
            shown.map { row($0, now, mayRevoke: mayRevoke, mayIssue: !roles.isEmpty) }, hasHeads: true,
            empty: t("还没有令牌。", "There are no tokens yet."))
        let ended = tokens.count - living.count
        let other: HTML =
            "<a href=\"?ended=\(showsEnded ? "false" : "true")\">\(showsEnded ? t("隐藏已失效的令牌", "Hide those that have ended") : t("显示已失效的令牌（\(ended)）", "Show those that have ended (\(ended))"))</a>"
        return """
            \(issued.map(secret))\(when(!waiting.isEmpty, "<p class=\"note\">\(t("有 \(waiting.count) 个令牌等待另一人同意。", waiting.count == 1 ? "1 token waits for a second person." : "\(waiting.count) tokens wait for a second person."))</p>"))
            \(when(!roles.isEmpty, issuing(roles, days, asked)))
            <h2>\(showsEnded ? t("全部令牌", "All tokens") : t("有效令牌", "Tokens in force"))</h2>\(table)\(when(ended > 0, "<p>\(other)</p>"))
            """
    }

    private func secret(_ issued: IssueToken.Reply) -> HTML {
        let waits: HTML = when(issued.agreement == .waiting, "<p>\(t("此令牌须经另一位管理员同意后才能使用。", "It works once another administrator has agreed to it."))</p>")
        return """
            <section class="note" role="status"><p><b>\(t("令牌已签发，仅显示这一次，请立即保存。", "The token is issued. It is shown this once: keep it now."))</b></p>
            <code class="secret">\(issued.token)</code><p>\(t("编号", "Id")) <code>\(issued.id)</code></p>\(waits)</section>
            """
    }

    private func issuing(_ roles: [String], _ days: Int?, _ asked: [String: String]) -> HTML {
        let longest: HTML = days.map { " max=\"\($0)\"" } ?? .empty
        let fields: HTML = """
            \(field("principal", t.principal, value: asked["principal"] ?? "", " required maxlength=\"64\" pattern=\"[A-Za-z0-9._@\\-]{1,64}\" autocomplete=\"off\"", hint: t("使用者的名字，会写入审计日志", "Who will use it; the log names them so")))\
            \(choice("role", t.role, roles.map { Option($0, isChosen: asked["role"] == $0) }))\
            \(field("days", t("有效天数", "Valid for days"), value: asked["days"] ?? days.map { String(min($0, 90)) } ?? "90", " type=\"number\" min=\"1\"\(longest)"))\
            <p class="full"><button>\(t("签发令牌", "Issue the token"))</button></p>
            """
        return "<details\(when(!asked.isEmpty, " open"))><summary>\(t("签发新令牌", "Issue a token"))</summary>\(form("/console/tokens", style: "grid", fields))</details>"
    }

    private func row(_ token: TokenInfo, _ now: Timestamp, mayRevoke: Bool, mayIssue: Bool) -> [HTML] {
        let hasEnded = token.revoked != nil || token.expires.map { $0 <= now } ?? false
        let state: HTML =
            if let revoked = token.revoked {
                "<span class=\"dim\">\(t("已吊销", "revoked")) \(day(revoked))</span>"
            } else if hasEnded {
                "<span class=\"dim\">\(t("已过期", "expired"))</span>"
            } else if token.agreement == .waiting {
                "<span class=\"tag bad\">\(t("待另一人同意", "waits for a second person"))</span>\(token.issuedBy.map { "<br><small class=\"dim\">\(t("签发人", "issued by")) \($0)</small>" as HTML })"
            } else {
                "<span class=\"tag good\">\(t.active)</span>"
            }
        let agreeing: HTML = when(
            mayIssue && !hasEnded && token.agreement == .waiting && token.issuedBy != visitor?.principal,
            form("/console/tokens/\(token.id)/approve", "<button>\(t("同意", "Agree"))</button>"))
        let revoking: HTML = when(mayRevoke && !hasEnded, "<a class=\"button plain\" href=\"/console/tokens/\(token.id)/revoke\">\(t.revoke)</a>")
        return [
            "\(token.principal)", "\(token.role)\(token.scope.map { "<br><small class=\"dim\">\($0.joined(separator: ", "))</small>" as HTML })", "<code>\(token.id)</code>",
            day(token.created), token.expires.map(day) ?? "\(t("长期", "never"))", state, when(!hasEnded, "<div class=\"row\">\(agreeing)\(revoking)</div>"),
        ]
    }

    /// Asks before a token is revoked.
    package func revoking(_ id: String, principal: String, role: String) -> HTML {
        let fields: HTML = """
            <dl class="keys"><dt>\(t.principal)</dt><dd><b>\(principal)</b></dd><dt>\(t.role)</dt><dd>\(role)</dd><dt>\(t("编号", "Id"))</dt><dd><code>\(id)</code></dd></dl>
            <p>\(t("吊销后立即失效，无法恢复；正在使用它的程序和登录会话也会中断。", "It ends at once and for good, and with it the programs and sessions that use it."))</p>
            \(field("reason", t.reason, " required maxlength=\"2000\" autofocus", hint: t("写入审计日志，请勿填写客户信息", "Goes to the audit log; no personal data")))\
            <p class="row"><button class="danger">\(t.revoke)</button> <a href="/console/tokens">\(t.cancel)</a></p>
            """
        return form("/console/tokens/\(id)/revoke", style: "narrow", fields)
    }
}
