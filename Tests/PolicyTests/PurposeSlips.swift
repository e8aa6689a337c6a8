/// Slips in purposes.yaml.
extension Slip {
    static let purposes: [Slip] = [
        Slip("purposes.yaml", "version: 1", "version: 2", "version must be 1, not '2'"),
        Slip("purposes.yaml", "version: 1", "version: [1]", "version must be 1, not a list"),
        Slip("purposes.yaml", "version: 1", "Version: 1", "unknown key 'Version' (did you mean 'version'?)"),
        Slip(
            "purposes.yaml", "{description: Running the vault itself, basis: \"GDPR Art. 32; PIPL Art. 51\"}", "Running the vault itself",
            "purpose 'operation' must be a mapping (key: value), not 'Running the vault itself'"),
        Slip(
            "purposes.yaml", "{description: Running the vault itself, basis: \"GDPR Art. 32; PIPL Art. 51\"}", "[Running the vault itself]",
            "purpose 'operation' must be a mapping (key: value), not a list"),
        Slip(
            "purposes.yaml", "description: Running the vault itself", "description: [Running the vault itself]", "the description of purpose 'operation' must be text, not a list"),
        Slip("purposes.yaml", "description: Running the vault itself", "description: \"\"", "the description of purpose 'operation' is empty"),
        Slip("purposes.yaml", "description: Running the vault itself", "description: \"  \"", "the description of purpose 'operation' is empty"),
        Slip("purposes.yaml", "description: Running", "desc: Running", "unknown key 'desc' (did you mean 'description'?)"),
        Slip("purposes.yaml", "description: Running", "text: Running", "unknown key 'text' (known: description, basis, law)"),
        Slip("purposes.yaml", "basis: \"GDPR Art. 32; PIPL Art. 51\"", "basis: {}", "the basis of purpose 'operation' must be text, not an empty mapping"),
        Slip("purposes.yaml", "basis: \"GDPR Art. 32; PIPL Art. 51\"", "basis: [GDPR Art. 32, PIPL Art. 51]", "the basis of purpose 'operation' must be text, not a list"),
        Slip("purposes.yaml", "basis: \"GDPR Art. 32", "legal_basis: \"GDPR Art. 32", "unknown key 'legal_basis' (did you mean 'basis'?)"),
        Slip("purposes.yaml", "basis: \"GDPR Art. 32; PIPL Art. 51\"", "basis: \"GDPR Art. 32; PIPL Art. 51\", owner: IT", "unknown key 'owner' (known: description, basis, law)"),
        Slip("purposes.yaml", ", basis: \"GDPR Art. 32; PIPL Art. 51\"", "", "purpose 'operation' lacks 'basis'"),
        Slip("purposes.yaml", "itself, basis", "itself basis", "is a comma, brace or quote missing?"),
        Slip("purposes.yaml", "Running the vault itself", "Running: the vault itself", "is a comma, brace or quote missing?"),
        Slip("purposes.yaml", "PIPL Art. 51\"}", "PIPL Art. 51}", "is a comma, brace or quote missing?"),
        Slip("purposes.yaml", "PIPL Art. 51\"}", "PIPL Art. 51\"", "is a comma, brace or quote missing?"),
        Slip("purposes.yaml", "  insight:  ", " insight:  ", "is this line indented like its neighbours?"),
        Slip("purposes.yaml", "  insight:  ", "  insight：  ", "'：' is not ':'"),
        Slip("purposes.yaml", "  retention:       {", "  compliance:      {", "'compliance' is defined twice"),
        Slip("purposes.yaml", "  insight:  ", "  insigth:  ", "purpose 'insight' is not in purposes.yaml (did you mean 'insigth'?)", found: "roles.yaml"),
        Slip("purposes.yaml", "  follow-up:", "  follow_up:", "purpose 'follow-up' is not in purposes.yaml (did you mean 'follow_up'?)", found: "roles.yaml"),
    ]
}
