import Foundation
import VaultAPI
import VoCVault

// Operations whose reply is a document.

extension ExportSubject: PerformedOperation {
    public func perform(in session: Session) throws -> Bytes {
        var (archive, searched): (Data, Searched?) = (Data(), nil)
        _ = try session.exportSubject(subject, purpose: purpose, reason: reason, sharersStay: sharersStay ?? false) { copy in
            archive = SubjectDocument.archive(copy, language: language.flatMap { Language(rawValue: $0.rawValue) }, date: Date())
            searched = copy.reached
        }
        return Bytes(archive, searched: searched)
    }
}

extension ReportProcessing: PerformedOperation {
    public func perform(in session: Session) throws -> String { try ProcessingDocument.page(session.processingReport(since: since, until: until)) }
}
