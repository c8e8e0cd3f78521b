// swift-tools-version: 6.2
import Foundation
import PackageDescription

// The default build is a debug build, because swift-syntax takes minutes to build in release; this project's own
// modules are optimised even there. `-march=native` makes Swift's SIMD types use the machine's own vector registers
// and fused multiply-adds (AVX2, AVX-512); on arm64 the default target has both already.
// Where there is no fused multiply-add, the kernels must not ask for one: it would be a library call for each number.
#if arch(x86_64)
    let machineFlags = ["-Xcc", "-march=native"]
#else
    let machineFlags: [String] = []
#endif
let processor = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
let lacksFusedMultiplyAdd =
    processor.contains("flags\t") && !processor.split(whereSeparator: \.isWhitespace).contains("fma")
let optimized: [SwiftSetting] =
    (lacksFusedMultiplyAdd ? [.define("NO_FUSED_MULTIPLY_ADD")] : []) + [
        .unsafeFlags(
            ["-O", "-wmo", "-disable-batch-mode", "-num-threads", "2"] + machineFlags, .when(configuration: .debug)),
        .unsafeFlags(machineFlags, .when(configuration: .release)),
    ]

let package = Package(
    name: "nas-repl",
    platforms: [.macOS("26.0")],
    products: [
        .library(name: "PolicyGradient", targets: ["Autodiff", "PolicyGradient"]),
        .library(name: "ArchitectureSearch", targets: ["ChildNet", "ArchitectureSearch"]),
        .executable(name: "nas-repl", targets: ["nas-repl"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swiftlang/swift-syntax", from: "603.0.1"),
    ],
    targets: [
        .systemLibrary(name: "CMarkGFM", pkgConfig: "libcmark-gfm"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib"),
        .systemLibrary(name: "CEditline", pkgConfig: "libedit"),
        .target(
            name: "Autodiff",
            dependencies: [.product(name: "RealModule", package: "swift-numerics")],
            swiftSettings: optimized),
        .target(name: "PolicyGradient", dependencies: ["Autodiff"], swiftSettings: optimized),
        .target(
            name: "ChildNet",
            dependencies: ["Autodiff", "CZlib"],
            resources: [.copy("Resources/digits.csv.gz"), .copy("Resources/digits.md")],
            swiftSettings: optimized),
        .target(
            name: "ArchitectureSearch",
            dependencies: [
                "Autodiff", "PolicyGradient", "ChildNet", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: optimized),
        .target(
            name: "Notebook",
            dependencies: [
                "CMarkGFM",
                .product(name: "SwiftOperators", package: "swift-syntax"),
                .product(name: "SwiftParser", package: "swift-syntax"),
                .product(name: "SwiftParserDiagnostics", package: "swift-syntax"),
                .product(name: "SwiftSyntax", package: "swift-syntax"),
            ],
            swiftSettings: optimized),
        .target(
            name: "NotebookPrelude",
            dependencies: ["Autodiff", "PolicyGradient", "ChildNet", "ArchitectureSearch", "Notebook"],
            swiftSettings: optimized),
        // What students fill in and what checks it, unoptimised: a trap then names its line, and it is built sooner.
        .target(name: "Coursework", dependencies: ["Autodiff", "PolicyGradient", "ChildNet"]),
        .target(
            name: "CourseworkChecks", dependencies: ["Autodiff", "PolicyGradient", "ChildNet", "Coursework"]),
        .executableTarget(
            name: "nas-repl",
            dependencies: [
                "Autodiff", "ArchitectureSearch", "ChildNet", "CEditline", "CourseworkChecks", "Notebook",
                "NotebookPrelude",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: optimized),
        .testTarget(name: "AutodiffTests", dependencies: ["Autodiff"]),
        .testTarget(name: "PolicyGradientTests", dependencies: ["Autodiff", "PolicyGradient"]),
        .testTarget(name: "ChildNetTests", dependencies: ["Autodiff", "ChildNet"]),
        .testTarget(
            name: "ArchitectureSearchTests",
            dependencies: ["Autodiff", "PolicyGradient", "ArchitectureSearch", "ChildNet"]),
        .testTarget(name: "NotebookTests", dependencies: ["Notebook", "NotebookPrelude"]),
        .executableTarget(
            name: "ChildNetBenchmark", dependencies: ["ArchitectureSearch", "Autodiff", "ChildNet"], path: "Benchmarks/ChildNetBenchmark",
            swiftSettings: optimized),
        // Attempts that trap, never end and return wrong shapes, judged in processes of their own.
        .executableTarget(
            name: "MisbehavingCoursework", dependencies: ["Autodiff", "CourseworkChecks"],
            path: "Tests/MisbehavingCoursework"),
        .testTarget(
            name: "CourseworkTests",
            dependencies: [
                "Autodiff", "PolicyGradient", "ChildNet", "Coursework", "CourseworkChecks", "MisbehavingCoursework",
                "nas-repl", .product(name: "RealModule", package: "swift-numerics"),
            ]),
        .testTarget(name: "NasReplTests", dependencies: ["nas-repl"]),
    ]
)
