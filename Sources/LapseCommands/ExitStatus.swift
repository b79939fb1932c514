import ArgumentParser
import LapseControl

/// The exit statuses of `lapsectl`; lapsectl(1) documents them.
///
/// 64 (`EX_USAGE`, sysexits.h) for wrong usage comes from the argument parser.
enum ExitStatus: Int32, CaseIterable {
    /// Something failed that the message names.
    case fault = 1
    /// No such session, or none that the user may see.
    case noSuchSession = 3
    /// The user may not do this, or not for so long.
    case notPermitted = 4
    /// The daemon is not there, or gives no answer.
    case unreachable = 5

    /// The status for an error.
    ///
    /// - Parameter error: Why there is no answer.
    /// - Returns: The status to exit with.
    static func of(_ error: ControlClientError) -> ExitStatus {
        switch error {
        case .refused(.noSuchSession): .noSuchSession
        case .refused(.permissionDenied), .refused(.holdTooLong), .notPermitted: .notPermitted
        case .notRunning, .timedOut, .connectionLost: .unreachable
        case .refused, .pathTooLong, .notUnderstood, .system: .fault
        }
    }

    /// The same for the argument parser.
    var code: ExitCode { ExitCode(rawValue) }
}
