/// What the daemon and the locker of one terminal say to each other: one packet a message.
///
/// Both are root's and of one build, so there is no version: the locker is the daemon's child, or the
/// service manager's (`lapse-lock --served`), in which case it speaks first. All texts are made by
/// the daemon; the locker knows where they stand.
///
/// A packet is the message's number, and its texts, each with a NUL after it.
public enum LockMessage: Equatable, Sendable {
    /// The most that one packet has; texts are cut by who makes them.
    public static let bytesMax = 8_192

    // MARK: From the daemon

    /// Lock the terminal, whose descriptor comes with this packet (SCM_RIGHTS).
    case lock(Lock)
    /// Show this line too: a warning.
    case tell([UInt8])
    /// Put the screen back and end.
    case leave
    /// The session is being ended: put the screen back, show this, and swallow what is typed until
    /// killed.
    case close([UInt8])

    // MARK: From the locker

    /// The service manager has started the locker: its first word, before it is sent anything, so
    /// that the daemon knows who it is. `main.c` has its number too.
    case here
    /// The screen is switched away and the locker asks.
    case ready
    /// The terminal has answered which of its screens was there before.
    case screen(Screen)
    /// A try failed; what PAM calls it (pam_strerror(3)), without what was typed.
    case failed([UInt8])
    /// PAM cannot ask at all (no such service, a module that is missing, a directory that is down);
    /// the locker tries again by itself.
    case unable([UInt8])
    /// The user has proved who he is. The locker waits for `leave`.
    case verified
    /// The screen is as it was; the locker ends.
    case left

    /// Which screen of a terminal the application had (xterm's private mode 1049).
    public enum Screen: Equatable, Sendable {
        /// No terminal was asked, or it has not answered.
        case unknown
        /// The one with the scrollback: the terminal itself puts it back.
        case main
        /// The other one: it was drawn over, and the application has to paint it anew.
        case alternate

        /// How it stands in a packet.
        var text: [UInt8] {
            switch self {
            case .unknown: []
            case .main: [0x6D]
            case .alternate: [0x61]
            }
        }

        init?(text: [UInt8]) {
            switch text {
            case []: self = .unknown
            case [0x6D]: self = .main
            case [0x61]: self = .alternate
            default: return nil
            }
        }
    }

    /// How a terminal is locked.
    public struct Lock: Equatable, Sendable {
        /// The PAM service, `lapse-unlock`.
        public var service: [UInt8]
        /// PAM_USER.
        public var user: [UInt8]
        /// PAM_TTY: the terminal's path.
        public var tty: [UInt8]
        /// PAM_RHOST; empty for none.
        public var rhost: [UInt8]
        /// The screen was switched away by a locker before this one, which has died.
        public var isAgain: Bool
        /// What a locker before this one learned.
        public var screen: Screen
        /// What is shown above the prompt: UTF-8 without control characters, a text a line.
        public var lines: [[UInt8]]

        /// All of it.
        public init(
            service: [UInt8],
            user: [UInt8],
            tty: [UInt8],
            rhost: [UInt8],
            isAgain: Bool,
            screen: Screen = .unknown,
            lines: [[UInt8]]
        ) {
            self.service = service
            self.user = user
            self.tty = tty
            self.rhost = rhost
            self.isAgain = isAgain
            self.screen = screen
            self.lines = lines
        }
    }
}

// MARK: - Bytes

extension LockMessage {
    private var number: UInt8 {
        switch self {
        case .lock: 1
        case .tell: 2
        case .leave: 3
        case .close: 4
        case .ready: 5
        case .failed: 6
        case .unable: 7
        case .verified: 8
        case .left: 9
        case .screen: 10
        case .here: 11
        }
    }

    private var texts: [[UInt8]] {
        switch self {
        case .lock(let lock):
            [
                lock.service, lock.user, lock.tty, lock.rhost, lock.isAgain ? [0x31] : [],
                lock.screen.text,
            ] + lock.lines
        case .screen(let screen): [screen.text]
        case .tell(let text), .close(let text), .failed(let text), .unable(let text): [text]
        case .leave, .here, .ready, .verified, .left: []
        }
    }

    /// The packet; nil if it would be too long, or a text has a NUL.
    public func encode() -> [UInt8]? {
        var packet = [number]
        for text in texts {
            guard !text.contains(0) else { return nil }
            packet += text
            packet.append(0)
        }
        return packet.count <= Self.bytesMax ? packet : nil
    }

    /// Reads a packet; nil for what is none.
    ///
    /// No input traps.
    public static func decode(_ packet: [UInt8]) -> LockMessage? {
        guard let number = packet.first, packet.count <= bytesMax,
            packet.count == 1 || packet[packet.count - 1] == 0
        else { return nil }
        var texts: [[UInt8]] = []
        var text: [UInt8] = []
        for byte in packet.dropFirst() {
            if byte != 0 {
                text.append(byte)
                continue
            }
            texts.append(text)
            text = []
        }
        switch (number, texts.count) {
        case (1, 6...):
            guard let screen = Screen(text: texts[5]) else { return nil }
            return .lock(
                Lock(
                    service: texts[0],
                    user: texts[1],
                    tty: texts[2],
                    rhost: texts[3],
                    isAgain: !texts[4].isEmpty,
                    screen: screen,
                    lines: Array(texts[6...])
                )
            )
        case (2, 1): return .tell(texts[0])
        case (3, 0): return .leave
        case (4, 1): return .close(texts[0])
        case (5, 0): return .ready
        case (6, 1): return .failed(texts[0])
        case (7, 1): return .unable(texts[0])
        case (8, 0): return .verified
        case (9, 0): return .left
        case (11, 0): return .here
        case (10, 1): return Screen(text: texts[0]).map { .screen($0) }
        default: return nil
        }
    }
}
