import LapseCore
import LapseLinux

/// One terminal, pane or channel of a session, and what runs in its foreground.
struct ForegroundJob {
    /// The shell of the terminal, or what took its place.
    let place: ProcessIdentity
    /// The job; empty at a shell's prompt.
    var workers: [ProcessStat] = []
    /// The shells that wait for it.
    var waiting: [ProcessStat] = []
}

/// Finds what a session has in the foreground, by the kernel's lists of children: no scan of /proc.
///
/// - On a terminal the job is every process below the terminal's session leader that is in the
///   foreground group, and all below these, whatever session they have moved to: sudo, script and
///   expect give what they run a terminal of its own.
/// - The shell is no job. What has taken its place (`exec make`) is.
/// - What a shell has put in the background is no job, at any depth.
/// - A client of tmux or screen brings in the panes of its server; a server that no client of the
///   session is attached to stays out.
/// - A channel without a terminal (sftp, a command) is a job as a whole.
///
/// Names of commands say where to look, never what counts: they are of the user's choosing.
struct ForegroundJobs {
    /// What a former look at the session found, so that the next one is cheap.
    struct Memory {
        /// Those whose children are the channels, and these children.
        fileprivate var hosts: [Int32: [Int32]] = [:]
        fileprivate var channels: [ProcessIdentity] = []
        fileprivate var shells: [ProcessIdentity: Shell] = [:]
        /// The server of each client of a multiplexer.
        fileprivate var servers: [ProcessIdentity: ProcessIdentity] = [:]
        /// How many looks in a row found none for a client.
        fileprivate var failures: [ProcessIdentity: Int] = [:]
    }

    /// What is known of a process that may be a login shell.
    fileprivate struct Shell {
        /// Its name and its stack when it was found to be one, or not: execve(2) changes them.
        let name: String
        let stackStart: UInt64
        let isShell: Bool
        /// It gives each job a group of its own.
        var controlsJobs = false
    }

    /// All that there is in the foreground.
    struct Found {
        var jobs: [ForegroundJob] = []
        /// Whether any of it has a terminal.
        var hasTerminal = false
    }

    /// How often in a row a client's server is looked for: a client connects within milliseconds.
    ///
    /// After that each time that twice as many looks have passed: a busy host takes longer.
    static let serverLooksMax = 4

    private var loginShells = LoginShells()

    /// Looks at a session now; nothing is found once its leader is gone.
    mutating func find(
        below leader: ProcessIdentity,
        user: String,
        remembering memory: inout Memory
    ) -> Found {
        var walk = Walk(user: user, shells: loginShells, memory: memory)
        let found = walk.find(below: leader)
        (loginShells, memory) = walk.remembered
        return found
    }
}

// MARK: - Channels

/// One look.
private struct Walk {
    private let user: String
    private var shells: LoginShells
    private var memory: ForegroundJobs.Memory
    private var visits = 0
    private var found = ForegroundJobs.Found()
    /// All processes of the jobs.
    private var taken: Set<Int32> = []
    private var shellsUsed: [ProcessIdentity: ForegroundJobs.Shell] = [:]
    private var serversUsed: [ProcessIdentity: ProcessIdentity] = [:]
    private var failures: [ProcessIdentity: Int] = [:]

    init(user: String, shells: LoginShells, memory: ForegroundJobs.Memory) {
        self.user = user
        self.shells = shells
        self.memory = memory
    }

    /// What the next look may build on; what is gone is forgotten.
    var remembered: (LoginShells, ForegroundJobs.Memory) {
        var kept = memory
        kept.shells = shellsUsed
        kept.servers = serversUsed
        kept.failures = failures
        return (shells, kept)
    }

    mutating func find(below leader: ProcessIdentity) -> ForegroundJobs.Found {
        var clients: [ProcessStat] = []
        for channel in channels(of: leader) {
            if channel.terminal == 0 {
                add(whole(channel), &clients)
            } else {
                found.hasTerminal = true
                add(job(on: channel), &clients)
            }
        }
        var servers: Set<Int32> = []
        while let client = clients.popLast() {
            for pane in panes(shownBy: client, servers: &servers) { add(job(on: pane), &clients) }
        }
        return found
    }

