/// What /proc/PID/stat says of a process (proc(5)); only what Lapse needs.
package struct ProcessStat: Equatable, Sendable {
    package let pid: Int32
    /// The command's name, at most 15 bytes, chosen by the process itself: for people only.
    package let name: String
    /// The state letter of proc(5): `R`, `S`, `D`, `T` (stopped), `t`, `Z` and others.
    package let state: UInt8
    package let parent: Int32
    package let processGroup: Int32
    package let sessionLeader: Int32
    /// The controlling terminal's device number as the kernel encodes it here, 0 for none.
    package let terminal: UInt32
    /// The process group in the foreground of that terminal, -1 for none.
    package let foregroundGroup: Int32
    /// Minor page faults of the children that it has waited for: each child has had some, so the
    /// figure moves with each.
    package let waitedFaults: UInt64
    /// Processor time of all its threads, those that are gone included: clock ticks, rounded down
    /// twice (utime and stime), but of the exact sum (cputime_adjust, kernel/sched/cputime.c).
    package let ownTicks: UInt64
    /// The same of the children that it has waited for, and of theirs.
    package let waitedTicks: UInt64
    package let threads: Int32
    /// Clock ticks after boot.
    package let startTicks: UInt64
    /// Where its stack began: by chance another place after each execve(2).
    ///
    /// 1 for who may not trace it.
    package let stackStart: UInt64

    /// Whether it leads the session of its terminal, or one without a terminal (setsid(2)).
    package var leadsSession: Bool { sessionLeader == pid }

    /// Whether it waits for something that may take long (`S` of proc(5)).
    package var isAsleep: Bool { state == UInt8(ascii: "S") }

    /// Whether a signal has stopped it (`T` of proc(5)); one that a debugger has stopped is another
    /// matter.
    package var isStopped: Bool { state == UInt8(ascii: "T") }

    /// Whether it is in the foreground of its terminal.
    package var isInForeground: Bool { terminal != 0 && processGroup == foregroundGroup }

    /// Reads it; nil if the process is gone.
    package static func read(pid: Int32) -> ProcessStat? {
        ProcFile.read("/proc/\(pid)/stat") { parse($0) }
    }

    package static func parse(_ bytes: [UInt8]) -> ProcessStat? {
        bytes.withUnsafeBytes { parse($0) }
    }

    /// The name stands in parentheses and may itself hold any byte, so the fields after it begin
    /// at the last `)`.
    ///
    /// A line that breaks off or holds a number beyond its type is no process: a start time that
    /// lost digits would name another one.
    private static func parse(_ bytes: UnsafeRawBufferPointer) -> ProcessStat? {
        let blank = UInt8(ascii: " ")
        var cursor = NumberCursor(bytes, at: 0)
        guard let pid: Int32 = cursor.number(until: blank), pid >= 0,
            cursor.byte() == UInt8(ascii: "("),
            let close = bytes.lastIndex(of: UInt8(ascii: ")")), cursor.place <= close
        else { return nil }
        let name = String(decoding: bytes[cursor.place..<close], as: UTF8.self)
        cursor = NumberCursor(bytes, at: close + 1)
        // Fields 3 to 8 of proc(5): state, ppid, pgrp, session, tty_nr (printed signed), tpgid.
        guard cursor.byte() == blank, let state = cursor.byte(), cursor.byte() == blank,
            let parent: Int32 = cursor.number(until: blank),
            let group: Int32 = cursor.number(until: blank),
            let leader: Int32 = cursor.number(until: blank),
            let terminal: Int32 = cursor.number(until: blank),
            let foreground: Int32 = cursor.number(until: blank)
        else { return nil }
        // 11 is cminflt; 14 to 17 are utime, stime, cutime, cstime.
        guard cursor.pass(blank), cursor.pass(blank),
            let waitedFaults: UInt64 = cursor.number(until: blank), cursor.pass(blank),
            cursor.pass(blank), let user: UInt64 = cursor.number(until: blank),
            let system: UInt64 = cursor.number(until: blank),
            let waitedUser: UInt64 = cursor.number(until: blank),
            let waitedSystem: UInt64 = cursor.number(until: blank),
            // 18, 19; 20 is num_threads, 22 starttime; more follow.
            cursor.pass(blank), cursor.pass(blank),
            let threads: Int32 = cursor.number(until: blank), cursor.pass(blank),
            let start: UInt64 = cursor.number(until: blank)
        else { return nil }
        // 28 is startstack.
        for _ in 23...27 { guard cursor.pass(blank) else { return nil } }
        guard let stack: UInt64 = cursor.number(until: blank) else { return nil }
        return ProcessStat(
            pid: pid,
            name: name,
            state: state,
            parent: parent,
            processGroup: group,
            sessionLeader: leader,
            terminal: UInt32(bitPattern: terminal),
            foregroundGroup: foreground,
            waitedFaults: waitedFaults,
            ownTicks: user &+ system,
            waitedTicks: waitedUser &+ waitedSystem,
            threads: threads,
            startTicks: start,
            stackStart: stack
        )
    }
}
