// swift-tools-version: 6.2
import Foundation
import PackageDescription

// The default build is a debug build, because swift-syntax takes minutes to build in release; this project's own
// modules are optimized even there. They are built for one processor: the machine's own, or the one that `TARGET_CPU`
// names as clang does (`x86-64-v3` for any with AVX2), so that Swift's SIMD types use its vector registers and fused
// multiply-adds. Which tiles fit the registers is said in Sources/ChildNet/Kernels/TileShape.swift. On arm64 the default
// target has all of its registers already.
#if arch(x86_64)
    let cpu = Context.environment["TARGET_CPU"] ?? "native"
    let machineFlags = ["-Xcc", "-march=\(cpu)"]
    let processor = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? "fma"
    let ownFeatures = Set(processor.split(whereSeparator: \.isWhitespace))
    let features: (fusedMultiplyAdd: Bool, wideRegisters: Bool) =
        switch cpu {
        case "native": (ownFeatures.contains("fma"), ownFeatures.isSuperset(of: ["avx512f", "avx512vl"]))
        case "x86-64", "x86-64-v2": (false, false)
        case "x86-64-v4": (true, true)
        default: (true, false)
        }
#else
    let machineFlags: [String] = []
    let features = (fusedMultiplyAdd: true, wideRegisters: false)
#endif
/// For every module: an editor's index of this project needs no index of the system's.
let plain: [SwiftSetting] = [
    .unsafeFlags(
        ["-index-ignore-system-modules", "-index-ignore-clang-modules", "-Xfrontend", "-index-ignore-stdlib"],
        .when(configuration: .debug))
]
let optimized: [SwiftSetting] =
    (features.fusedMultiplyAdd ? [] : [.define("NO_FUSED_MULTIPLY_ADD")])
    + (features.wideRegisters ? [.define("WIDE_REGISTERS")] : []) + [
        .unsafeFlags(
            ["-O", "-wmo", "-disable-batch-mode", "-num-threads", "2", "-gline-tables-only"] + machineFlags,
            .when(configuration: .debug)),
        .unsafeFlags(machineFlags, .when(configuration: .release)),
    ] + plain

// Cells are parsed by the Swift compiler's own parser, swift-syntax. The toolchain ships it built, with its interfaces, beside
// the compiler: that saves building it, which takes a third of the whole build, and it is optimized. Where the toolchain
// has none, or `SWIFT_SYNTAX=package` is set, the package is built.
let toolchainParser: String? = {
    let found = (Context.environment["PATH"] ?? "").split(separator: ":").lazy.map { "\($0)/swiftc" }
        .first(where: FileManager.default.isExecutableFile(atPath:))
    guard Context.environment["SWIFT_SYNTAX"] != "package", let found else { return nil }
    let compiler = URL(fileURLWithPath: found).resolvingSymlinksInPath()
    let folder = compiler.deletingLastPathComponent().deletingLastPathComponent().path + "/lib/swift/host"
    return FileManager.default.fileExists(atPath: folder + "/SwiftParser.swiftmodule") ? folder : nil
}()
let parserModules = ["SwiftDiagnostics", "SwiftOperators", "SwiftParser", "SwiftParserDiagnostics", "SwiftSyntax"]
let parser: [Target.Dependency] =
    toolchainParser == nil ? parserModules.map { .product(name: $0, package: "swift-syntax") } : []
let parserInterfaces: [SwiftSetting] = plain + (toolchainParser.map { [.unsafeFlags(["-I", $0])] } ?? [])
let parserLibraries: [LinkerSetting] =
    toolchainParser.map { folder in
        [.unsafeFlags(["-L", folder, "-Xlinker", "-rpath", "-Xlinker", folder] + parserModules.map { "-l" + $0 })]
    } ?? []

