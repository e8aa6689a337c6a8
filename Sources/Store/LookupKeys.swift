/// Keys of rows that are wanted together.
package enum LookupKeys {
    case integers([Int64])
    case identifiers([UInt128])
    case pairs([(UInt128, Int64)])
}
