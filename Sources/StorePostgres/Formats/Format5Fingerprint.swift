import Store

/// What tests found the tables of format 5 to be; a format that has shipped keeps them.
extension SchemaFingerprint {
    static let server5 = server4.with(
        """
        vault.release(first_day bigint!, last_day bigint!, cost bigint!)
        vault.release_pkey(first_day bigint, last_day bigint)
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
        vault.index_form(field bigint!, form bigint!)
        vault.index_form_pkey(field bigint)
        vault.link(id bigint!, kind text!, subject bigint!, other bigint!, record bigint, field text, doubt text, asked_by text!, asked_at bigint!, state text!, decided_by text, decided_at bigint)
        vault.link_other(other bigint)
        vault.link_pkey(id bigint)
        vault.link_subject(subject bigint, other bigint)
        vault.moved(record bigint!, subject bigint!)
        vault.moved_pkey(record bigint)
        vault.person(subject bigint!, head bigint!, since bigint!, joined_by text!)
        vault.person_head(head bigint)
        vault.person_pkey(subject bigint)
        vault.record(subject bigint!, id bigint!, uid bytea!, source text!, channel text!, occurred_at bigint!, received_at bigint!, redaction_version bigint!, restricted bigint!, purged bigint!, key_version bigint!, mac bytea, unattributed bigint, person bigint)
        """)
}
