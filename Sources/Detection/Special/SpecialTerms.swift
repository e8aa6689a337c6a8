/// Words that say something of a special category, once they are said of somebody.
enum SpecialTerms {
    struct Term: Sendable {
        enum Need: Sendable {
            /// Whom it is said of must stand before it.
            case owner
            /// The same, with what somebody is allergic to.
            case allergy
            /// It must be all that is said: "I am black and …", not "I have a black phone".
            case predicate
            /// A child must stand before it.
            case school
            /// An amount must follow.
            case income
            /// It says by itself that somebody has it.
            case nothing
        }

        var type: EntityType
        var needs: Need
    }

    static let table = WordTable(
        SpecialLexicon.all.flatMap { type, needs, words in
            words.split { $0 == "|" || $0 == "\n" }.map { (FoldedText.units(of: String($0)), Term(type: type, needs: needs)) }
        })
}