let package = Package(
    name: "nas-repl",
    platforms: [.macOS("26.0")],
    products: [
        .library(name: "PolicyGradient", targets: ["TextDisplay", "Autodiff", "PolicyGradient"]),
        .library(name: "ArchitectureSearch", targets: ["ChildNet", "ArchitectureSearch"]),
        .library(name: "Persistence", targets: ["Persistence"]),
        .executable(name: "nas-repl", targets: ["nas-repl"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ]
        + (toolchainParser == nil
            ? [.package(url: "https://github.com/swiftlang/swift-syntax", from: "603.0.1")] : []),
    targets: [
        .systemLibrary(name: "CMarkGFM", pkgConfig: "libcmark-gfm"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib"),
        .systemLibrary(name: "CEditline", pkgConfig: "libedit"),
        .target(
            name: "TextDisplay", dependencies: [.product(name: "RealModule", package: "swift-numerics")],
            swiftSettings: optimized),
        .target(
            name: "Autodiff",
            dependencies: ["TextDisplay", .product(name: "RealModule", package: "swift-numerics")],
            swiftSettings: optimized),
        .target(name: "PolicyGradient", dependencies: ["Autodiff", "TextDisplay"], swiftSettings: optimized),
        .target(
            name: "ChildNet",
            dependencies: ["Autodiff", "CZlib", "TextDisplay"],
            resources: [.copy("Resources/digits.csv.gz"), .copy("Resources/digits.md")],
            swiftSettings: optimized),
        .target(
            name: "ArchitectureSearch",
            dependencies: ["Autodiff", "PolicyGradient", "ChildNet", "TextDisplay"],
            swiftSettings: optimized),
        .target(
            name: "Persistence",
            dependencies: ["ArchitectureSearch", "TextDisplay", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: plain),
        .target(
            name: "Notebook", dependencies: ["CMarkGFM", "TextDisplay"] + parser,
            swiftSettings: optimized + parserInterfaces, linkerSettings: parserLibraries),
        // A list of names and the functions that they stand for: nothing to optimize, and half a minute saved.
        .target(
            name: "NotebookPrelude",
            dependencies: [
                "Autodiff", "PolicyGradient", "ChildNet", "ArchitectureSearch", "Notebook", "TextDisplay",
            ],
            swiftSettings: parserInterfaces),
        // What students fill in and what checks it, unoptimized: a trap then names its line, and it is built sooner.
        .target(name: "Coursework", dependencies: ["Autodiff", "PolicyGradient", "ChildNet"], swiftSettings: plain),
        .target(
            name: "CourseworkChecks",
            dependencies: ["Autodiff", "PolicyGradient", "ChildNet", "Coursework", "TextDisplay"], swiftSettings: plain),
        .executableTarget(
            name: "nas-repl",
            dependencies: [
                "Autodiff", "ArchitectureSearch", "ChildNet", "CEditline", "CourseworkChecks", "Notebook",
                "NotebookPrelude", "Persistence", "TextDisplay",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: parserInterfaces),
        // Writes Sources/NotebookPrelude/Generated: make bindings.
        .executableTarget(
            name: "BindingGenerator", dependencies: parser, swiftSettings: parserInterfaces,
            linkerSettings: parserLibraries),
        // What the tests of several targets share.
        .target(
            name: "TestSupport", dependencies: ["Autodiff", "ArchitectureSearch", "ChildNet"],
            path: "Tests/TestSupport"),
        .testTarget(name: "TextDisplayTests", dependencies: ["TextDisplay"]),
        .testTarget(name: "AutodiffTests", dependencies: ["Autodiff", "TestSupport", "TextDisplay"]),
        .testTarget(name: "PolicyGradientTests", dependencies: ["Autodiff", "PolicyGradient", "TestSupport"]),
        .testTarget(name: "ChildNetTests", dependencies: ["Autodiff", "ChildNet", "TestSupport", "TextDisplay"]),
        .testTarget(
            name: "ArchitectureSearchTests",
            dependencies: [
                "Autodiff", "PolicyGradient", "ArchitectureSearch", "ChildNet", "TestSupport", "TextDisplay",
            ]),
        .testTarget(
            name: "PersistenceTests",
            dependencies: [
                "ArchitectureSearch", "Persistence", "TestSupport", "TextDisplay",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .testTarget(
            name: "NotebookTests", dependencies: ["Notebook", "NotebookPrelude", "TestSupport", "TextDisplay"],
            swiftSettings: parserInterfaces),
        .executableTarget(
            name: "ChildNetBenchmark", dependencies: ["ArchitectureSearch", "Autodiff", "ChildNet", "TextDisplay"],
            path: "Benchmarks/ChildNetBenchmark",
            swiftSettings: optimized),
        // Mutated cells of the lessons against the notebook, in processes of their own.
        .executableTarget(
            name: "CellFuzzer", dependencies: ["Autodiff", "Notebook", "NotebookPrelude"], path: "Tests/CellFuzzer",
            swiftSettings: parserInterfaces),
        // Attempts that trap, never end and return wrong shapes, judged in processes of their own.
        .executableTarget(
            name: "MisbehavingCoursework", dependencies: ["Autodiff", "CourseworkChecks"],
            path: "Tests/MisbehavingCoursework"),
        .testTarget(
            name: "CourseworkTests",
            dependencies: [
                "Autodiff", "PolicyGradient", "ChildNet", "Coursework", "CourseworkChecks", "MisbehavingCoursework",
                "TestSupport", "nas-repl", .product(name: "RealModule", package: "swift-numerics"),
            ]),
        .testTarget(name: "NasReplTests", dependencies: ["TestSupport", "nas-repl"]),
    ]
)
