import AsyncHTTPClient
import Foundation
import NIOCore
import VoCVault

/// Sends a checkpoint to an outside service over HTTP.
enum CheckpointPost {
    /// How long the service may take to answer.
    private static let patience = TimeAmount.seconds(30)

    /// - Throws: ``VaultError/notAnchored(_:)`` unless the service confirms it. A redirect is no confirmation: a log anchored
    ///   where nobody looks for it is not anchored.
    static func send(_ note: String, to address: String) async throws {
        guard let url = URL(string: address), ["http", "https"].contains(url.scheme), let host = url.host(), !host.isEmpty else {
            throw VaultError.invalid("'\(address)' is not an http: or https: address")
        }
        var request = HTTPClientRequest(url: address)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "text/plain")
        request.body = .bytes(ByteBuffer(string: note))
        let client = HTTPClient(configuration: .init(redirectConfiguration: .disallow))
        let answer: Result<UInt, any Error>
        do { answer = .success(try await client.execute(request, timeout: patience).status.code) } catch { answer = .failure(error) }
        try? await client.shutdown()
        // The address may contain a key to the service; its host does not.
        switch answer {
        case .success(200..<300): break
        case .success(let status): throw VaultError.notAnchored("\(host) did not take the checkpoint: it answered with status \(status)")
        case .failure(let error): throw VaultError.notAnchored("the checkpoint could not be sent to \(host): \(error)")
        }
    }
}
