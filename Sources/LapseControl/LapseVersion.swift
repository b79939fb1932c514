/// The version of Lapse that the daemon and the command were built from.
package enum LapseVersion {
    /// Version text without a leading "v"; the release commit changes it, and nothing else does.
    package static let text = "0.1.0"
}
