import VaultAPI

extension ConsolePage {
    /// Root keys, and the keys that they wrap.
    package func keyPage(_ found: ListKeys.Reply) -> HTML {
        let due = found.keys.filter(\.needsRotation)
        let advice: HTML = when(
            !due.isEmpty,
            "<p class=\"note bad\">\(t("主密钥 \(due.map(\.id).joined(separator: "、")) 需要轮换，请在服务器上运行：", "Rotate the root key \(due.map(\.id).joined(separator: ", ")); on the vault's machine:")) <code>vocvault keys rotate</code></p>"
        )
        let versions = Table(
            [.text(t("用途", "Use")), .text(t("字段或目的", "Field or purpose")), .figures(t("版本", "Version")), .text(t.state), .figures(t.count)],
            rows: found.versions.map { ["\(use($0.use))", "\($0.name)", "\($0.version)", "\(state($0.state))", "\($0.count)"] }, hasHeads: false
        ).scrolling(t("下级密钥", "Wrapped keys"))
        return """
            <p class="lead">\(t("此处只显示密钥的状态，从不显示密钥本身。", "How the keys stand; no key is ever shown."))</p>\(advice)
            <h2>\(t("主密钥", "Root keys"))</h2>\(keys(found.keys))<h2>\(t("下级密钥", "Wrapped keys"))</h2>\(versions)
            """
    }

    private func use(_ word: String) -> String {
        switch word {
        case "customer": t("客户", "customers")
        case "index": t("检索索引", "index")
        case "pseudonym": t("代号", "pseudonyms")
        case "audit-signing": t("日志签名", "signing of the log")
        default: word
        }
    }

    private func state(_ state: KeyVersion.State) -> String {
        switch state {
        case .current: t.active
        case .coming: t("轮换中", "being rotated in")
        case .former: t("旧版本", "former")
        }
    }

    /// What the examination found, what needs somebody first.
    package func healthPage(_ findings: [HealthFinding]) -> HTML {
        let wrong = findings.filter { $0.state != .ok }.sorted { $0.state > $1.state }
        let fine = findings.filter { $0.state == .ok }
        let head: HTML =
            wrong.isEmpty
            ? "<p class=\"note\" role=\"status\">\(t("全部 \(findings.count) 项检查均正常。", "All \(findings.count) checks are well."))</p>"
            : "<p class=\"note bad\" role=\"status\">\(t("\(findings.count) 项检查中有 \(wrong.count) 项需要处理。", "\(wrong.count) of \(findings.count) checks need somebody."))</p>"
        return """
            \(head)\(when(!wrong.isEmpty, "<h2>\(t("需要处理", "To be done"))</h2>\(table(wrong))"))
            \(when(!fine.isEmpty, "<h2>\(t("正常", "In order"))</h2>\(table(fine))"))
            """
    }

    private func table(_ findings: [HealthFinding]) -> HTML {
        Table(
            [.text(t("检查项", "Check")), .text(t.state), .long(t("结果", "Finding")), .long(t("建议", "What to do"))],
            rows: findings.map { finding in
                let state: HTML =
                    switch finding.state {
                    case .ok: "<span class=\"tag good\">\(t("正常", "ok"))</span>"
                    case .warning: "<span class=\"tag\">\(t("注意", "warning"))</span>"
                    case .failure: "<span class=\"tag bad\">\(t("异常", "failure"))</span>"
                    }
                return ["\(finding.check)", state, "<span lang=\"en\">\(finding.finding)</span>", "<span lang=\"en\">\(finding.advice)</span>"]
            }
        ).scrolling(t.health)
    }
}
