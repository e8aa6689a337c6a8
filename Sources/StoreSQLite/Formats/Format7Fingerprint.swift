import Store

/// What tests found the tables of format 7 to be; a format that has shipped keeps them.
extension SchemaFingerprint {
    static let data7 = data6.with("table charged(zone TEXT! 1, first_day INTEGER! 2, last_day INTEGER! 3, cost INTEGER!)")

    static let keys7 = keys6.with("")
}
