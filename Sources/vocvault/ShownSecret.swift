/// A secret that is printed once and becomes good only after that.
struct ShownSecret {
    /// What to say when it was printed and did not become good.
    let worthless: String

    /// Runs `body`, which is given a way to print the secret, under a line on standard error that says what it is.
    func showing(_ body: ((_ heading: String, _ secret: String) throws -> Void) async throws -> Void) async throws {
        var isShown = false
        do {
            try await body { heading, secret in
                printError(heading)
                isShown = true
                try print(secret)
                // On the disk: what lies in memory only is gone after a power cut, and the secret is good.
                try StandardOutput.flush()
            }
        } catch {
            if isShown { printError("vocvault: \(worthless)") }
            throw error
        }
    }
}
