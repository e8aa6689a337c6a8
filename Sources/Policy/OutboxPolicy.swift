import Foundation

/// Where the vault tells of what happens in it, from `outbox.yaml`.
public struct OutboxEndpoint: Sendable, Equatable {
    /// What it can be told. No event has personal data.
    public enum Event: String, Sendable, CaseIterable {
        case caseOpened = "case.opened"
        case caseClosed = "case.closed"
        /// Somebody has something to do for a case, or has answered.
        case caseTask = "case.task"
        case subjectErased = "subject.erased"
        /// An improvement task has another state.
        case taskChanged = "task.changed"
        case alertRaised = "alert.raised"
        /// A rule about feedback has found something: figures that everybody without rows may see.
        case alertFeedback = "alert.feedback"
        /// A module has coded records.
        case codingAdded = "coding.added"
    }

    public var name: String
    public var url: String
    public var events: Set<Event>
    /// Customers go by their pseudonyms under it; nil: they are not named.
    public var purpose: String?
    /// File with the keys that sign what is sent.
    public var secret: String
    public var place: Place

    /// Why an address cannot be told anything; nil: it can.
    ///
    /// What is sent is not for others to read: it takes TLS, but on this machine.
    static func obstacle(to address: String) -> String? {
        guard let url = URL(string: address), let host = url.host, !host.isEmpty, url.user == nil, url.password == nil, url.fragment == nil else {
            return "must be an address such as https://example.com/hooks, without a user and a fragment"
        }
        if url.scheme == "https" { return nil }
        guard url.scheme == "http", ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host) else { return "must begin with https://; http:// is for this machine alone" }
        return nil
    }
}

extension PolicyLoader {
    /// Reads `outbox.yaml`; the purposes that it names must have been read before.
    mutating func readOutbox(_ file: LocatedMapping?, folder: String) {
        guard let file else { return }
        file.allowVersioned(["endpoints"])
        var names: Set<String> = []
        for value in file.required("endpoints", of: "the file")?.list("endpoints") ?? [] {
            guard let endpoint = readEndpoint(value, folder: folder) else { continue }
            if !names.insert(endpoint.name).inserted { problems.add(value.place, "two endpoints are named '\(endpoint.name)'") }
            outbox.append(endpoint)
        }
    }

    private func readEndpoint(_ value: Located, folder: String) -> OutboxEndpoint? {
        guard let map = value.mapping("an endpoint") else { return nil }
        map.allow(only: ["name", "url", "events", "purpose", "secret"])
        guard let named = map.required("name", of: "an endpoint"), let name = named.name("the name of an endpoint"),
            let address = map.required("url", of: "endpoint '\(name)'"), let url = address.name("the url of endpoint '\(name)'"),
            let events = map.required("events", of: "endpoint '\(name)'")?.list("events"),
            let secret = map.required("secret", of: "endpoint '\(name)'")?.name("the secret of endpoint '\(name)'")
        else { return nil }
        if !(1...64).contains(name.utf8.count) || !name.utf8.allSatisfy({ $0 &- 97 < 26 || $0 &- 48 < 10 || $0 == 0x2D || $0 == 0x5F }) {
            problems.add(named.place, "the name of an endpoint may have only lower-case letters, digits, - and _, up to 64")
        }
        if let obstacle = OutboxEndpoint.obstacle(to: url) { problems.add(address.place, "the url of endpoint '\(name)' \(obstacle)") }
        if events.isEmpty { problems.warn(map.place(of: "events"), "endpoint '\(name)' is told of nothing") }
        let purpose = map["purpose"].flatMap { place in place.string("the purpose of endpoint '\(name)'").map { (text: $0, place: place.place) } }
        if let purpose, definedPurposes.lacks(purpose.text) {
            problems.add(
                purpose.place, "purpose '\(purpose.text)' is not in purposes.yaml\(suggestion(for: purpose.text, among: definedPurposes.names))", cause: "purpose \(purpose.text)")
        }
        return OutboxEndpoint(
            name: name, url: url, events: Set(events.choices("an event", OutboxEndpoint.Event.self, of: "the events of endpoint '\(name)'")), purpose: purpose?.text,
            secret: secret.hasPrefix("/") ? secret : "\(folder)/\(secret)", place: value.place)
    }
}
