import Store

/// What tests found the tables of format 5 to be; a format that has shipped keeps them.
extension SchemaFingerprint {
    static let data5 = data4.with("")

    static let keys5 = keys3.with("")
}
