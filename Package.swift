// swift-tools-version:6.1
import PackageDescription

let package = Package(
    name: "voc-vault",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "VoCVault", targets: ["VoCVault"]),
        .library(name: "RedactedAPI", targets: ["RedactedAPI"]),
        .executable(name: "vocvault", targets: ["vocvault"]),
        .executable(name: "voc-feed", targets: ["voc-feed"]),
        .executable(name: "voc-bench", targets: ["voc-bench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: ["FullFoundation"]),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    targets: [
        // The arrows of the design: a target imports what stands in its list and nothing else.
        // Tests/PackageGraph holds every arrow against the design.
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "Sealing", dependencies: ["COpenSSL"]),
        .target(name: "Detection"),
        .target(name: "RedactedAPI"),
        .target(name: "Policy", dependencies: ["Yams"]),
        .target(name: "AuditLog", dependencies: ["Sealing"]),
        .target(
            name: "Storage",
            dependencies: [
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),
        .target(
            name: "VoCVault",
            dependencies: ["RedactedAPI", "Policy", "Detection", "AuditLog", "Sealing", "Storage"]),
        // What analyses feedback sees the redacted query API and nothing else.
        .target(name: "Classification", dependencies: ["RedactedAPI"]),
        .target(name: "Reporting", dependencies: ["RedactedAPI"]),
        .target(
            name: "Documents",
            dependencies: ["VoCVault", "Policy", .product(name: "Mustache", package: "swift-mustache")]),
        .target(
            name: "VaultServer",
            dependencies: [
                "VoCVault", "Documents", "Reporting", "RedactedAPI", "Policy", "AuditLog", "Sealing", "Storage",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Mustache", package: "swift-mustache"),
            ]),
        .executableTarget(
            name: "vocvault",
            dependencies: [
                "VoCVault", "VaultServer", "Documents", "Classification", "Reporting", "RedactedAPI", "Policy", "AuditLog", "Sealing", "Storage",
                "Detection",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // Tooling around the vault: a synthetic feed for demo, tests and benchmarks.
        .target(name: "SyntheticFeed"),
        .executableTarget(
            name: "voc-feed",
            dependencies: ["SyntheticFeed", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
        .executableTarget(
            name: "voc-bench",
            dependencies: [
                "VoCVault", "AuditLog", "RedactedAPI", "Sealing", "Storage", "SyntheticFeed",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks"),

        // One folder a target, and what only the whole can show.
        .testTarget(name: "SealingTests", dependencies: ["Sealing"], resources: [.copy("Vectors")]),
        .testTarget(name: "DetectionTests", dependencies: ["Detection"]),
        .testTarget(name: "PolicyTests", dependencies: ["Policy"]),
        .testTarget(name: "AuditLogTests", dependencies: ["AuditLog", "Sealing"]),
        .testTarget(name: "RedactedAPITests", dependencies: ["RedactedAPI"]),
        .testTarget(
            name: "StorageTests", dependencies: ["Storage", .product(name: "GRDB", package: "GRDB.swift")]),
        .target(
            name: "TestVaults", dependencies: ["VoCVault", "RedactedAPI", "SyntheticFeed"], path: "Tests/TestVaults"),
        .testTarget(
            name: "VoCVaultTests",
            dependencies: [
                "VoCVault", "TestVaults", "AuditLog", "Policy", "Sealing", "Storage", "Detection", "RedactedAPI", "SyntheticFeed",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .testTarget(name: "ClassificationTests", dependencies: ["Classification", "RedactedAPI", "VoCVault", "TestVaults"]),
        .testTarget(name: "ReportingTests", dependencies: ["Reporting", "RedactedAPI"]),
        .testTarget(name: "DocumentsTests", dependencies: ["Documents", "VoCVault", "TestVaults", "RedactedAPI"]),
        .testTarget(
            name: "Attacks",
            dependencies: [
                "VoCVault", "TestVaults", "AuditLog", "Policy", "RedactedAPI", "SyntheticFeed",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .testTarget(
            name: "EndToEnd",
            dependencies: [
                "vocvault", "voc-feed", "AuditLog", "Sealing", "SyntheticFeed", "TestVaults", .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .testTarget(
            name: "VaultServerTests",
            dependencies: [
                "VaultServer", "VoCVault", "TestVaults", "RedactedAPI", "AuditLog",
                .product(name: "AsyncHTTPClient", package: "async-http-client"), .product(name: "JWTKit", package: "jwt-kit"),
            ]),
        .testTarget(name: "PackageGraph", dependencies: ["vocvault"]),
    ],
    swiftLanguageModes: [.v6]
)
