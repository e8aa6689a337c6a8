import Store

/// What tests found the tables of format 7 to be; a format that has shipped keeps them.
extension SchemaFingerprint {
    static let data7 = data6.with(
        """
        index intake_source(intake)
        table charged(zone TEXT! 1, first_day INTEGER! 2, last_day INTEGER! 3, cost INTEGER!)
        table intake(id INTEGER 1, source TEXT!, day INTEGER, began_at INTEGER!, last_at INTEGER!, state TEXT!, stored INTEGER!, replaced INTEGER!, duplicates INTEGER!, rejected INTEGER!, erased_before INTEGER!, latest INTEGER)
        """)

    static let keys7 = keys6.with("")
}
