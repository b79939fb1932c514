import LapseCore
import LapseLinux

/// Programs that show terminals in a terminal, and how a client's server is found.
///
/// The server of tmux and that of screen both have the terminals of their clients open, and let go
/// of them when a client detaches: that is what makes the panes the session's.
enum Multiplexer {
    case tmux
    case screen

    /// By the command's name: it only says where to look.
    init?(clientNamed name: String) {
        switch name {
        case "tmux: client", "tmux": self = .tmux
        case "screen": self = .screen
        default: return nil
        }
    }

    /// Names in screen's directory that are looked at: a user's own servers.
    private static let screensMax = 64
    /// Where screen(1) has its sockets, `PID.NAME` in a directory a user.
    private static let screenSockets = "/run/screen"
    /// Children of init that are looked at, of those with the next pids.
    private static let orphansMax = 64

    /// Where the server may be; whether it shows the client has yet to be checked.
    func servers(of client: ProcessStat, owner: UInt32, user: String) -> [Int32] {
        switch self {
        case .tmux: SocketPeer.listeners(of: client.pid) + Self.orphans(after: client)
        case .screen: Self.screens(of: owner == 0 ? "root" : user)
        }
    }

    /// Whether a server has the client's terminal open, by the path that the kernel gives for it.
    static func isShown(_ client: ProcessStat, by server: Int32) -> Bool {
        guard let terminal = Terminal(procNumber: client.terminal) else { return false }
        return SocketPeer.hasOpen(terminal.path, pid: server)
    }

    /// The server that a client of tmux has started itself, and reaches through a socketpair(2) that
    /// names nobody: forked twice (daemon(3)), it is a child of init with a pid soon after that of
    /// the client.
    private static func orphans(after client: ProcessStat) -> [Int32] {
        // Pids begin anew at their maximum: those after it are the lowest.
        let next = ProcessTree.children(of: 1, threads: 1).sorted {
            UInt32(bitPattern: $0 &- client.pid) < UInt32(bitPattern: $1 &- client.pid)
        }
        return next.prefix(orphansMax).filter {
            ProcessStat.read(pid: $0)?.name == "tmux: server"
        }
    }

    private static func screens(of user: String) -> [Int32] {
        guard !user.contains("/") else { return [] }
        return SmallFile.names(in: "\(screenSockets)/S-\(user)", atMost: screensMax)
            .compactMap { name in name.firstIndex(of: ".").flatMap { Int32(name[..<$0]) } }
            .filter { $0 > 0 }
    }
}
