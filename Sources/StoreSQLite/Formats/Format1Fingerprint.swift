import Store

/// What tests found the tables of format 1 to be; a format that has shipped keeps them.
extension SchemaFingerprint {
    static let data1 = SchemaFingerprint(
        """
        index record_occurred(record)
        table activity(principal TEXT! 1, scale INTEGER! 2, slot INTEGER! 3, action TEXT! 4, denied INTEGER! 5, times INTEGER!, rows INTEGER!)
        table alert(principal TEXT! 1, rule TEXT! 2, day INTEGER!)
        table annotation(record INTEGER! 1, subject INTEGER!, module TEXT! 2, label TEXT! 3, score REAL!)
        table approval(id INTEGER 1, principal TEXT!, role TEXT!, purpose TEXT!, record INTEGER!, field TEXT!, reason TEXT!, asked_at INTEGER!, expires_at INTEGER!, state TEXT!, decided_by TEXT)
        table asked(principal TEXT! 1, purpose TEXT! 2, digest BLOB! 3, query BLOB!, day INTEGER!)
        table audit(seq INTEGER 1, entry BLOB!)
        table audit_head(one INTEGER 1, size INTEGER!, frontier BLOB!, last_time INTEGER!, changed_by INTEGER!, checkpoint TEXT!)
        table blind_index_recent(tag BLOB! 1, field INTEGER! 2, subject INTEGER! 3)
        table blind_index_settled(tag BLOB! 1, field INTEGER! 2, subject INTEGER! 3)
        table idempotency(principal TEXT! 1, key BLOB! 2, digest BLOB!, reply TEXT!, at INTEGER!)
        table indexed_field(id INTEGER 1, name TEXT!, version INTEGER!, state TEXT!, built INTEGER!, records INTEGER!)
        table pending_key_erasure(subject INTEGER 1)
        table privacy_budget(principal TEXT! 1, purpose TEXT! 2, period INTEGER! 3, spent INTEGER!)
        table record(id INTEGER 1, uid BLOB!, subject INTEGER!, source TEXT!, channel TEXT!, occurred_at INTEGER!, received_at INTEGER!, redaction_version INTEGER!, restricted INTEGER!, purged INTEGER!, key_version INTEGER!)
        table record_uid_recent(uid BLOB! 1)
        table record_uid_settled(uid BLOB! 1)
        table sealed(record INTEGER 1, subject INTEGER!, body BLOB!)
        table subject(id INTEGER 1, identified INTEGER!, entries BLOB!, hold TEXT, restriction TEXT, created_at INTEGER!, erased_at INTEGER)
        table subject_case(id INTEGER 1, kind TEXT!, subject INTEGER!, status TEXT!, opened_at INTEGER!, due_at INTEGER!, closed_at INTEGER, note TEXT!)
        table subject_record_recent(subject INTEGER! 1, record INTEGER! 2)
        table subject_record_settled(subject INTEGER! 1, record INTEGER! 2)
        table task(id INTEGER 1, state TEXT!, owner TEXT!, due_at INTEGER!, body BLOB!)
        table token(id TEXT 1, principal TEXT!, role TEXT!, scope TEXT, hash BLOB!, created_at INTEGER!, expires_at INTEGER, revoked_at INTEGER)
        table usage(principal TEXT! 1, day TEXT! 2, quota TEXT! 3, used INTEGER!)
        table vault(vault_id BLOB!, created_at INTEGER!, last_record INTEGER!, erasures_applied INTEGER!, backed_up_at INTEGER, resealed_at INTEGER)
        table witnessed(origin TEXT 1, size INTEGER!, root BLOB!, at INTEGER!)
        view blind_index(tag BLOB, field INTEGER, subject INTEGER)
        view record_uid(uid BLOB)
        view subject_record(subject INTEGER, record INTEGER)
        """)

    static let keys1 = SchemaFingerprint(
        """
        table data_key(kind TEXT! 1, name TEXT! 2, version INTEGER! 3, root INTEGER!, wrapped BLOB!, created_at INTEGER!)
        table erasure(seq INTEGER 1, subject INTEGER!, at INTEGER!)
        table former_audit_key(version INTEGER 1, note TEXT!)
        table root_key(number INTEGER 1, id TEXT!, proof BLOB!, created_at INTEGER!, since INTEGER!, rewrapped INTEGER!)
        table subject_key(subject INTEGER! 1, version INTEGER! 2, root INTEGER!, wrapped BLOB!)
        table subject_key_state(one INTEGER 1, made INTEGER!, version INTEGER!)
        """)
}
