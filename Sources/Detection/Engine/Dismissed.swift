/// What a rule proposed and nevertheless stays, and why.
public struct Dismissed: Sendable, Equatable {
    public var entity: Entity
    /// The reason, as a sentence's end: "scores 0.4, below 0.5".
    public var reason: String
}

/// Collects what is dismissed while a text is read for an explanation.
final class DismissalNotes {
    private(set) var dismissed: [Dismissed] = []

    func add(_ entity: Entity, _ reason: String) { dismissed.append(Dismissed(entity: entity, reason: reason)) }

    func add(_ entities: some Sequence<Entity>, _ reason: (Entity) -> String) {
        for entity in entities { add(entity, reason(entity)) }
    }
}
