import RedactedAPI
import VaultAPI
import VoCVault

/// What a customer's copy says, in the language of the reader.
struct SubjectContent {
    struct Section {
        struct Table {
            var title: String?
            /// Empty: each row is a name and its value.
            var heads: [String] = []
            var rows: [[String]]
        }

        var title: String
        var lines: [String] = []
        var tables: [Table] = []
    }

    private let copy: SubjectCopy
    private let words: CopyWords

    init(_ copy: SubjectCopy, _ language: Language?) { (self.copy, words) = (copy, CopyWords(language: language)) }

    var title: String { words.pick("我的数据", "Your data") }

    var lead: [String] {
        var lines = [
            words.pick(
                "本文件包含我们保存的与您有关的全部反馈记录，包括分析时推断出的内容。data.json 是相同内容的机器可读版本。",
                "This file contains all the feedback that we hold about you, with what our analysis derived from it. data.json has the same content in machine-readable form.")
        ]
        if copy.isPaused {
            lines.append(words.pick("您的数据目前仅保存，不作其他使用（限制处理）。", "Your data are kept at present and not used (restriction of processing)."))
        }
        return lines
    }

    var sections: [Section] { [records, mentions, searched, purposes, consents, sources, recipients, retention, sights, rights] }

    private var records: Section {
        var section = Section(title: words.pick("记录", "Records"))
        if copy.records.isEmpty { section.lines = [words.pick("暂无记录", "No records")] }
        for (index, record) in copy.records.enumerated() {
            section.tables.append(.init(title: "\(index + 1). \(record.id)", rows: rows(record.fields)))
            for former in record.former {
                section.tables.append(.init(title: "\(index + 1). \(words.pick("此前内容，更新于", "before it was changed on")) \(former.until)", rows: rows(former.fields)))
            }
        }
        return section
    }

    private var mentions: Section {
        var section = Section(title: words.pick("他人反馈中提到您的内容", "What others say of you"))
        guard !copy.mentions.isEmpty else {
            section.lines = [words.pick("未确认有他人的反馈提到您。", "No feedback of others is known to mention you.")]
            return section
        }
        section.lines = [
            words.pick("以下是他人的反馈。为保护他人，其中的个人信息（包括您的姓名）已隐去。", "This is feedback of others. To protect them, personal data in it are hidden, your name among them.")
        ]
        section.tables = [
            .init(
                heads: [words.pick("记录", "Record"), words.pick("渠道", "Channel"), words.pick("时间", "Time"), words.pick("内容", "Text")],
                rows: copy.mentions.map { [$0.record, $0.channel, $0.occurred, $0.text ?? ""] })
        ]
        return section
    }

    private var searched: Section {
        Section(
            title: words.pick("查找范围", "What was searched"),
            tables: [
                .init(
                    rows: [[words.pick("合并为您本人的客户档案", "Customers who are you"), String(copy.searched.customers)]]
                        + copy.searched.handles.sorted { $0.key < $1.key }.map { [words.field($0.key), String($0.value)] })
            ])
    }

    private func rows(_ fields: [SubjectCopy.Field]) -> [[String]] { fields.filter { !$0.value.isEmpty }.map { [words.field($0.name), $0.value] } }

    private var purposes: Section {
        Section(
            title: words.pick("处理目的与法律依据", "Purposes and legal basis"),
            tables: [
                .init(
                    heads: [
                        words.pick("目的", "Purpose"), words.pick("说明", "Description"), words.pick("法律依据", "Legal basis"), words.pick("是否使用您的数据", "Uses your data"),
                        words.pick("您可决定", "Yours to decide"),
                    ],
                    rows: copy.purposes.map { [$0.name, $0.description, words.basis($0.basis), words.yes($0.isUsed), words.yes($0.isTheirs)] })
            ])
    }

    private var consents: Section {
        var section = Section(title: words.pick("您的同意与反对", "Your consents and objections"))
        if copy.consents.isEmpty {
            section.lines = [words.pick("没有记录您的任何决定。", "No decision of yours is recorded.")]
        } else {
            section.tables = [
                .init(
                    heads: [
                        words.pick("目的", "Purpose"), words.pick("决定", "Decision"), words.pick("时间", "Time"), words.pick("文本版本", "Version of the text"),
                        words.pick("凭证", "Proof"), words.pick("当前有效", "In force"),
                    ],
                    rows: copy.consents.map { [$0.about, words.decision($0.decision), $0.at.description, $0.version ?? "", $0.proof ?? "", words.yes($0.counts)] })
            ]
        }
        return section
    }

    private var sources: Section {
        Section(
            title: words.pick("数据来源", "Sources"),
            tables: [.init(heads: [words.pick("来源", "Source"), words.pick("记录数", "Records")], rows: copy.sources.map { [$0.name, String($0.records)] })])
    }

    private var recipients: Section {
        Section(
            title: words.pick("接收者类别", "Categories of recipients"),
            tables: [.init(heads: [words.pick("角色", "Role"), words.pick("说明", "Description")], rows: copy.recipients.map { [$0.role, $0.description] })])
    }

    private var retention: Section {
        Section(
            title: words.pick("保存期限", "Retention"),
            tables: [
                .init(
                    heads: [words.pick("渠道", "Channel"), words.pick("删除内容", "What is deleted"), words.pick("期限（天）", "After days")],
                    rows: copy.retention.map {
                        [
                            $0.channels.isEmpty ? words.pick("其他全部", "all others") : $0.channels.joined(separator: ", "),
                            $0.removes.split(separator: "+").map { words.part(String($0)) }.joined(separator: words.pick("、", ", ")), String($0.days),
                        ]
                    })
            ])
    }

    private var sights: Section {
        var section = Section(title: words.pick("谁在何时查看或处理了您的数据", "Who saw or handled your data, and when"))
        section.lines = [
            words.pick(
                "下列为指向您个人的访问。分析人员看到的是去标识化的文本和统计数字，这些访问不逐人记录。",
                "These are accesses to you in person. Analysts see redacted text and figures, which is not recorded person by person.")
        ]
        if copy.sights.isEmpty {
            section.lines.append(words.pick("没有。", "There were none."))
        } else {
            section.tables = [
                .init(
                    heads: [
                        words.pick("时间", "Time"), words.pick("操作", "What was done"), words.pick("角色", "Role"), words.pick("目的", "Purpose"), words.pick("字段", "Fields"),
                    ],
                    rows: copy.sights.map {
                        [$0.time, words.action($0.action), $0.role, $0.purpose, $0.fields.map(words.field).joined(separator: words.pick("、", ", "))]
                    })
            ]
        }
        return section
    }

    private var rights: Section {
        Section(
            title: words.pick("您的权利", "Your rights"),
            lines: [
                words.pick(
                    "您可以要求更正、限制处理或删除这些数据，撤回同意，反对处理，并向监管机构投诉。",
                    "You can ask us to correct, restrict or erase these data, withdraw a consent, object to their processing, and complain to a supervisory authority.")
            ])
    }
}
