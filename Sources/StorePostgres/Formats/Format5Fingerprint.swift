import Store

/// What tests found the tables of format 5 to be; a format that has shipped keeps them.
extension SchemaFingerprint {
    static let server5 = server4.with(
        """
        vault.release(digest bytea!, first_day bigint!, last_day bigint!, cost bigint!)
        vault.release_pkey(digest bytea)
        vault.released(digest bytea!, last_day bigint!, figures bytea!)
        vault.released_pkey(digest bytea)
        """)
}
