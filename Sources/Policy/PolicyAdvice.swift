import Foundation

/// Warnings about what is allowed, but probably not intended. They keep no policy from taking effect, because a vault must open
/// with the files it had yesterday.
extension PolicyLoader {
    /// Names are typed on command lines, and the audit log lists them between spaces and commas.
    func adviseOnName(_ name: String, of what: String, at place: Place) {
        let isPlain = name.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || $0.properties.numericType != nil || "._-".unicodeScalars.contains($0) }
        if !isPlain { problems.warn(place, "\(what) '\(name)' is hard to name: letters, digits, '.', '_' and '-' need no quotes anywhere") }
    }

    /// Where a CSV column goes.
    func adviseOnPath(_ path: String, of column: String, _ place: Place) {
        let paths = ["id", "occurred_at", "channel", "text"] + fields.map(\.path)
        guard !paths.contains(path), definedFields.isWhole, fields.count + modules.count == definedFields.names.count else { return }
        problems.warn(place, "column '\(column)' becomes '\(path)', which no field has: it would be sealed, and nobody could see it\(suggestion(for: path, among: paths))")
    }

    /// A program that the vault will start. The files may be checked on another machine than the vault's.
    func adviseOnProgram(_ program: String?, _ place: Place) {
        guard let program else { return }
        if program.contains("/") {
            if !FileManager.default.isExecutableFile(atPath: program) { problems.warn(place, "'\(program)' is not a program on this machine") }
            return
        }
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        if !folders.contains(where: { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }) {
            problems.warn(place, "'\(program)' is not a program in any folder of PATH on this machine")
        }
    }

    /// A file with an issuer's public keys.
    func adviseOnKeys(_ path: String, _ place: Place) {
        guard let data = FileManager.default.contents(atPath: path) else {
            return problems.warn(place, "the keys file \(path) does not exist or cannot be read: nobody can sign in with this issuer's tokens")
        }
        let keys = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any]
        if (keys?["keys"] as? [Any])?.isEmpty != false {
            problems.warn(place, "\(path) is not a JWK Set with a key: nobody can sign in with this issuer's tokens")
        }
    }

    /// What shows only when all files have been read.
    func adviseOnWhole(_ folder: String) {
        adviseOnFiles(folder)
        guard problems.isEmpty else { return }
        let grants = roles.values.flatMap(\.grants)
        let used = Set(grants.flatMap(\.purposes))
        for purpose in purposes.values where !used.contains(purpose.name) {
            problems.warn(purpose.place, "no grant is for purpose '\(purpose.name)'")
        }
        adviseOnLinks()
        func may(_ action: Action) -> Bool { grants.contains { $0.actions.contains(action) } }
        let file = Place(file: folder + "/roles.yaml", line: 1)
        if !may(.tokenIssue), issuers.isEmpty { problems.warn(file, "no role may \(Action.tokenIssue.rawValue): no further token could ever be issued") }
        if !may(.auditRead) { problems.warn(file, "no role may \(Action.auditRead.rawValue): nobody could read the audit log") }
        if let rule = alerts.feedback.first, !may(.alertRun) {
            problems.warn(rule.place, "no role may \(Action.alertRun.rawValue): nobody looks whether rules about feedback have something to tell")
        }
        if may(.taskPropose), !may(.taskDecide) { problems.warn(file, "no role may \(Action.taskDecide.rawValue): no proposal could ever be decided") }
        for field in fields where field.approval > 1 && !may(.approvalDecide) && grants.contains(where: { $0.actions.contains(.reveal) && $0.fields[field.name] == .reveal }) {
            problems.warn(field.place, "field '\(field.name)' waits for a second person, and no role may \(Action.approvalDecide.rawValue)")
        }
        if occurrence.earliestTime > Int64(Date().timeIntervalSince1970 * 1000) {
            problems.warn(Place(file: folder + "/schema.yaml", line: 1), "'earliest' of occurred_at is in the future: every record would be rejected")
        }
    }

    /// Files that nothing reads: nobody would miss an optional file whose name is misspelt.
    private func adviseOnFiles(_ folder: String) {
        let known = [
            "schema.yaml", "roles.yaml", "purposes.yaml", "retention.yaml", "alerts.yaml", "forms.yaml", "outbox.yaml", "principals.yaml", "codeframe.yaml", "sources.yaml",
        ]
        for file in ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted() where isYAML(file) && !known.contains(file) {
            problems.warn(Place(file: "\(folder)/\(file)", line: 0), "nothing reads this file\(suggestion(for: file, among: known))")
        }
        for file in ((try? FileManager.default.contentsOfDirectory(atPath: folder + "/tests")) ?? []).sorted() where isYAML(file) && !file.hasSuffix(".yaml") {
            problems.warn(Place(file: "\(folder)/tests/\(file)", line: 0), "nothing reads this file: cases are in files that end in .yaml")
        }
    }

    private func isYAML(_ name: String) -> Bool { [".yaml", ".yml", ".YAML", ".YML"].contains { name.hasSuffix($0) } }
}
