/// A queue in which names take turns; the elements of one name keep their order.
struct FairQueue<Element> {
    private var lines: [String: [Element]] = [:]
    /// Names with waiting elements, the next one first.
    private var turns: [String] = []
    private(set) var count = 0

    func count(of name: String) -> Int { lines[name]?.count ?? 0 }

    mutating func append(_ element: Element, of name: String) {
        if lines[name] == nil { turns.append(name) }
        lines[name, default: []].append(element)
        count += 1
    }

    func hasNext(where mayGo: (String) -> Bool) -> Bool { turns.contains(where: mayGo) }

    /// Takes the first element of the first name that may have its turn. That name's next turn comes after everybody else's.
    mutating func next(where mayGo: (String) -> Bool) -> (name: String, element: Element)? {
        guard let turn = turns.firstIndex(where: mayGo) else { return nil }
        let name = turns.remove(at: turn)
        let element = lines[name]!.removeFirst()
        if lines[name]!.isEmpty { lines[name] = nil } else { turns.append(name) }
        count -= 1
        return (name, element)
    }

    /// Removes every element that `isOver`.
    mutating func removeAll(where isOver: (Element) -> Bool) -> [Element] {
        var removed: [Element] = []
        for name in turns {
            removed += lines[name]!.filter(isOver)
            lines[name]!.removeAll(where: isOver)
        }
        turns.removeAll { lines[$0]!.isEmpty }
        lines = lines.filter { !$0.value.isEmpty }
        count -= removed.count
        return removed
    }
}
