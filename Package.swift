// swift-tools-version:6.1
import Foundation
import PackageDescription

let package = Package(
    name: "voc-vault",
    products: [
        .library(name: "VoCVault", targets: ["VoCVault"]),
        .library(name: "RedactedAPI", targets: ["RedactedAPI"]),
        .library(name: "VaultClient", targets: ["VaultClient"]),
        .executable(name: "vocvault", targets: ["vocvault"]),
        .executable(name: "voc-feed", targets: ["voc-feed"]),
        .executable(name: "voc-bench", targets: ["voc-bench"]),
    ],
    // Exact versions, those that Package.resolved has: an update is a commit of its own, with the tests behind it.
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: ["FullFoundation"]),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    ],
    targets: [
        // The arrows of the design: a target imports what stands in its list and nothing else.
        // Tests/PackageGraph holds every arrow against the design.
        .target(name: "Wire"),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "Sealing", dependencies: ["COpenSSL"]),
        // Optimized also where the rest is not: its tables and loops are thirty times slower otherwise, and every test that stores a text waits.
        .target(name: "CDetectionData", exclude: ["data"]),
        .target(name: "Detection", dependencies: ["CDetectionData", "CPhoneData"], swiftSettings: [.unsafeFlags(["-O"], .when(configuration: .debug))]),
        .target(name: "RedactedAPI"),
        // Files as people have them, as lines of UTF-8: what is packed, other encodings, lists of JSON, workbooks. iconv is in libc.
        .systemLibrary(name: "CFormats", providers: [.apt(["libarchive-dev", "libexpat1-dev"])]),
        .target(name: "Formats", dependencies: ["CFormats"]),
        .target(name: "CCodeFrames", exclude: ["data"]),
        // Plans of telephone numbers, by which one number has one form.
        .target(name: "CPhoneData", exclude: ["data"]),
        .target(name: "Policy", dependencies: ["CCodeFrames", "Yams"]),
        .target(name: "AuditLog", dependencies: ["Sealing", "Wire"]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        // What is kept, on any database; two databases; and from one to the other.
        .target(name: "Store", dependencies: ["Wire"]),
        .target(
            name: "StoreSQLite",
            dependencies: [
                "CSQLite", "Store", "Wire",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),
        .target(name: "StorePostgres", dependencies: ["CPostgres", "Store"]),
        .target(name: "StoreMove", dependencies: ["Store", "StorePostgres", "StoreSQLite", "Wire"]),
        .target(
            name: "VoCVault",
            dependencies: [
                "RedactedAPI", "VaultAPI", "Reporting", "Policy", "Detection", "Formats", "AuditLog", "Sealing", "StandardStreams", "Store", "StoreMove", "StorePostgres", "Wire",
            ]),
        // What analyses feedback sees the redacted query API and nothing else.
        .target(name: "CAnalysisData", exclude: ["data"]),
        .target(name: "Classification", dependencies: ["CAnalysisData", "RedactedAPI"], swiftSettings: [.unsafeFlags(["-O"], .when(configuration: .debug))]),
        .target(name: "Reporting", dependencies: ["RedactedAPI"]),
        // Whatever is HTML.
        .target(name: "Pages", dependencies: ["VoCVault", "VaultAPI", "Policy", "Reporting", "RedactedAPI", "Wire"]),
        // The contract: one file an operation.
        .target(name: "VaultAPI", dependencies: ["RedactedAPI", "Wire"]),
        .target(name: "StandardStreams"),
        .target(
            name: "VaultServer",
            dependencies: [
                "StandardStreams", "VoCVault", "Pages", "RedactedAPI", "VaultAPI", "Policy", "AuditLog", "Sealing", "Store", "Wire",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ]),
        .target(
            name: "VaultClient",
            dependencies: [
                "RedactedAPI", "VaultAPI", "Wire",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),
        .executableTarget(
            name: "vocvault",
            dependencies: [
                "VoCVault", "VaultAPI", "VaultServer", "VaultClient", "Pages", "Classification", "Reporting", "RedactedAPI", "Policy", "AuditLog", "Sealing", "Store", "StoreMove",
                "StorePostgres",
                "Detection", "StandardStreams", "Wire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]),

        // Tooling around the vault: a synthetic feed for demo, tests and benchmarks.
        .target(name: "SyntheticFeed"),
        .executableTarget(
            name: "voc-feed",
            dependencies: ["SyntheticFeed", "StandardStreams", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
        .executableTarget(name: "voc-train-names", dependencies: ["Detection", "StandardStreams"], path: "Tools/TrainNames"),
        .executableTarget(
            name: "voc-bench",
            dependencies: [
                "VoCVault", "VaultServer", "AuditLog", "Detection", "RedactedAPI", "Sealing", "Store", "StoreMove", "StorePostgres", "SyntheticFeed",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks", exclude: ["Results.json", "Thresholds.json"]),

        // One folder a target, and what only the whole can show.
        .testTarget(name: "VaultAPITests", dependencies: ["VaultAPI", "RedactedAPI", "Wire"]),
        .testTarget(name: "WireTests", dependencies: ["Wire"]),
        .testTarget(name: "FormatsTests", dependencies: ["Formats"]),
        .testTarget(name: "SealingTests", dependencies: ["Sealing"], resources: [.copy("Vectors")]),
        .testTarget(name: "DetectionTests", dependencies: ["Detection", "Sealing", "Wire"]),
        .testTarget(name: "PolicyTests", dependencies: ["Policy"]),
        .testTarget(name: "AuditLogTests", dependencies: ["AuditLog", "Sealing"]),
        .testTarget(name: "RedactedAPITests", dependencies: ["RedactedAPI"]),
        .testTarget(
            name: "StoreTests",
            dependencies: ["Store", "StoreConformance", "StoreMove", "StorePostgres", "StoreSQLite", "TestVaults", .product(name: "GRDB", package: "GRDB.swift")]),
        // What any store must do; StoreTests asks it of each.
        .target(name: "StoreConformance", dependencies: ["Store"], path: "Tests/StoreConformance"),
        .target(
            name: "TestVaults", dependencies: ["VoCVault", "RedactedAPI", "Store", "StorePostgres", "SyntheticFeed", .product(name: "GRDB", package: "GRDB.swift")],
            path: "Tests/TestVaults"),
        .testTarget(
            name: "VoCVaultTests",
            dependencies: [
                "VoCVault", "VaultAPI", "TestVaults", "AuditLog", "Classification", "Policy", "Reporting", "Sealing", "Store", "StoreConformance", "StoreMove", "StorePostgres",
                "Detection", "RedactedAPI",
                "SyntheticFeed",
                "Wire",
                .product(name: "GRDB", package: "GRDB.swift"),
            ], resources: [.copy("Samples")]),
        .testTarget(name: "ClassificationTests", dependencies: ["Classification", "Policy", "RedactedAPI", "Sealing", "VoCVault", "TestVaults", "Wire"]),
        .testTarget(name: "ReportingTests", dependencies: ["Reporting", "RedactedAPI", "TestVaults"]),
        .testTarget(name: "PagesTests", dependencies: ["Pages", "VoCVault", "VaultAPI", "Reporting", "TestVaults", "RedactedAPI", "Wire"]),
        .testTarget(
            name: "Attacks",
            dependencies: [
                "VoCVault", "TestVaults", "AuditLog", "Policy", "RedactedAPI", "Reporting", "Store", "SyntheticFeed",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .testTarget(
            name: "EndToEnd",
            dependencies: [
                "vocvault", "voc-feed", "VoCVault", "VaultAPI", "VaultClient", "RedactedAPI", "AuditLog", "Sealing", "Store", "StoreMove", "StorePostgres",
                "SyntheticFeed", "TestVaults",
                .product(name: "GRDB", package: "GRDB.swift"),
            ], exclude: ["Faults"]),
        .testTarget(
            name: "VaultServerTests",
            dependencies: [
                "VaultServer", "VaultAPI", "VaultClient", "VoCVault", "Pages", "TestVaults", "RedactedAPI", "AuditLog", "Sealing", "Store",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "HTTPTypes", package: "swift-http-types"), .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ], exclude: ["identity-tokens.json", "make-identity-tokens"]),
        .testTarget(
            name: "Compatibility",
            dependencies: [
                "VoCVault", "Store", "StoreMove", "StorePostgres", "RedactedAPI", "AuditLog", "Policy", "Sealing", "TestVaults", "Wire",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            exclude: ["make-golden", "format1", "format2", "format3", "format4", "format5", "format6", "format7", "reader", "vectors.json"]),
        .testTarget(name: "PackageGraph", dependencies: ["vocvault"]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu2x
)

// What feeds parsers with made-up input: a sample among the tests; all of it by 'make fuzz', which builds everything once more with
// libFuzzer's instrumentation.
let fuzzed: [Target.Dependency] = ["VoCVault", "VaultServer", "Pages", "AuditLog", "Detection", "Formats", "Policy", "RedactedAPI", "Sealing", "Wire"]
if ProcessInfo.processInfo.environment["VOC_FUZZ"] != nil {
    package.targets += [
        .target(name: "CFuzzer", path: "Tests/Fuzzing/CFuzzer"),
        .executableTarget(name: "voc-fuzz", dependencies: ["CFuzzer"] + fuzzed, path: "Tests/Fuzzing/Fuzz"),
    ]
} else {
    package.targets += [
        .testTarget(
            name: "FuzzingTests", dependencies: fuzzed, path: "Tests/Fuzzing", exclude: ["CFuzzer", "Fuzz/Fuzz.swift", "seeds"],
            sources: ["FuzzingTests.swift", "Fuzz/Targets.swift", "Fuzz/IntakeTargets.swift"])
    ]
}
