import Store

/// What tests found the tables of format 5 to be; a format that has shipped keeps them.
extension SchemaFingerprint {
    static let server5 = server4.with(
        """
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
