extension PolicySet {
    /// Names a part of the request that the policy does not know, and the nearest known name; nil if all names are known.
    ///
    /// That is a slip: no rule decides about it, and it counts as bad input, not as a denial, which the log would record. A role
    /// that may not perform the action at all is denied, whatever it names.
    ///
    /// Only names in the role's own grants are suggested, since any other would lead from a slip to a denial. The existence of
    /// fields that the role may not see is no secret: policies are read and reviewed like code, and whoever asks for such a field
    /// by name is told that it is denied. Secret is only what customers have in it.
    ///
    /// - Parameter purpose: nil if the request names none.
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
            let units = ["hour", "day", "week", "month", "quarter", "year", "weekday"]
            if shown.contains(field) { return "'\(unit)' is no unit of time: there are \(units.joined(separator: ", "))\(suggestion(for: unit, among: units))" }
        }
        return Self.unknown("field", unknown, among: shown)
    }

    /// The same for somebody who looks at the policy itself and may know all of it.
    public func slip(role: String, purpose: String, fields: [String]) -> String? {
        if roles[role] == nil { return Self.unknown("role", role, among: roles.keys) }
        if purposes[purpose] == nil { return Self.unknown("purpose", purpose, among: purposes.keys) }
        return fields.first { !isKnownField($0) }.map { Self.unknown("field", $0, among: fieldNames) }
    }

    /// Says that there is no such name. What may be something other than a name is not repeated.
    public static func unknown(_ what: String, _ name: String, among known: some Sequence<String>) -> String {
        let isName = (1...64).contains(name.count) && name.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || "0123456789._-()@ ".unicodeScalars.contains($0) }
        // A run of digits is more likely a customer's number than part of a name.
        let isNumber = name.unicodeScalars.split { !("0"..."9").contains($0) }.contains { $0.count > 5 }
        return isName && !isNumber ? "there is no \(what) '\(name)'\(suggestion(for: name, among: known))" : "there is no \(what) of that name"
    }

    /// Roles that may perform an action with all of these fields and for this purpose; nil: any purpose.
    public func roles(allowing action: Action, purpose: String?, fields: [String]) -> [String] {
        roles.values.filter { role in
            !role.isNobodys
                && role.grants.contains { grant in
                    grant.actions.contains(action) && purpose.map(grant.purposes.contains) ?? true
                        && fields.allSatisfy { field in
                            let treatment = grant.fields[field] ?? .deny
                            return action == .reveal ? treatment.isRevealed(field) : treatment != .deny
                        }
                }
        }.map(\.name).sorted()
    }
}
