import Store

/// What tests found the tables of format 6 to be; a format that has shipped keeps them.
extension SchemaFingerprint {
    static let server6 = server5.with(
        """
        vault.changed(record bigint!, seq bigint!, at bigint!)
        vault.changed_pkey(record bigint)
        vault.changed_seq(seq bigint)
        vault.mention(subject bigint!, record bigint!, decision bigint!, decided_by text!, at bigint!)
        vault.mention_pkey(subject bigint, record bigint)
        vault.mention_record(record bigint)
        vault.outbox(id bigint!, endpoint text!, stream text!, kind text!, subject bigint, body text!, at bigint!, attempts bigint!, next_at bigint!, failure text)
        vault.outbox_next(endpoint text, next_at bigint)
        vault.outbox_pkey(id bigint)
        vault.outbox_stream(endpoint text, stream text, id bigint)
        """)
}
