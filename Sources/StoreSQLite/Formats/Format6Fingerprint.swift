import Store

/// What tests found the tables of format 6 to be; a format that has shipped keeps them.
extension SchemaFingerprint {
    static let data6 = data5.with(
        """
        index changed_seq(changed)
        index mention_record(mention)
        index outbox_next(outbox)
        index outbox_stream(outbox)
        table changed(record INTEGER! 1, seq INTEGER!, at INTEGER!)
        table mention(subject INTEGER! 1, record INTEGER! 2, decision INTEGER!, decided_by TEXT!, at INTEGER!)
        table outbox(id INTEGER 1, endpoint TEXT!, stream TEXT!, kind TEXT!, subject INTEGER, body TEXT!, at INTEGER!, attempts INTEGER!, next_at INTEGER!, failure TEXT)
        """)

    static let keys6 = keys3.with("")
}
