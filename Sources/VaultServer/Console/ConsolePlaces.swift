import Pages
import Policy

/// The console's pages that the navigation offers: everybody gets those that their role can use, in this order, and begins at the first.
struct ConsolePlace: Sendable {
    let path: String
    let name: KeyPath<Words, String> & Sendable
    let isFor: @Sendable (Capabilities) -> Bool

    init(_ path: String, _ name: KeyPath<Words, String> & Sendable, for isFor: @escaping @Sendable (Capabilities) -> Bool) {
        (self.path, self.name, self.isFor) = (path, name, isFor)
    }

    init(_ path: String, _ name: KeyPath<Words, String> & Sendable, for action: Action) { self.init(path, name) { $0.may(action) } }

    static let all: [ConsolePlace] = [
        // Where people begin.
        .init("/console", \.overview, for: .doctor),
        .init("/console/worklist", \.worklist) { $0.callsBack },
        .init("/console/dashboard", \.dashboard) { $0.studies },
        .init("/console/improvements", \.improvements, for: .taskRead),
        // Customers.
        .init("/console/cases", \.cases, for: .caseManage),
        .init("/console/subjects", \.subjects, for: .subjectExport),
        .init("/console/links", \.links, for: .subjectLink),
        .init("/console/approvals", \.approvals, for: .approvalDecide),
        // Feedback.
        .init("/console/texts", \.texts) { $0.studies },
        .init("/console/query", \.query) { $0.may(.query) && !$0.callsBack },
        .init("/console/intake", \.intake, for: .doctor),
        // The vault itself.
        .init("/console/tokens", \.tokens, for: .tokenList),
        .init("/console/keys", \.keys, for: .keysStatus),
        .init("/console/health", \.health, for: .doctor),
        .init("/console/sessions", \.sessions, for: .tokenRevoke),
        .init("/console/audit", \.audit, for: .auditRead),
        .init("/console/policies", \.policies, for: .auditRead),
        .init("/console/retention", \.retention, for: .retentionPlan),
    ]

    /// Whether it is the page at a path, or above it.
    func covers(_ asked: String) -> Bool { asked == path || path != "/console" && asked.hasPrefix(path + "/") }
}

extension Capabilities {
    /// Whether they are those of somebody who calls customers back: rows to choose from, and handles to reveal for the same purpose.
    var callsBack: Bool { !may(.caseManage) && followUp != nil }

    /// The purpose of calling back.
    var followUp: String? {
        purposes(for: .reveal).first { purpose in
            let rows = fields(for: .query, purpose: purpose)
            return rows["record"] == .pseudonym && fields(for: .reveal, purpose: purpose).contains { $0.value == .reveal && $0.key != "text" }
        }
    }

    /// Whether they are those of somebody who reads redacted texts and figures of groups.
    var studies: Bool { study != nil && !may(.annotate) && !may(.reveal) }

    /// The purpose of that.
    var study: String? {
        purposes(for: .query).first { purpose in
            let grant = grants.first { $0.actions.contains(.query) && $0.purposes.contains(purpose) }
            guard let grant, grant.pageLimit > 0, grant.fields["text"] == .mask else { return false }
            return grant.fields["occurred_at"] == .reveal
        }
    }
}
