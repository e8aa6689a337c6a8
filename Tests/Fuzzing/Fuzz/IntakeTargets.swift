import Foundation
import Pages
import Wire

@testable import Formats
@testable import Policy
@testable import VaultServer
@testable import VoCVault

/// What comes in by other ways than as records in the vault's own form.
extension Targets {
    /// What a browser sends of a form, all the way to what would be sealed.
    static func form() throws -> ([UInt8]) -> Void {
        let vault = try vault { try forms.write(toFile: $0 + "/forms.yaml", atomically: true, encoding: .utf8) }
        let form = vault.policies.forms[0]
        let session = vault.session(of: form, request: nil)
        return { bytes in
            let sent = Form(String(decoding: bytes, as: UTF8.self))
            let typed = form.typed(sent)
            _ = FeedbackReceipt(sent[FormPage.receiptField] ?? "")
            let page = FormPage(form, language: .english)
            let faults = form.faults(in: typed)
            precondition(!page.ask(typed: typed, faults: faults).contains("<script"), "markup of whoever fills it in")
            guard faults.isEmpty else { return }
            do {
                let upload = try session.seal(form.answers(typed, language: .english), of: form, under: FeedbackReceipt())
                precondition(upload != nil, "answers without fault are no record")
            } catch is VaultError {
            } catch {
                preconditionFailure("an error of another kind: \(error)")
            }
        }
    }

    private static let forms = """
        version: 1
        forms:
          shop:
            title: {zh: 意见, en: Feedback}
            channel: app
            purposes: {intake: insight, requests: insight}
            fields:
              - {field: text, label: {zh: 内容, en: Text}, required: true, longest: 2000}
              - {field: rating, label: {zh: 评分, en: Rating}, options: [{value: 5, label: {zh: 好, en: Good}}, {value: 1, label: {zh: 差, en: Bad}}]}
              - {field: email, label: {zh: 邮箱, en: Mail}}
              - {field: phone, label: {zh: 电话, en: Phone}}
            consent:
              version: 1
              text: {zh: 文本, en: Text}
              decisions: [{purpose: insight, label: {zh: 同意, en: Yes}}]

        """

    /// A text in an encoding, which the first byte chooses: where blocks end decides nothing, and what comes out is UTF-8 or marked.
    static func encoding() throws -> ([UInt8]) -> Void {
        func read(_ bytes: ArraySlice<UInt8>, _ encoding: TextEncoding?, blocks: Int) -> [UInt8]? {
            var rest = bytes
            let decoder = TextDecoder(
                {
                    defer { rest = rest.dropFirst(blocks) }
                    return rest.prefix(blocks)
                }, encoding: encoding)
            var text: [UInt8] = []
            do {
                while let block = try decoder.next() { text += block }
            } catch is FormatError { return nil } catch { preconditionFailure("an error of another kind: \(error)") }
            return text
        }
        return { bytes in
            guard let first = bytes.first else { return }
            let encodings: [TextEncoding?] = TextEncoding.allCases + [nil]
            let encoding = encodings[Int(first) % encodings.count]
            let whole = read(bytes.dropFirst(), encoding, blocks: max(1, bytes.count))
            let parts = read(bytes.dropFirst(), encoding, blocks: 3)
            guard let encoding, encoding != .utf8 else { return }
            precondition(whole == parts, "where blocks end decides what is read")
            if let whole, !bytes.dropFirst().starts(with: [0xEF, 0xBB, 0xBF]) {
                precondition(whole.split(separator: 0xFF).allSatisfy { String(validating: $0, as: UTF8.self) != nil }, "neither UTF-8 nor marked")
            }
        }
    }
}
