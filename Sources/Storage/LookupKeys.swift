/// Keys of rows that are wanted together.
enum LookupKeys {
    case integers([Int64])
    case identifiers([UInt128])
    case pairs([(UInt128, Int64)])
}
