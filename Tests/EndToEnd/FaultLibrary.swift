import Foundation
import TestVaults
import Testing

/// What `Faults/faults.c` makes of the system, for processes that preload it.
enum FaultLibrary {
    /// The library, built once.
    static let file = Result {
        let library = FileManager.default.temporaryDirectory.appendingPathComponent("faults-\(ProcessInfo.processInfo.processIdentifier).so")
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let source = TestVault.repository.appendingPathComponent("Tests/EndToEnd/Faults/faults.c")
        compiler.arguments = ["clang", "-shared", "-fPIC", "-O1", "-o", library.path, source.path]
        try compiler.run()
        compiler.waitUntilExit()
        try #require(compiler.terminationStatus == 0)
        return library
    }
}