    private mutating func add(_ job: ForegroundJob, _ clients: inout [ProcessStat]) {
        found.jobs.append(job)
        taken.formUnion(job.workers.map(\.pid))
        clients += job.workers.filter { Multiplexer(clientNamed: $0.name) != nil }
    }

    /// sshd's relay, or sshd itself for root until 9.7, or login, has a child for each channel.
    ///
    /// That child leads a session (setsid(2) in session.c of OpenSSH and in util-linux's login.c).
    /// Debian's login (shadow's) leads the session of its terminal itself, and its child is the shell.
    private mutating func channels(of leader: ProcessIdentity) -> [ProcessStat] {
        if let known = knownChannels() { return known }
        memory.hosts = [:]
        memory.channels = []
        guard let head = read(leader.pid), head.startTicks == leader.startTicks else { return [] }
        var channels: [ProcessStat] = []
        var relays: [ProcessStat] = []
        for child in children(of: head) {
            let hasTerminal = child.terminal != 0 && child.sessionLeader == head.pid
            if child.leadsSession || hasTerminal {
                channels.append(child)
            } else {
                relays.append(child)
            }
        }
        // A leader that has a relay has no channel of its own.
        let hosts = relays + (relays.isEmpty || !channels.isEmpty ? [head] : [])
        for relay in relays { channels += children(of: relay) }
        if hosts.allSatisfy({ $0.threads == 1 }) {
            for host in hosts {
                memory.hosts[host.pid] = ProcessTree.children(of: host.pid, threads: 1)
            }
        }
        memory.channels = channels.map(\.identity)
        return channels
    }

    /// The channels of the last look, if none came and none went.
    private mutating func knownChannels() -> [ProcessStat]? {
        guard !memory.channels.isEmpty, !memory.hosts.isEmpty else { return nil }
        for (host, former) in memory.hosts {
            guard ProcessTree.children(of: host, threads: 1) == former else { return nil }
        }
        let stats = memory.channels.compactMap { read($0.pid) }
        guard stats.map(\.identity) == memory.channels else { return nil }
        return stats
    }

    private mutating func read(_ pid: Int32) -> ProcessStat? {
        guard visits < JobUsage.processesMax else { return nil }
        visits += 1
        return ProcessStat.read(pid: pid)
    }

    private mutating func children(of process: ProcessStat) -> [ProcessStat] {
        ProcessTree.children(of: process.pid, threads: process.threads).compactMap { read($0) }
            // One whose parent ended meanwhile hangs elsewhere; a re-used pid is a stranger.
            .filter { $0.parent == process.pid }
    }
}

// MARK: - Jobs

extension Walk {
    /// A process and all below it.
    private mutating func whole(_ channel: ProcessStat) -> ForegroundJob {
        ForegroundJob(place: channel.identity, workers: withDescendants([channel]))
    }

    /// The job of a terminal, given the leader of its session, or what login gave that to.
    private mutating func job(on leader: ProcessStat) -> ForegroundJob {
        let isShell = isShell(leader)
        guard !leader.isInForeground || isShell else { return whole(leader) }
        if !leader.isInForeground { shellsUsed[leader.identity]?.controlsJobs = true }
        // Level by level: below a shell may be another one that has given its job the terminal.
        var job = ForegroundJob(place: leader.identity, waiting: [leader])
        if leader.isInForeground, shellsUsed[job.place]?.controlsJobs == true { return job }
        var above: [Int32: ProcessStat] = [:]
        var level = [leader]
        while !level.isEmpty {
            var roots: [ProcessStat] = []
            var next: [ProcessStat] = []
            for parent in level {
                for child in children(of: parent) where child.sessionLeader == leader.sessionLeader
                {
                    above[child.pid] = parent
                    if child.processGroup == leader.foregroundGroup {
                        roots.append(child)
                    } else {
                        next.append(child)
                    }
                }
            }
            if !roots.isEmpty {
                job.workers = withDescendants(roots)
                job.waiting = ancestors(of: roots, in: above)
            }
            // A shell without job control (`ssh -t HOST 'make; make install'`) has its job in its own
            // group; with job control it is at its prompt.
            guard roots.isEmpty, !leader.isInForeground else { break }
            level = next
        }
        return job
    }

