/// A secret that is printed once and becomes valid only then.
struct ShownSecret {
    /// What to say if it was printed but did not become valid.
    let worthless: String

    /// Runs `body` with a function that prints the secret, below a heading on standard error.
    func showing(_ body: ((_ heading: String, _ secret: String) throws -> Void) async throws -> Void) async throws {
        var isShown = false
        do {
            try await body { heading, secret in
                printError(heading)
                isShown = true
                try print(secret)
                // Flushed to disk: after a power failure, the secret would be valid and its only copy lost.
                try StandardOutput.flush()
            }
        } catch {
            if isShown { printError("vocvault: \(worthless)") }
            throw error
        }
    }
}
