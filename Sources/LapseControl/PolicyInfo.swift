/// The policy in force, in short; `PolicyState` in the interface description.
package struct PolicyInfo: Codable, Equatable, Sendable {
    /// Paths of the files it was read from, in the order in which they were read.
    package var files: [String]
    /// When it was loaded, in microseconds on CLOCK_REALTIME.
    package var loadedUs: Int64
    /// Why the last reload was refused, as text of several lines; nil if it was not.
    ///
    /// While it is there, the policy from before is in force.
    package var refused: String?
    /// Exceptions that are over: they hold for nobody any more, and their rules can go.
    package var exceptionsOver: [ExceptionInfo]

    package init(
        files: [String],
        loadedUs: Int64,
        refused: String? = nil,
        exceptionsOver: [ExceptionInfo] = []
    ) {
        self.files = files
        self.loadedUs = loadedUs
        self.refused = refused
        self.exceptionsOver = exceptionsOver
    }
}

/// The policy in force, whole: the reply of `Policy`.
package struct PolicyReport: Codable, Equatable, Sendable {
    /// As in `PolicyInfo`.
    package var files: [String]
    /// The policy as one TOML file that means the same.
    package var text: String
    /// As in `PolicyInfo`.
    package var loadedUs: Int64
    /// As in `PolicyInfo`.
    package var refused: String?

    package init(files: [String], text: String, loadedUs: Int64, refused: String? = nil) {
        self.files = files
        self.text = text
        self.loadedUs = loadedUs
        self.refused = refused
    }
}

/// What a reload brought: the reply of `Reload`.
package struct ReloadReport: Codable, Equatable, Sendable {
    /// Paths of the files of the new policy.
    package var files: [String]
    /// Warnings, as text of several lines; empty if there are none.
    package var warnings: String

    package init(files: [String], warnings: String) {
        self.files = files
        self.warnings = warnings
    }
}