    private func ancestors(
        of roots: [ProcessStat],
        in above: [Int32: ProcessStat]
    ) -> [ProcessStat] {
        var found: [ProcessStat] = []
        for root in roots {
            var next = above[root.pid]
            while let one = next, !found.contains(where: { $0.pid == one.pid }) {
                found.append(one)
                next = above[one.pid]
            }
        }
        return found
    }

    private mutating func withDescendants(_ roots: [ProcessStat]) -> [ProcessStat] {
        var all = roots
        var pids = Set(roots.map(\.pid))
        var place = 0
        while place < all.count {
            let parent = all[place]
            for child in children(of: parent) where !isInBackground(child, of: parent) {
                // One that was given another parent meanwhile is met twice.
                if pids.insert(child.pid).inserted { all.append(child) }
            }
            place += 1
        }
        return all
    }

    /// Whether a shell has put its child in the background.
    ///
    /// With job control that one has a group of its own; a script's children are in the script's.
    private mutating func isInBackground(_ child: ProcessStat, of parent: ProcessStat) -> Bool {
        guard parent.terminal != 0, child.processGroup != parent.processGroup else { return false }
        let isInForeground =
            child.sessionLeader == parent.sessionLeader
            && child.processGroup == parent.foregroundGroup
        return !isInForeground && isShell(parent)
    }

    /// Whether it runs a login shell; asked of the kernel once for each program that it becomes.
    private mutating func isShell(_ process: ProcessStat) -> Bool {
        let identity = process.identity
        if let known = shellsUsed[identity] ?? memory.shells[identity],
            known.name == process.name, known.stackStart == process.stackStart
        {
            shellsUsed[identity] = known
            return known.isShell
        }
        let isShell = shells.are(runBy: process.pid)
        shellsUsed[identity] = ForegroundJobs.Shell(
            name: process.name,
            stackStart: process.stackStart,
            isShell: isShell
        )
        return isShell
    }
}

// MARK: - Panes

extension Walk {
    /// The session leaders of the terminals that a multiplexer shows through this client.
    private mutating func panes(
        shownBy client: ProcessStat,
        servers: inout Set<Int32>
    ) -> [ProcessStat] {
        guard client.terminal != 0, let server = server(of: client), !taken.contains(server.pid),
            servers.insert(server.pid).inserted
        else { return [] }
        return children(of: server).filter { $0.leadsSession && $0.terminal != 0 }
    }

    private mutating func server(of client: ProcessStat) -> ProcessStat? {
        let identity = client.identity
        if let known = memory.servers[identity], let server = read(known.pid),
            server.identity == known, Multiplexer.isShown(client, by: server.pid)
        {
            serversUsed[identity] = known
            return server
        }
        let failed = memory.failures[identity] ?? 0
        failures[identity] = failed + 1
        let isPowerOfTwo = failed & (failed - 1) == 0
        guard failed < ForegroundJobs.serverLooksMax || isPowerOfTwo,
            let kind = Multiplexer(clientNamed: client.name),
            let owner = ProcessTree.owner(of: client.pid)
        else { return nil }
        for pid in kind.servers(of: client, owner: owner, user: user) {
            guard ProcessTree.owner(of: pid) == owner, Multiplexer.isShown(client, by: pid),
                let server = read(pid)
            else { continue }
            serversUsed[identity] = server.identity
            failures[identity] = nil
            return server
        }
        return nil
    }
}

extension ProcessStat {
    var identity: ProcessIdentity { ProcessIdentity(pid: pid, startTicks: startTicks) }
    /// For people: command name and pid.
    var label: String { "\(name)[\(pid)]" }
}

extension ProcessHandle {
    /// A handle on this process and no other; nil if it is gone.
    static func open(_ process: ProcessIdentity) -> ProcessHandle? {
        open(pid: process.pid, startTicks: process.startTicks)
    }
}
