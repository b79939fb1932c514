/// What a terminal's foreground job has used, and what waits for it, at one moment.
package struct JobUsage: Equatable, Sendable {
    /// Processes of one job that are looked at; what is beyond is not seen.
    package static let processesMax = 512
    package var processes: [Process] = []
    /// Changes with each child that the shell has waited for.
    package var waitedFaults: UInt64 = 0
    /// The shell waits for a key; between two programs of a loop it does not, for a moment.
    package var isAtPrompt = false

    package init() {}

    /// What a process has to do with the job.
    package enum Part: Equatable, Sendable {
        /// It does the job's work.
        case works
        /// A shell that waits for the job: what it used itself is the prompt, but the processes
        /// that it waited for were the job's.
        case waits
        /// It did the job's work at the last look and is not part of it any more: it was stopped, or
        /// sent to the background.
        case left
    }

    /// One process and what it has used since it began.
    package struct Process: Equatable, Sendable {
        package let identity: ProcessIdentity
        package let parent: Int32
        package let part: Part
        package let began: BootInstant
        /// Processor time of its own, in nanoseconds.
        package let own: UInt64
        /// That of the children that it has waited for, and of theirs, in nanoseconds.
        package let waited: UInt64
        /// Nil where it is not known.
        package let bytes: Bytes?

        package init(
            identity: ProcessIdentity,
            parent: Int32,
            part: Part,
            began: BootInstant,
            own: UInt64,
            waited: UInt64,
            bytes: Bytes?
        ) {
            self.identity = identity
            self.parent = parent
            self.part = part
            self.began = began
            self.own = own
            self.waited = waited
            self.bytes = bytes
        }
    }

    /// What a process has moved since it began, the children that it has waited for included.
    package struct Bytes: Equatable, Sendable {
        /// From and to storage.
        package let stored: UInt64
        /// Written to anything.
        package let written: UInt64

        package init(stored: UInt64, written: UInt64) {
            self.stored = stored
            self.written = written
        }
    }

    /// Whether there is anything but shells.
    package var hasJob: Bool { processes.contains { $0.part == .works } }
}
