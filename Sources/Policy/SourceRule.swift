/// How the files of one kind become records, as `sources.yaml` says: a preset for a tool, or a source of the company's own.
public struct SourceRule: Sendable, Equatable {
    public enum Format: String, Sendable, CaseIterable {
        /// Rows under headings: CSV or a workbook.
        case table
        /// Objects: JSON lines, or a list in a JSON text.
        case json
    }

    /// The order of day and month in dates such as 03/04/2026.
    public enum DateOrder: String, Sendable, CaseIterable {
        case mdy, dmy
    }

    /// What becomes of a record that comes again and says something else.
    public enum OnChange: String, Sendable, CaseIterable {
        /// It stays as it was.
        case keep
        /// The new one takes its place.
        case replace
        /// The same, and what it was is kept, sealed.
        case version
    }

    /// The preset that it is, or is based on.
    public var preset: String
    public var description = ""
    public var format = Format.table
    /// Columns that, all together, show that a file is of this kind; empty: nothing shows it.
    public var detect: [String] = []
    public var headerRows = 1
    /// Where the list of objects is in a JSON text, such as `data.items`.
    public var list: String?
    public var sheet: String?
    public var encoding: String?
    public var timeZone: String?
    public var dateOrder: DateOrder?
    public var id: SourceValue?
    public var occurredAt: SourceValue?
    public var channel: SourceValue?
    public var text: SourceValue?
    /// By path in a record.
    public var fields: [String: SourceValue] = [:]
    public var turns: SourceTurns?
    public var onChange: OnChange?
    /// When the source came to say this: what is older than what the vault has does not take its place, in whatever order both come.
    public var revisedAt: SourceValue?
    /// Columns that are kept, sealed, without a word.
    public var ignore: [String] = []

    public init(preset: String) { self.preset = preset }
}

/// A value of a record, from the columns of a file.
///
/// A column goes by its heading or, in JSON, by its path (`requester.email`), compared without case and blanks. `~name` is any column
/// whose heading contains the word, `~name|phone` one that contains either; `comments[0].body` is the first item of a list.
public indirect enum SourceValue: Sendable, Equatable {
    /// The first of its values that is not empty.
    case column(String)
    case constant(String)
    case first([SourceValue])
    case join([SourceValue], with: String)
    /// Every value of every column that matches; each with its heading when there are several columns.
    case all([String], with: String)
    /// A digest of the columns' values; of all columns if there are none.
    case hash([String])
    /// What some values mean; others stay what they are.
    case words(SourceValue, [String: String])
    /// The first number in the value.
    case number(SourceValue)
    /// A person's name, in the order of its script.
    case name(family: SourceValue, given: SourceValue)
    /// The text without the tags of HTML.
    case html(SourceValue)
}

/// How a list of messages becomes the text of one record.
public struct SourceTurns: Sendable, Equatable {
    /// The list's path in the object.
    public var list: String
    /// Within a message: who speaks, what, and when.
    public var speaker: String
    public var text: String
    public var time: String?
    /// The agent's name within a message.
    public var name: String?
    /// Speakers who are the customer, such as `user`, or `=requester_id` for whoever that member of the object names; everybody else is
    /// an agent.
    public var customer: [String]
}
