import LapseLinux

/// What is still to be done for locks that are gone.
struct LockLeftovers {
    /// Groups in which a process that has died is waited for.
    var groups: [FrozenGroup] = []
    /// Processes of ours that were told to end.
    var children: Set<Int32> = []
    /// Windows that were made larger so that a full-screen program paints its screen anew.
    private(set) var windows: [(hold: TerminalHold, size: TerminalHold.Window)] = []

    /// Makes a window larger by a row.
    ///
    /// Larger, because a smaller one makes programs scroll what they show.
    mutating func stretch(_ hold: TerminalHold) {
        guard let window = hold.window, window.isKnown else { return }
        hold.setWindow(window.taller)
        windows.append((hold, window))
    }

    /// Sizes that are still those of `stretch` become what they were.
    mutating func restoreWindows() {
        for (hold, window) in windows where hold.window == window.taller { hold.setWindow(window) }
        windows = []
    }

    var isEmpty: Bool { groups.isEmpty && children.isEmpty }

    mutating func clear() {
        groups.removeAll { $0.remove() }
        children = children.filter { !ChildProcess.reap($0) }
    }
}
