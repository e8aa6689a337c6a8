/// Why an input cannot be read at all. Names what is wrong with the file, never what is in it.
package enum FormatError: Error, Equatable, CustomStringConvertible {
    /// Not what it seems, or cut off.
    case damaged(String)
    case tooLarge(String)
    /// A ZIP that is not one file.
    case files(Int)
    case encrypted
    /// A format that only its program can convert.
    case convert(String)
    case noSheet(String, among: [String])
    case noList(String)
    case encoding(String)

    package var description: String {
        switch self {
        case .damaged(let what): "\(what) is damaged or incomplete"
        case .tooLarge(let what): what
        case .files(0): "the ZIP has no file in it"
        case .files(let count): "the ZIP has \(count) files or more: pass the one that is meant"
        case .encrypted: "the file is encrypted: save it without a password"
        case .convert(let what): what
        case .noSheet(let name, let names): "there is no sheet '\(name)': the workbook has \(names.joined(separator: ", "))"
        case .noList(""): "the JSON has no list of objects: name the list's place"
        case .noList(let path): "the JSON has no list of objects at '\(path)'"
        case .encoding(let name): "no encoding is called '\(name)' (known: \(TextEncoding.names))"
        }
    }
}
