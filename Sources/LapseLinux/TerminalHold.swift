import CLinux
import Glibc

/// A terminal that is held open while it is locked.
///
/// Its settings, its window and its node's owner are changed through this descriptor: the node
/// itself is root's meanwhile.
package final class TerminalHold {
    package let terminal: Terminal
    package let descriptor: Descriptor

    /// Opens it; throws if there is no such terminal any more, or another has its name.
    package init(_ terminal: Terminal) throws(SystemError) {
        let number = lapse_open_terminal_for_locking(terminal.path)
        descriptor = try Descriptor(number, from: "open", on: terminal.path)
        self.terminal = terminal
        var status = stat()
        guard fstat(descriptor.number, &status) == 0, UInt64(status.st_rdev) == terminal.device,
            lapse_is_character_device(status.st_mode) != 0
        else { throw SystemError("open", terminal.path, code: ENODEV) }
    }

    /// What of a terminal is put back after the lock.
    package struct State: Equatable, Sendable, Codable {
        package let settings: TerminalSettings
        package let owner: UInt32
        package let group: UInt32
        package let mode: UInt32
    }

    package func state() throws(SystemError) -> State {
        var settings = lapse_terminal_settings()
        guard lapse_terminal_settings(descriptor.number, &settings) == 0 else {
            throw SystemError("TCGETS2", terminal.path)
        }
        var status = stat()
        guard fstat(descriptor.number, &status) == 0 else {
            throw SystemError("fstat", terminal.path)
        }
        return State(
            settings: TerminalSettings(settings),
            owner: status.st_uid,
            group: status.st_gid,
            mode: status.st_mode & 0o7777
        )
    }

    /// Nobody but root opens it, no key means anything, and what was typed is gone.
    ///
    /// Whoever has it open may still read: he has to stand still.
    ///
    /// - Returns: The line that was being typed and was not sent off: in canonical mode the terminal
    ///   has it, and no program. Nothing if whole lines wait: what was typed ahead reaches nobody.
    package func close(knowing state: State) throws(SystemError) -> [UInt8] {
        guard fchown(descriptor.number, 0, 0) == 0, fchmod(descriptor.number, 0o600) == 0 else {
            throw SystemError("fchown", terminal.path)
        }
        var settings = state.settings.kernel
        let isLine = lapse_terminal_is_canonical(&settings) != 0 && unread == 0
        lapse_terminal_settings_for_lock(&settings)
        try set(settings)
        let line = isLine ? read(unread) : []
        dropInput()
        return line
    }

    private var unread: Int {
        var count: Int32 = 0
        return lapse_unread_bytes(descriptor.number, &count) == 0 ? Int(count) : 0
    }

    private func read(_ count: Int) -> [UInt8] {
        guard count > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: count)
        bytes.removeLast(count - max(0, Glibc.read(descriptor.number, &bytes, count)))
        return bytes
    }

    /// As it was; what was typed meanwhile is gone.
    ///
    /// `line` is what `close` returned; `keyboard` the master side of a pty.
    package func reopen(
        to state: State,
        line: [UInt8] = [],
        keyboard: Descriptor? = nil
    ) throws(SystemError) {
        dropInput()
        if let keyboard, !line.isEmpty { try type(line, on: keyboard, for: state) }
        try set(state.settings.kernel)
        guard fchmod(descriptor.number, state.mode) == 0,
            fchown(descriptor.number, state.owner, state.group) == 0
        else { throw SystemError("fchown", terminal.path) }
    }

    /// Types a line whose characters are on the screen already.
    private func type(
        _ line: [UInt8],
        on keyboard: Descriptor,
        for state: State
    ) throws(SystemError) {
        var settings = state.settings.kernel
        lapse_terminal_settings_for_typing(&settings)
        try set(settings)
        guard Glibc.write(keyboard.number, line, line.count) == line.count else {
            throw SystemError("write", "the master of \(terminal.path)")
        }
        // A worker of the kernel's takes it to the line (tty_flip_buffer_push), and nothing tells
        // when it has. A line that is not echoed does not care.
        settings = state.settings.kernel
        if lapse_terminal_echoes(&settings) != 0 { usleep(Self.typedWithin) }
    }

    /// In microseconds.
    private static let typedWithin: UInt32 = 3_000

    package func dropInput() {
        // It can fail only with its terminal gone.
        _ = lapse_terminal_drop_input(descriptor.number)
    }

    private func set(_ settings: lapse_terminal_settings) throws(SystemError) {
        var settings = settings
        guard lapse_terminal_set(descriptor.number, &settings) == 0 else {
            throw SystemError("TCSETS2", terminal.path)
        }
    }

    /// The size of a window; zero rows where nobody has said.
    package struct Window: Equatable, Sendable {
        fileprivate var kernel: lapse_window

        package static func == (left: Window, right: Window) -> Bool {
            left.kernel.rows == right.kernel.rows && left.kernel.columns == right.kernel.columns
        }

        /// The same with a row more.
        package var taller: Window {
            var window = self
            window.kernel.rows &+= 1
            return window
        }

        package var isKnown: Bool { kernel.rows > 0 && kernel.rows < .max }
    }

    package var window: Window? {
        var window = lapse_window()
        guard lapse_terminal_window(descriptor.number, &window) == 0 else { return nil }
        return Window(kernel: window)
    }

    /// Sets the size; the foreground is told by SIGWINCH if it is another one.
    package func setWindow(_ window: Window) {
        var kernel = window.kernel
        _ = lapse_terminal_set_window(descriptor.number, &kernel)
    }
}

/// All settings of a terminal (termios2).
package struct TerminalSettings: Equatable, Sendable, Codable {
    private let flags: [UInt32]
    private let discipline: UInt8
    private let control: [UInt8]
    private let speeds: [UInt32]

    init(_ kernel: lapse_terminal_settings) {
        flags = [kernel.input, kernel.output, kernel.line, kernel.local]
        discipline = kernel.discipline
        control = withUnsafeBytes(of: kernel.control) { Array($0) }
        speeds = [kernel.input_speed, kernel.output_speed]
    }

    /// Whether the arrays have their lengths: a file says what it likes.
    package var isSound: Bool { flags.count == 4 && control.count == 19 && speeds.count == 2 }

    /// Whether the terminal keeps a line until it is sent off (ICANON).
    ///
    /// MUST be sound.
    package var isCanonical: Bool {
        var kernel = kernel
        return lapse_terminal_is_canonical(&kernel) != 0
    }

    /// MUST be sound.
    var kernel: lapse_terminal_settings {
        var kernel = lapse_terminal_settings()
        kernel.input = flags[0]
        kernel.output = flags[1]
        kernel.line = flags[2]
        kernel.local = flags[3]
        kernel.discipline = discipline
        withUnsafeMutableBytes(of: &kernel.control) { $0.copyBytes(from: control) }
        kernel.input_speed = speeds[0]
        kernel.output_speed = speeds[1]
        return kernel
    }
}
