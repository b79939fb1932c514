import Glibc

/// What this host lets a test do.
package enum Host {
    /// Why a test that needs root is to be left out here, or nil where it is to run.
    ///
    /// Under CI nothing is left out: there it runs, and fails without root.
    package static let rootObstacle: String? = {
        guard geteuid() != 0, getenv("CI") == nil else { return nil }
        print("NOT ROOT: what needs root is NOT tested on this machine.")
        return "needs root"
    }()
}
