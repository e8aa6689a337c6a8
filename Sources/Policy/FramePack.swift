import CCodeFrames

/// Codes that come with the program, for a code frame to build on: the files of `Sources/CCodeFrames/data`.
public enum FramePack: String, Sendable, CaseIterable {
    /// What every trade hears about.
    case general
    /// Restaurants and food delivery.
    case restaurant
    /// Shops on the net.
    case ecommerce
    /// Electronics and household appliances.
    case electronics
    /// Hotels and travel.
    case hotel
    case airline
    case cars
    /// Banks, lenders, insurers.
    case banking
    case telecoms
    /// Apps and games.
    case apps
    /// What citizens ask and report.
    case publicServices = "public"

    /// The pack as a file of policies.
    public var text: String {
        let file =
            switch self {
            case .general: CCodeFramesGeneral()
            case .restaurant: CCodeFramesRestaurant()
            case .ecommerce: CCodeFramesEcommerce()
            case .electronics: CCodeFramesElectronics()
            case .hotel: CCodeFramesHotel()
            case .airline: CCodeFramesAirline()
            case .cars: CCodeFramesCars()
            case .banking: CCodeFramesBanking()
            case .telecoms: CCodeFramesTelecoms()
            case .apps: CCodeFramesApps()
            case .publicServices: CCodeFramesPublic()
            }
        return String(decoding: UnsafeBufferPointer(start: file.bytes, count: file.count), as: UTF8.self)
    }
}

extension CodeFrameFile.Code {
    /// Takes over another code's phrases and examples, and what this one does not say.
    mutating func add(_ other: CodeFrameFile.Code) {
        phrases += other.phrases.filter { !phrases.contains($0) }
        hints += other.hints.filter { !hints.contains($0) && !phrases.contains($0) }
        exclusions += other.exclusions.filter { !exclusions.contains($0) }
        examples += other.examples
        counterexamples += other.counterexamples
        isAlone = isAlone || other.isAlone
        if department.isEmpty { department = other.department }
        if definition.isEmpty { definition = other.definition }
        area = area ?? other.area
        need = need ?? other.need
        journey = journey ?? other.journey
    }
}
