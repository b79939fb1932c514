internal import Foundation

/// Where the things under test are.
enum Module {
    /// The release build of the module, as `scripts/build-module.sh` leaves it.
    ///
    /// A missing one is a failure and never a skip: these tests are the only ones of the module.
    static func path() throws -> String {
        guard let path = ProcessInfo.processInfo.environment["LAPSE_MODULE"] else {
            throw Missing(
                what: """
                    LAPSE_MODULE is not set: run 'scripts/build-module.sh OUT' and give \
                    LAPSE_MODULE=OUT/pam_lapse.so, as 'make test' does
                    """
            )
        }
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw Missing(what: "LAPSE_MODULE names \(path), which cannot be read")
        }
        return URL(filePath: path).path
    }

    /// A program of this package, built beside the test bundle.
    static func program(_ name: String) throws -> String {
        let bundle = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        for folder in [bundle, URL(filePath: CommandLine.arguments[0])] {
            let path = folder.deletingLastPathComponent().appending(path: name).path
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        throw Missing(what: "\(name) is not built beside \(bundle.path)")
    }

    struct Missing: Error, CustomStringConvertible {
        let what: String
        var description: String { what }
    }
}
