// swift-tools-version: 6.1
// Arrows point downward only; ARCHITECTURE.md says what each room is for and what each dependency costs.
import PackageDescription

/// Every ordinary target: the strict import rules that keep an arrow from appearing unseen.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// A pure target cannot import the system even by mistake: the names lead to modules that do not exist.
let pure: [SwiftSetting] =
    strict + [
        .unsafeFlags(
            ["Glibc", "Foundation", "FoundationEssentials", "Dispatch", "Synchronization"].flatMap {
                ["-module-alias", "\($0)=PureTargetsMustNotImport_\($0)"]
            }
        )
    ]

/// Embedded Swift: no runtime in sshd's and login's processes.
let embedded: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableExperimentalFeature("Embedded"),
    .enableExperimentalFeature("Lifetimes"),
    .unsafeFlags(["-wmo", "-Osize"]),
]

/// The module's own link: no runtime, no symbol but the entry points, nothing left to find at load.
let moduleLinking: [LinkerSetting] = [
    .linkedLibrary("pam"),
    .unsafeFlags([
        "-enable-experimental-feature", "Embedded", "-wmo", "-use-ld=lld",
        "-Xlinker", "--gc-sections", "-Xlinker", "-z", "-Xlinker", "now",
        "-Xlinker", "--version-script=\(Context.packageDirectory)/CModules/CPamShim/pam_lapse.map",
    ]),
    .unsafeFlags(["-Xlinker", "-z", "-Xlinker", "defs"], .when(configuration: .release)),
]

/// The locker's link: no runtime either, since it lives as long as a terminal is locked.
let lockerLinking: [LinkerSetting] = [
    .linkedLibrary("pam"),
    .unsafeFlags([
        "-enable-experimental-feature", "Embedded", "-wmo", "-use-ld=lld",
        "-Xlinker", "--gc-sections", "-Xlinker", "-z", "-Xlinker", "now",
    ]),
]

