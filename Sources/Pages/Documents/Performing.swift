import Foundation
import VaultAPI
import VoCVault

// Operations whose reply is a document.

extension ExportSubject: PerformedOperation {
    public func perform(in session: Session) throws -> Bytes {
        var archive = Data()
        _ = try session.exportSubject(subject, purpose: purpose, reason: reason, sharersStay: sharersStay ?? false) { copy in
            archive = SubjectDocument.archive(copy, language: language.flatMap { Language(rawValue: $0.rawValue) }, date: Date())
        }
        return Bytes(archive)
    }
}

extension ReportProcessing: PerformedOperation {
    public func perform(in session: Session) throws -> String { try ProcessingDocument.page(session.processingReport(since: since, until: until)) }
}
