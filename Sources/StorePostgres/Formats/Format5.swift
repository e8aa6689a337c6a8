extension PostgresStep {
    static let format5 = PostgresStep(data: "", keys: "", fingerprint: .server5)
}
