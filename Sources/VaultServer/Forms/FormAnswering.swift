import Pages
import Policy
import VoCVault

extension FormPolicy {
    /// What was typed, by the names of fields, with lines as the vault has them.
    func typed(_ form: Form) -> [String: String] {
        var typed: [String: String] = [:]
        let names = fields.map { FormPage.field($0.name) } + (consent?.decisions ?? []).map { FormPage.agreement($0.purpose) } + [FormPage.trap]
        for name in names { typed[name] = form[name].map { $0.replacing("\r\n", with: "\n") } }
        return typed
    }

    /// What is wrong with answers, by the names of fields.
    func faults(in typed: [String: String]) -> [String: FormPage.Fault] {
        var faults: [String: FormPage.Fault] = [:]
        for field in fields {
            let name = FormPage.field(field.name)
            faults[name] = field.fault(in: (typed[name] ?? "").trimmed)
        }
        for decision in consent?.decisions ?? [] where decision.isRequired && typed[FormPage.agreement(decision.purpose)] == nil {
            faults[FormPage.agreement(decision.purpose)] = .unagreed
        }
        if typed[FormPage.trap] != nil { faults[FormPage.trap] = .filled }
        return faults
    }

    func answers(_ typed: [String: String], language: Language) -> FormAnswers {
        var texts: [String: String] = [:]
        for field in fields { texts[field.name] = typed[FormPage.field(field.name)]?.trimmed }
        let agreed = (consent?.decisions ?? []).map(\.purpose).filter { typed[FormPage.agreement($0)] != nil }
        return FormAnswers(texts: texts, agreed: Set(agreed), language: language.rawValue)
    }
}

extension FormPolicy.Field {
    /// - Parameter text: without blanks around it.
    func fault(in text: String) -> FormPage.Fault? {
        guard !text.isEmpty else { return isRequired ? (kind == .choice ? .unchosen : .missing) : nil }
        guard !text.unicodeScalars.contains(where: { $0.value == 0 || $0.value == 0xFFFD }) else { return .unreadable }
        guard text.unicodeScalars.count <= longest else { return .tooLong(longest) }
        switch kind {
        case .long, .line: return nil
        case .choice: return options.contains { $0.value == text } ? nil : .unchosen
        case .email:
            let parts = text.split(separator: "@", omittingEmptySubsequences: false)
            let isOne = parts.count == 2 && !parts[0].isEmpty && parts[1].contains(".") && parts[1].first != "." && parts[1].last != "."
            return isOne && !text.contains(where: \.isWhitespace) ? nil : .noEmail
        case .phone:
            let digits = text.filter(\.isNumber).count
            return (5...20).contains(digits) && text.allSatisfy { $0.isNumber || $0.isWhitespace || "+()-–—./转ext".contains($0) } ? nil : .noPhone
        case .number:
            guard let number = Double(text), number.isFinite else { return .noNumber(bounds) }
            return bounds.map { number >= Double($0.lowerBound) && number <= Double($0.upperBound) } ?? true ? nil : .noNumber(bounds)
        case .date:
            let parts = text.split(separator: "-").map { Int($0) }
            guard parts.count == 3, text.utf8.count == 10, let month = parts[1], let day = parts[2], parts[0] != nil else { return .noDate }
            return (1...12).contains(month) && (1...31).contains(day) ? nil : .noDate
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(self[first...last])
    }
}
