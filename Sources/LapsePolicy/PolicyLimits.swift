/// What the policy loader accepts at most; `PolicyLimitsTests` holds it to each.
package enum PolicyLimits {
    /// Bytes of one file.
    ///
    /// A policy of a thousand rules takes about 200 KB.
    package static let fileBytesMax = 1 << 20

    /// Files of one policy, the main file counted.
    package static let filesMax = 128

    /// Bytes of all files together, so that a full drop-in folder cannot hold up a reload.
    package static let totalBytesMax = 4 << 20

    /// How deep tables and arrays may nest, dotted keys counted.
    ///
    /// The reader recurses once a level, and at this depth needs less than 1 MiB of stack in a debug
    /// build: `TOMLReaderLimitTests`.
    package static let depthMax = 128

    /// Values and tables in one file, elements of arrays counted.
    ///
    /// A policy of a thousand rules has about 20,000. Reading this many takes about 60 ms at worst
    /// (release build, AMD EPYC, 2 cores): a hostile file may cost 100 ms.
    package static let valuesMax = 1 << 16

    /// Errors reported of one load, and as many warnings; what comes after them is not looked at.
    package static let diagnosticsMax = 100

    /// Warnings before an end: more than this is a list made by mistake, not a policy.
    package static let warningsMax = 16

    /// Steps of an end.
    package static let endStepsMax = 16

    /// Rules of one policy.
    ///
    /// Four times what a large site was asked for; each costs about 1 KB and 20 ns of a match.
    package static let rulesMax = 4_096

    /// Bytes of a rule's name, which stands in log lines.
    package static let ruleNameBytesMax = 64

    /// Bytes of the reason of an exception.
    package static let reasonBytesMax = 256

    /// Bytes of the name of a user, a group or a service: LOGIN_NAME_MAX and more.
    package static let nameBytesMax = 256

    /// Groups of one `member-of`.
    ///
    /// Each look at a session compares them with all groups of its user.
    package static let memberGroupsMax = 32

    /// Programs of one `keep-while`.
    ///
    /// Each look at a foreground job compares them with the executables of its processes.
    package static let programsMax = 64

    /// Bytes of the name of a program, and of each part of a path: NAME_MAX of limits.h.
    package static let programNameBytesMax = 255

    /// Bytes of the path of a program: PATH_MAX of limits.h, which counts a NUL at the end.
    package static let programPathBytesMax = 4_095

    /// Windows of `hours`: each hour of a week would be fewer in any sensible writing.
    package static let windowsMax = 64
}
