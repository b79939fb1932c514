import LapseLinux
package import LapsePolicy

/// Where a policy is read from: by the daemon at start and reload, and by `lapsectl policy`.
package struct PolicyFiles: Equatable, Sendable {
    /// The main file.
    package static let defaultMain = "/etc/lapse/lapse.toml"
    /// The directory of drop-ins.
    package static let defaultDirectory = "/etc/lapse/lapse.d"

    private let named: Named
    /// The directory whose *.toml files are read after the others; nil for none.
    private let directory: String?

    private enum Named: Equatable {
        /// Read if it is there.
        case main(String)
        /// Each has to be there.
        case all([String])
    }

    /// The main file, if there is one, and the drop-ins beside it in the order of their names.
    package init(main: String = defaultMain, directory: String = defaultDirectory) {
        named = .main(main)
        self.directory = directory
    }

    /// These files in this order, and then the drop-ins of a directory, if one is given.
    package init(_ paths: [String], directory: String? = nil) {
        named = .all(paths)
        self.directory = directory
    }

    /// Reads them all.
    ///
    /// What cannot be read is never passed over: a policy is loaded whole or not at all.
    package func read() throws(PolicyFault) -> [PolicySource] {
        var paths: [String]
        switch named {
        case .main(let main): paths = SmallFile.exists(main) ? [main] : []
        case .all(let all): paths = all
        }
        if let directory { paths += try dropIns(in: directory) }
        guard !paths.isEmpty else { throw missing }
        var sources: [PolicySource] = []
        for path in paths {
            // One byte more than a policy may have: the loader says that it is too long.
            let bytesMax = PolicyLimits.fileBytesMax + 1
            guard let bytes = SmallFile.read(path, bytesMax: bytesMax) else {
                throw unreadable(path)
            }
            sources.append(PolicySource(name: path, bytes: bytes))
        }
        return sources
    }

    /// The paths of the drop-ins; none if there is no directory, which is not an error.
    private func dropIns(in directory: String) throws(PolicyFault) -> [String] {
        guard SmallFile.exists(directory) else { return [] }
        guard let names = SmallFile.listing(of: directory) else { throw unreadable(directory) }
        return names.filter { $0.hasSuffix(".toml") && !$0.hasPrefix(".") }
            .sorted()
            .map { directory + "/" + $0 }
    }

    private var missing: PolicyFault {
        let folder = directory.map { "no *.toml in \(shown($0))" }
        let main: String? = if case .main(let main) = named { shown(main) } else { nil }
        let places = [main.map { "no \($0)" }, folder].compactMap { $0 }.joined(separator: " and ")
        return PolicyFault(
            description: "no policy: there is \(places); copy the example from the documentation"
        )
    }

    /// The fault of the call that just failed.
    private func unreadable(_ path: String) -> PolicyFault {
        let reason = lastErrorText()
        return PolicyFault(description: "\(shown(path)) cannot be read: \(reason)")
    }

    private func shown(_ path: String) -> String { VisibleText(path.utf8).text }
}

/// Why there is no policy, in words for the administrator.
package struct PolicyFault: Error, CustomStringConvertible {
    /// Safe for a terminal; of several lines where a policy is wrong in several places.
    package let description: String

    package init(description: String) {
        self.description = description
    }
}
