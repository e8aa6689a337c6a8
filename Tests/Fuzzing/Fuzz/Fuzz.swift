import CFuzzer
import Foundation

/// libFuzzer over one parser: `FUZZ=json-record voc-fuzz -runs=100000 Tests/Fuzzing/seeds/json-record`.
///
/// What fails is a crash: every target checks what must hold with `precondition`.
@main
enum Fuzz {
    nonisolated(unsafe) private static var target: (([UInt8]) -> Void)!

    static func main() throws {
        let name = ProcessInfo.processInfo.environment["FUZZ"] ?? ""
        guard let make = Targets.all[name] else {
            FileHandle.standardError.write(Data("FUZZ must be one of \(Targets.all.keys.sorted().joined(separator: " "))\n".utf8))
            exit(2)
        }
        target = try make()
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        let status = LLVMFuzzerRunDriver(&count, &arguments) { data, size in
            Fuzz.target(Array(UnsafeBufferPointer(start: data, count: size)))
            return 0
        }
        exit(status)
    }
}
