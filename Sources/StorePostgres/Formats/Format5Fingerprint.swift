import Store

/// What tests found the tables of format 5 to be; a format that has shipped keeps them.
extension SchemaFingerprint {
    static let server5 = server4.with(
        """
        vault.release(digest bytea!, first_day bigint!, last_day bigint!, cost bigint!)
        vault.release_pkey(digest bytea)
        vault.released(digest bytea!, last_day bigint!, figures bytea!)
        vault.released_pkey(digest bytea)
        vault.case_task(id bigint!, request bigint!, subject bigint!, system text!, state text!, asked_at bigint!, answered_at bigint, note text!)
        vault.case_task_pkey(id bigint)
        vault.consent(subject bigint!, purpose text!, decision bigint!, at bigint!)
        vault.consent_pkey(subject bigint, purpose text)
        vault.consent_purpose(purpose text, decision bigint, subject bigint)
        vault.consent_event(id bigint!, subject bigint!, purpose text!, decision bigint!, at bigint!, recorded_at bigint!, note text!)
        vault.consent_event_pkey(id bigint)
        vault.consent_event_subject(subject bigint, purpose text, at bigint)
        vault.former_record(id bigint!, record bigint!, subject bigint!, at bigint!, note text!)
        vault.former_record_pkey(id bigint)
        vault.former_record_record(record bigint)
        """)
}
