import VaultAPI

extension ConsolePage {
    /// Something that may be done for a customer.
    package struct Act: Sendable {
        package var id: String
        package var name: String

        package init(id: String, name: String) { (self.id, self.name) = (id, name) }

        var isDecision: Bool { ["consent", "withdraw", "object"].contains(id) }
    }

    /// - Parameters:
    ///   - indexed: fields that a customer can be looked up by.
    ///   - acts: what may be done, with its name.
    ///   - purposes: what a customer may decide about.
    ///   - found: pseudonyms, where somebody was looked up.
    ///   - subject: the customer whom the page is about; empty: nobody yet.
    ///   - reason: what its field begins with.
    package func subjects(
        indexed: [String], acts: [Act], purposes: [String], found: [String]?, subject: String, reason: String = "", mayOpen: Bool
    ) -> HTML {
        let search: HTML = """
            \(choice("field", t.field, indexed.map { Option($0, name(ofHandle: $0)) }))\(field("value", t.value, " autocomplete=\"off\" required"))\
            <p class="full"><button>\(t.search)</button></p>
            """
        let known: HTML = """
            <details><summary>\(t("按客户代号打开", "Open by pseudonym"))</summary>\(form("/console/subjects/open", style: "row", "<label for=\"known\">\(t.subjectPseudonym)</label><input id=\"known\" name=\"subject\" required autocomplete=\"off\" class=\"narrow\"><button class=\"plain\">\(t.open_)</button>"))</details>
            """
        let others: HTML = when(
            (found?.count ?? 0) > 1,
            "<p>\(t("还找到", "Also found"))\(t.colon)</p>\((found ?? []).dropFirst().html { form("/console/subjects/open", style: "row", "\(hidden("subject", $0))<code>\($0)</code><button class=\"plain\">\(t.open_)</button>") })"
        )
        let nobody: HTML = when(found?.isEmpty == true, empty(t("未找到匹配的客户。请核对号码，或换用其他联系方式查找。", "Nobody has it. Check it, or look for another handle.")))
        return """
            <h2>\(t.find)</h2>\(form("/console/subjects/find", style: "grid", search))\(nobody)\(known)
            \(when(!subject.isEmpty, customerCard(subject, acts, purposes, reason, mayOpen))) \(others)
            """
    }

    private func customerCard(_ subject: String, _ acts: [Act], _ purposes: [String], _ reason: String, _ mayOpen: Bool) -> HTML {
        let opening: HTML = when(
            mayOpen,
            form(
                "/console/cases", style: "row",
                "\(hidden("subject", subject))<label for=\"kind\">\(t("登记为客户请求", "Open a case"))</label><select id=\"kind\" name=\"kind\" class=\"narrow\">\(CaseKind.allCases.map { Option($0.rawValue, t.name(of: $0)) }.html(\.html))</select><button class=\"plain\">\(t.open)</button>"
            ))
        let show = form("/console/subjects/show", "\(hidden("subject", subject))<p class=\"row\"><button class=\"plain\">\(t.show)</button></p>")
        return """
            <h2>\(t.customerPage) <code id="subject">\(subject)</code></h2>\(opening)\(show)
            <h2>\(t.rights)</h2>\(acting(for: subject, acts, purposes, reason))
            """
    }

    /// What may be done for a customer: each has its button, and what cannot be undone stands apart.
    func acting(for subject: String, _ acts: [Act], _ purposes: [String], _ reason: String, of number: Int64? = nil) -> HTML {
        let carried: HTML = "\(hidden("subject", subject))\(number.map { hidden("case", String($0)) })"
        func button(_ act: Act, _ style: String) -> HTML { "<button name=\"act\" value=\"\(act.id)\"\(when(!style.isEmpty, " class=\"\(style)\""))>\(act.name)</button> " }
        let usual = acts.filter { !$0.isDecision && $0.id != "erase" }
        let decisions = acts.filter(\.isDecision)
        let erase = acts.first { $0.id == "erase" }
        let hint = t("写入审计日志，请勿填写客户信息", "Goes to the audit log; no personal data")
        let main: HTML = form(
            "/console/subjects/act", style: "grid",
            """
            \(carried)\(field("reason", t.reason, value: reason, " required maxlength=\"2000\" autocomplete=\"off\"", hint: hint, isFull: true))\
            <p class="full row">\(usual.html { button($0, $0.id == "export" ? "" : "plain") })</p>\
            \(when(acts.contains { $0.id == "release" }, field("hold", t.holdNumber, " inputmode=\"numeric\" pattern=\"[0-9]*\" autocomplete=\"off\"", isFull: true)))\
            \(erase.map { "<p class=\"full row\">\(button($0, "danger")) <span class=\"hint\">\(t.danger)\(t("；下一步会显示将删除的内容", "; the next step shows what would go"))</span></p>" as HTML })
            """)
        let deciding: HTML = when(
            !decisions.isEmpty,
            "<details><summary>\(t("记录同意、撤回或反对", "Record a consent, a withdrawal or an objection"))</summary>"
                + form(
                    "/console/subjects/act", style: "grid",
                    """
                    \(carried)\(choice("about", t.aboutPurpose, purposes.map { Option($0) }))\(field("proof", t.decisionProof, " maxlength=\"500\" autocomplete=\"off\""))\
                    <p class="full"><label for="why">\(t.reason)</label><input id="why" name="reason" value="\(reason)" required maxlength="2000" autocomplete="off"></p>\
                    <p class="full row">\(decisions.html { button($0, "plain") })</p>
                    """) + "</details>")
        return main + deciding
    }

    func name(ofHandle field: String) -> String {
        switch field {
        case "phone": t("电话", "Phone")
        case "email": t("电子邮箱", "E-mail")
        case "wechat": t("微信", "WeChat")
        case "national_id": t("证件号码", "National id")
        case "customer_id": t("客户编号", "Customer id")
        default: field
        }
    }

    /// - Parameters:
    ///   - records: how many go; their number is to be typed.
    ///   - customers: of how many customers, who are one person.
    ///   - sharers: how many others have one of the handles and stay.
    ///   - mentions: records of others that mention the customer, or may.
    package func erasure(
        of subject: String, reason: String, records: Int, customers: Int = 1, handles: [FieldCount] = [], sharers: Int = 0,
        mentions: (removed: Int, held: Int, undecided: Int) = (0, 0, 0),
        of number: Int64? = nil
    )
        -> HTML
    {
        let looked: HTML = handles.isEmpty ? "" : "<p>\(t.searched(handles))</p>"
        let people: HTML = customers > 1 ? "<p>\(t.customersOfPerson): <b>\(customers)</b></p>" : ""
        let others: HTML = sharers > 0 ? "<p class=\"bad\">\(t.sharersStay): <b>\(sharers)</b></p>" : ""
        let said: HTML = [(t.mentionsToErase, mentions.removed), (t.mentionsHeld, mentions.held), (t.mentionsUndecided, mentions.undecided)].filter { $0.1 > 0 }
            .html { "<p>\($0.0): <b>\($0.1)</b></p>" }
        let question: HTML = """
            \(hidden("act", "erase"))\(hidden("subject", subject))\(hidden("reason", reason))\(number.map { hidden("case", String($0)) })
            <p>\(t.subjectPseudonym): <code>\(subject)</code></p><p>\(t.goForGood): <b>\(records)</b></p>\(looked)\(people)\(others)\(said)
            \(field("confirm", t.typeNumber, " inputmode=\"numeric\" autocomplete=\"off\" required autofocus"))\
            <p><button class="danger">\(t.erase)</button> <a href="\(number.map { "/console/cases/\($0)" } ?? "/console/subjects")">\(t.cancel)</a></p>
            """
        return form("/console/subjects/act", style: "narrow", question)
    }
}
