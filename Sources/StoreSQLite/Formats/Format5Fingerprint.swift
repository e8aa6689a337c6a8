import Store

/// What tests found the tables of format 5 to be; a format that has shipped keeps them.
extension SchemaFingerprint {
    static let data5 = data4.with(
        """
        table release(first_day INTEGER! 1, last_day INTEGER! 2, cost INTEGER!)
        table released(digest BLOB! 1, last_day INTEGER!, figures BLOB!)
        index consent_event_subject(consent_event)
        index consent_purpose(consent)
        index former_record_record(former_record)
        table case_task(id INTEGER 1, request INTEGER!, subject INTEGER!, system TEXT!, state TEXT!, asked_at INTEGER!, answered_at INTEGER, note TEXT!)
        table consent(subject INTEGER! 1, purpose TEXT! 2, decision INTEGER!, at INTEGER!)
        table consent_event(id INTEGER 1, subject INTEGER!, purpose TEXT!, decision INTEGER!, at INTEGER!, recorded_at INTEGER!, note TEXT!)
        table former_record(id INTEGER 1, record INTEGER!, subject INTEGER!, at INTEGER!, note TEXT!)
        index link_other(link)
        index link_subject(link)
        index person_head(person)
        table index_form(field INTEGER 1, form INTEGER!)
        table link(id INTEGER 1, kind TEXT!, subject INTEGER!, other INTEGER!, record INTEGER, field TEXT, doubt TEXT, asked_by TEXT!, asked_at INTEGER!, state TEXT!, decided_by TEXT, decided_at INTEGER)
        table moved(record INTEGER 1, subject INTEGER!)
        table person(subject INTEGER 1, head INTEGER!, since INTEGER!, joined_by TEXT!)
        table record(id INTEGER 1, uid BLOB!, subject INTEGER!, source TEXT!, channel TEXT!, occurred_at INTEGER!, received_at INTEGER!, redaction_version INTEGER!, restricted INTEGER!, purged INTEGER!, key_version INTEGER!, mac BLOB, unattributed INTEGER, person INTEGER)
        """)

    static let keys5 = keys3.with("")
}
