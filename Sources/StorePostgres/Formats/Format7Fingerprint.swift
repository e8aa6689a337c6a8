import Store

/// What tests found the tables of format 7 to be; a format that has shipped keeps them.
extension SchemaFingerprint {
    static let server7 = server6.with(
        """
        vault.charged(zone text!, first_day bigint!, last_day bigint!, cost bigint!)
        vault.charged_pkey(zone text, first_day bigint, last_day bigint)
        vault.intake(id bigint!, source text!, day bigint, began_at bigint!, last_at bigint!, state text!, stored bigint!, replaced bigint!, duplicates bigint!, rejected bigint!, erased_before bigint!, latest bigint)
        vault.intake_pkey(id bigint)
        vault.intake_source(source text, day bigint)
        """)
}