let package = Package(
    name: "lapse",
    products: [
        .library(name: "pam_lapse", type: .dynamic, targets: ["CPamShim", "PamLapse"]),
        .library(name: "pam_locktest", type: .dynamic, targets: ["LockModule"]),
        .library(name: "nss_lapsetest", type: .dynamic, targets: ["TestNames"]),
        .executable(name: "lapse-lock", targets: ["lapse-lock"]),
        .executable(name: "lapsed", targets: ["lapsed"]),
        .executable(name: "lapsectl", targets: ["lapsectl"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    ],
    targets: [
        // MARK: The PAM module (Embedded Swift behind a C shim)
        .target(name: "CModuleLibc", path: "CModules/CModuleLibc"),
        .target(
            name: "CPamShim",
            dependencies: ["CModuleLibc", "PamLapse"],
            path: "CModules/CPamShim",
            exclude: ["pam_lapse.map"],
            linkerSettings: moduleLinking
        ),
        .target(name: "LapseWireE", swiftSettings: embedded),
        .target(
            name: "PamLapse",
            dependencies: ["CModuleLibc", "LapseWireE"],
            swiftSettings: embedded
        ),

        // MARK: The locker of one terminal (Embedded Swift around a C part)
        .target(name: "CLock", path: "CModules/CLock"),
        // The pure parts are in it as links to their folders, and are no modules of their own: Swift
        // 6.3.1 gives a constant array of an Embedded module another number in each module that
        // specialises the function around it, and the linker takes one for the other.
        .target(name: "LapseLocker", dependencies: ["CLock"], swiftSettings: embedded),
        .executableTarget(
            name: "lapse-lock",
            dependencies: ["CLock", "LapseLocker"],
            linkerSettings: lockerLinking
        ),

        // MARK: Pure
        .target(name: "LockScreen", swiftSettings: pure),
        .target(name: "LapseWire", swiftSettings: pure),
        .target(name: "LapseLockWire", swiftSettings: pure),
        .target(name: "LapseText", swiftSettings: pure),
        .target(name: "LapsePolicy", swiftSettings: pure),
        .target(
            name: "LapseCore",
            dependencies: [
                "LapsePolicy", .product(name: "HeapModule", package: "swift-collections"),
            ],
            swiftSettings: pure
        ),

        // MARK: The system
        .target(name: "CLinux", path: "CModules/CLinux"),
        .target(name: "LapseLinux", dependencies: ["CLinux"], swiftSettings: strict),
        .target(
            name: "LapseControl",
            dependencies: ["LapseLinux", "LapseText"],
            swiftSettings: strict
        ),
        .target(
            name: "LapseSources",
            dependencies: ["LapseControl", "LapseLinux", "LapsePolicy"],
            swiftSettings: strict
        ),
        .target(
            name: "LapseDaemon",
            dependencies: [
                "LapseControl", "LapseCore", "LapseLinux", "LapseLockWire", "LapsePolicy",
                "LapseSources", "LapseText", "LapseWire",
            ],
            swiftSettings: strict
        ),
        .target(
            name: "LapseCommands",
            dependencies: [
                "LapseControl", "LapseLinux", "LapsePolicy", "LapseSources", "LapseText",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),

        // MARK: Mains
        .executableTarget(name: "lapsed", dependencies: ["LapseDaemon"], swiftSettings: strict),
        .executableTarget(name: "lapsectl", dependencies: ["LapseCommands"], swiftSettings: strict),

        // MARK: The stage of the end-to-end tests and of the demo
        .target(name: "CStage", path: "CModules/CStage"),
        .target(
            name: "LapseStage",
            dependencies: ["CStage"],
            exclude: ["Scripts"],
            swiftSettings: strict
        ),
        .executableTarget(name: "lapse-demo", dependencies: ["LapseStage"], swiftSettings: strict),
        .testTarget(
            name: "LapseStageTests",
            dependencies: ["LapseStage", "lapse-demo"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["LapseStage", "TestRandom"],
            swiftSettings: strict
        ),

        // MARK: Benchmarks
        .executableTarget(
            name: "policy-bench",
            dependencies: ["LapsePolicy"],
            path: "Benchmarks/PolicyBench",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "work-bench",
            dependencies: ["LapseCore", "LapseDaemon", "LapseLinux", "LinuxFixture"],
            path: "Benchmarks/WorkBench",
            swiftSettings: strict
        ),

        .executableTarget(
            name: "network-bench",
            dependencies: ["LapseCore", "LapseLinux"],
            path: "Benchmarks/NetworkBench",
            swiftSettings: strict
        ),

        .executableTarget(
            name: "daemon-bench",
            dependencies: [
                "ControlFixture", "LapseControl", "LapseWire", "LinuxFixture", "lapsed",
            ],
            path: "Benchmarks/DaemonBench",
            swiftSettings: strict
        ),

        .executableTarget(
            name: "look-bench",
            dependencies: [
                "LapseCore", "LapseDaemon", "LapseLinux", "LapsePolicy", "LinuxFixture",
            ],
            path: "Benchmarks/LookBench",
            swiftSettings: strict
        ),

        // MARK: Tests
        .target(name: "TestRandom", path: "Tests/TestRandom", swiftSettings: strict),
        .executableTarget(name: "process-family", path: "Tests/ProcessFamily"),
        .target(
            name: "LinuxFixture",
            dependencies: ["CStage", "ControlFixture", "process-family"],
            path: "Tests/LinuxFixture",
            swiftSettings: strict
        ),
        .target(name: "TestNames", path: "Tests/TestNames"),
        .executableTarget(
            name: "account-probe",
            dependencies: ["LapseLinux"],
            path: "Tests/AccountProbe",
            swiftSettings: strict
        ),
        .testTarget(
            name: "LapseLinuxTests",
            dependencies: ["ControlFixture", "LapseLinux", "LinuxFixture", "account-probe"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LapseDaemonTests",
            dependencies: [
                "ControlFixture", "LapseControl", "LapseCore", "LapseDaemon", "LapseLinux",
                "LapsePolicy", "LapseSources", "LapseWire", "LinuxFixture",
                "TestRandom", "lapsed",
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "LapseTextTests", dependencies: ["LapseText"], swiftSettings: strict),
        .target(name: "LockFixture", path: "Tests/LockFixture", swiftSettings: strict),
        .testTarget(
            name: "LockScreenTests",
            dependencies: ["LockFixture", "LockScreen", "TestRandom"],
            swiftSettings: strict
        ),
        .target(
            name: "LockModule",
            path: "Tests/LockModule",
            linkerSettings: [.linkedLibrary("pam")]
        ),
        .testTarget(
            name: "LapseLockTests",
            dependencies: [
                "CStage", "ControlFixture", "LapseLockWire", "LinuxFixture", "LockFixture",
                "TestRandom",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LapseWireTests",
            dependencies: ["LapseWire", "TestRandom"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PamLapseTests",
            dependencies: ["LapseWire", "fake-lapsed", "pam-host"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "fake-lapsed",
            dependencies: ["LapseWire"],
            path: "Tests/FakeLapsed",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "pam-host",
            path: "Tests/PamHost",
            linkerSettings: [.linkedLibrary("pam")]
        ),
        .testTarget(
            name: "LapsePolicyTests",
            dependencies: ["LapsePolicy", "TestRandom"],
            exclude: ["Diagnostics"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LapseCoreTests",
            dependencies: ["LapseCore", "LapsePolicy", "TestRandom"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SimulationTests",
            dependencies: ["LapseCore", "LapsePolicy", "TestRandom"],
            swiftSettings: strict
        ),
        .target(
            name: "ControlFixture",
            dependencies: ["LapseControl"],
            path: "Tests/ControlFixture",
            swiftSettings: strict
        ),
        .testTarget(
            name: "LapseControlTests",
            dependencies: ["ControlFixture", "LapseControl", "TestRandom"],
            exclude: ["varlink_client.py"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LapseSourcesTests",
            dependencies: [
                "LapseControl", "LapseLinux", "LapsePolicy", "LapseSources", "LinuxFixture",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LapseCommandsTests",
            dependencies: [
                "ControlFixture", "LapseCommands", "LapseControl", "LapsePolicy", "LapseSources",
                "LinuxFixture", "lapsectl",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
    ]
)
