/// What stands in the place of a note, reason or ground that cannot be read.
public enum NoteWord {
    /// The customer whom it was about is erased, and the text with them.
    public static let erased = "[erased]"
    /// It is not what the vault wrote.
    public static let unreadable = "[unreadable]"
}
