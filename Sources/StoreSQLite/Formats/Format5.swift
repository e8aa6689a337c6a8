extension SQLiteStep {
    static let format5 = SQLiteStep(data: "", keys: "", fingerprints: (.data5, .keys5))
}
