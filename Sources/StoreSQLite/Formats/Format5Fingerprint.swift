import Store

/// What tests found the tables of format 5 to be; a format that has shipped keeps them.
extension SchemaFingerprint {
    static let data5 = data4.with(
        """
        table release(digest BLOB! 1, first_day INTEGER!, last_day INTEGER!, cost INTEGER!)
        table released(digest BLOB! 1, last_day INTEGER!, figures BLOB!)
        """)

    static let keys5 = keys3.with("")
}
