import RedactedAPI
import VaultAPI

extension ConsolePage {
    /// Somebody who is signed in at this console.
    package struct SignedIn: Sendable {
        /// Names the session here, and opens nothing.
        package var name: String
        package var principal: String
        package var role: String
        /// What they signed in with: an issuer's name, or nil for a token.
        package var issuer: String?
        package var began: Timestamp
        package var used: Timestamp
        package var client: String
        package var isOwn: Bool

        package init(name: String, principal: String, role: String, issuer: String?, began: Timestamp, used: Timestamp, client: String, isOwn: Bool) {
            (self.name, self.principal, self.role, self.issuer) = (name, principal, role, issuer)
            (self.began, self.used, self.client, self.isOwn) = (began, used, client, isOwn)
        }
    }

    /// Everybody's sessions, for somebody who may end them.
    package func sessionPage(_ sessions: [SignedIn]) -> HTML {
        """
        <p class="lead">\(t("本服务器上的控制台登录会话。结束会话会立即让对方退出；要阻止再次登录，请吊销其令牌或在身份提供方停用账号。", "Who is signed in at this server's console. Ending a session signs them out at once; to keep them out, revoke their token or disable them at their provider."))</p>
        \(table(sessions))
        """
    }

    /// Who somebody is here, what their role may do, and where else they are signed in.
    package func accountPage(_ sessions: [SignedIn], actions: [String]) -> HTML {
        """
        <dl class="keys"><dt>\(t.principal)</dt><dd><b>\(visitor?.principal ?? "")</b></dd><dt>\(t.role)</dt><dd>\(visitor?.role ?? "")</dd>
        <dt>\(t("可执行的操作", "You may"))</dt><dd>\(actions.html { "<code>\($0)</code> " })</dd></dl>
        <h2>\(t("您的登录会话", "Where you are signed in"))</h2>\(table(sessions))
        """
    }

    private func table(_ sessions: [SignedIn]) -> HTML {
        counted(
            [.text(t.principal), .text(t.role), .text(t("登录方式", "Signed in with")), .text(t("登录时间", "Since")), .text(t("最近活动", "Last seen")), .text(t("来源地址", "From")), .text("")],
            sessions.map { session in
                let here: HTML = when(session.isOwn, " <span class=\"tag good\">\(t("当前会话", "this one"))</span>")
                let end: HTML = form(
                    "/console/sessions/end", "\(hidden("session", session.name))<button class=\"plain\">\(session.isOwn ? t.signOut : t("结束会话", "End"))</button>")
                return [
                    "\(session.principal)\(here)", "\(session.role)", "\(session.issuer ?? t.token)", time(session.began), time(session.used), "\(session.client)", end,
                ]
            }, hasHeads: true)
    }
}
