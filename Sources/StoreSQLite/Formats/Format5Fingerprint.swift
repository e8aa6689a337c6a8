import Store

/// What tests found the tables of format 5 to be; a format that has shipped keeps them.
extension SchemaFingerprint {
    static let data5 = data4.with(
        """
        table release(digest BLOB! 1, first_day INTEGER!, last_day INTEGER!, cost INTEGER!)
        table released(digest BLOB! 1, last_day INTEGER!, figures BLOB!)
        index consent_event_subject(consent_event)
        index consent_purpose(consent)
        index former_record_record(former_record)
        table case_task(id INTEGER 1, request INTEGER!, subject INTEGER!, system TEXT!, state TEXT!, asked_at INTEGER!, answered_at INTEGER, note TEXT!)
        table consent(subject INTEGER! 1, purpose TEXT! 2, decision INTEGER!, at INTEGER!)
        table consent_event(id INTEGER 1, subject INTEGER!, purpose TEXT!, decision INTEGER!, at INTEGER!, recorded_at INTEGER!, note TEXT!)
        table former_record(id INTEGER 1, record INTEGER!, subject INTEGER!, at INTEGER!, note TEXT!)
        """)

    static let keys5 = keys3.with("")
}
