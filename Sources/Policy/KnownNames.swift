extension PolicySet {
    /// What a request names that the policy does not have, with the nearest name that was meant; nil: nothing.
    ///
    /// That is a slip, about which no rule decides: bad input, and not a denial, of which the log keeps account. A role that
    /// may not do the action at all is denied whatever it names.
    ///
    /// Suggested are names of the role's own grants: one that it is denied would lead from a slip into a denial. That a field
    /// is there which it may not see is no secret all the same: policies are read and reviewed like code, and who asks for the
    /// field by its name is told that it is denied. What must not be told is what any customer has in it.
    ///
    /// - Parameter purpose: nil: none was named.
    public func slip(role name: String, action: Action, purpose: String?, fields: [String]) -> String? {
        let grants = (roles[name]?.grants ?? []).filter { $0.actions.contains(action) }
        guard !grants.isEmpty else { return nil }
        let purposes = Set(grants.flatMap(\.purposes)).sorted()
        guard let purpose else { return onlyPurpose(role: name, action: action) == nil ? "name a purpose: \(purposes.joined(separator: " or "))" : slip(in: fields, of: grants) }
        if self.purposes[purpose] == nil { return Self.unknown("purpose", purpose, among: purposes) }
        return slip(in: fields, of: grants)
    }

    private func slip(in fields: [String], of grants: [Grant]) -> String? {
        guard let unknown = fields.first(where: { !isKnownField($0) }) else { return nil }
        let shown = Set(grants.flatMap { $0.fields.filter { $0.value > .suppress }.keys })
        if let open = unknown.firstIndex(of: "("), unknown.hasSuffix(")") {
            let (unit, field) = (String(unknown[..<open]), String(unknown[unknown.index(after: open)...].dropLast()))
            if shown.contains(field) { return "times are cut with day(\(field)), month(\(field)) or year(\(field))\(suggestion(for: unit, among: ["day", "month", "year"]))" }
        }
        return Self.unknown("field", unknown, among: shown)
    }

    /// The same for one who looks at the policy itself, and so may know all of it.
    public func slip(role: String, purpose: String, fields: [String]) -> String? {
        if roles[role] == nil { return Self.unknown("role", role, among: roles.keys) }
        if purposes[purpose] == nil { return Self.unknown("purpose", purpose, among: purposes.keys) }
        return fields.first { !isKnownField($0) }.map { Self.unknown("field", $0, among: fieldNames) }
    }

    /// That there is no such name. What could be anything but a name is not repeated.
    public static func unknown(_ what: String, _ name: String, among known: some Sequence<String>) -> String {
        let isName = (1...64).contains(name.count) && name.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || "0123456789._-()@ ".unicodeScalars.contains($0) }
        // Digits in a row are rather a customer's than a name's.
        let isNumber = name.unicodeScalars.split { !("0"..."9").contains($0) }.contains { $0.count > 5 }
        return isName && !isNumber ? "there is no \(what) '\(name)'\(suggestion(for: name, among: known))" : "there is no \(what) of that name"
    }

    /// Roles that may do something, with all of these fields and for this purpose; nil: any.
    public func roles(allowing action: Action, purpose: String?, fields: [String]) -> [String] {
        roles.values.filter { role in
            role.grants.contains { grant in
                grant.actions.contains(action) && purpose.map(grant.purposes.contains) ?? true
                    && fields.allSatisfy { field in
                        let treatment = grant.fields[field] ?? .deny
                        return action == .reveal ? treatment == .reveal : treatment != .deny
                    }
            }
        }.map(\.name).sorted()
    }
}
