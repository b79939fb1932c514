package import LapseControl

/// Sessions of two users, one of every kind that a command has to show.
package enum FixtureSessions {
    package static let alice: UInt32 = 1001
    package static let bob: UInt32 = 1002
    package static let lapseGroup: UInt32 = 990

    /// 2026-03-01 09:15:02.5 UTC.
    package static let opened: Int64 = 1_772_356_502_500_000

    package static let all = [warned, console, sftp, hostile, bobs, ended]

    /// Two terminals, warned.
    package static let warned = SessionInfo(
        id: "a1",
        user: "alice",
        uid: alice,
        service: "sshd",
        rhost: "192.0.2.7",
        leader: 4242,
        openedUs: opened,
        ageMs: 3_725_000,
        terminals: [
            .init(name: "/dev/pts/3", idleMs: 12_345), .init(name: "/dev/pts/4", idleMs: 245_000),
        ],
        stage: .warned,
        warnedFor: .idle,
        idleMs: 12_345,
        lastActivity: .init(doing: .input, agoMs: 12_345),
        idleLimitMs: 900_000,
        lifetimeLimitMs: 43_200_000,
        next: .init(what: .end, reason: .idle, inMs: 12_000)
    )

    /// On the console, without limits.
    package static let console = SessionInfo(
        id: "a2",
        user: "alice",
        uid: alice,
        service: "login",
        leader: 77,
        openedUs: opened,
        ageMs: 90_061_000,
        terminals: [.init(name: "/dev/tty1", idleMs: 0)],
        stage: .active,
        idleMs: 0
    )

    /// No terminal: not measurable, and under a lifetime alone.
    package static let sftp = SessionInfo(
        id: "a3",
        user: "alice",
        uid: alice,
        service: "sshd",
        rhost: "2001:db8:ffff:ffff:ffff:ffff:ffff:1234",
        leader: 4300,
        openedUs: opened,
        ageMs: 59_990,
        stage: .active,
        unmeasurable: "no terminal found",
        idleLimitMs: 900_000,
        lifetimeLimitMs: 43_200_000,
        next: .init(what: .warn, reason: .lifetime, inMs: 43_020_010)
    )

    /// Every text is hostile: controls, bidi, zero-width.
    package static let hostile = SessionInfo(
        id: "h4",
        user: "ev\u{1B}[2Jil\u{202E}",
        uid: nil,
        service: "ss\u{9B}hd",
        rhost: "a\u{200B}b\r\n",
        ruser: "\u{7F}",
        leader: 5,
        openedUs: opened,
        ageMs: 0,
        terminals: [.init(name: "/dev/\u{1}", idleMs: nil)],
        stage: .active,
        unmeasurable: "\u{0}"
    )

    /// Of the other user, with a name in a wide script.
    package static let bobs = SessionInfo(
        id: "b5",
        user: "波布",
        uid: bob,
        service: "sshd",
        rhost: "host.local",
        leader: 6000,
        openedUs: opened,
        ageMs: 1_000,
        terminals: [.init(name: "/dev/pts/9", idleMs: 400)],
        stage: .ending,
        idleMs: 400,
        idleLimitMs: 900_000
    )

    /// Over, on record.
    package static let ended = SessionInfo(
        id: "a6",
        user: "alice",
        uid: alice,
        service: "sshd",
        rhost: "192.0.2.7",
        ruser: "al",
        leader: 3000,
        openedUs: opened,
        ageMs: 7_300_000,
        stage: .ended,
        ended: .init(
            atUs: opened + 3_600_000_000,
            reason: .admin,
            by: "uid 0",
            why: "maintenance at noon",
            durationMs: 3_600_000,
            spared: ["tmux: server, pid 3100", "rsync, pid 3200"]
        )
    )

    /// Held, with root in it, and with an id as long as the daemon's; not in `all`.
    package static let held = SessionInfo(
        id: "7k3m9qzt",
        user: "alexandra.von.hohenfels",
        uid: 1003,
        service: "remote-login",
        rhost: "jump-17.mgmt.example.net",
        leader: 7000,
        openedUs: opened,
        ageMs: 86_339_000,
        terminals: [.init(name: "/dev/pts/117", idleMs: 3_599_000)],
        stage: .active,
        idleMs: 3_599_000,
        lastActivity: .init(
            doing: .work,
            what: "make[123]",
            agoMs: 3_599_000,
            worth: .limited,
            untilUs: opened + 14_400_000_000
        ),
        idleLimitMs: 600_000,
        privileged: true,
        heldUntilUs: opened + 1_800_000_000,
        heldWhy: "restoring the ledger",
        next: .init(what: .end, reason: .certificate, inMs: 3_599_000)
    )

    /// Locked at its idle limit, with tries that failed; not in `all`.
    package static let locked = SessionInfo(
        id: "l8",
        user: "alice",
        uid: alice,
        service: "sshd",
        rhost: "192.0.2.7",
        leader: 8000,
        openedUs: opened,
        ageMs: 4_800_000,
        terminals: [.init(name: "/dev/pts/5", idleMs: 1_200_000)],
        stage: .locked,
        idleMs: 1_200_000,
        lastActivity: .init(doing: .work, what: "make[123]", agoMs: 1_200_000),
        idleLimitMs: 900_000,
        lifetimeLimitMs: 43_200_000,
        lockedUs: opened + 4_500_000_000,
        lockReason: .idle,
        lockEndsUs: opened + 8_100_000_000,
        failedTries: 2,
        next: .init(what: .end, reason: .locked, inMs: 3_300_000)
    )

    /// Locked by root's word, without end; not in `all`.
    package static let lockedByRoot: SessionInfo = {
        var session = locked
        session.id = "l9"
        session.lockReason = .request
        session.lockedBy = "uid 0"
        session.lockWhy = "fire drill"
        session.lockEndsUs = nil
        session.failedTries = 0
        session.next = nil
        return session
    }()

    package static let status = StatusInfo(
        version: "0.1.0",
        bootId: "6f1c2b1e-0000-4000-8000-123456789abc",
        startedUs: opened,
        upMs: 273_600_000,
        mode: .enforce,
        policy: .init(
            files: ["/etc/lapse/lapse.toml", "/etc/lapse/lapse.d/10-site.toml"],
            loadedUs: opened + 60_000_000
        ),
        counts: .init(
            sessionsActive: 3,
            sessionsWarned: 1,
            sessionsLocked: 2,
            sessionsEnding: 1,
            sessionsUnmeasurable: 2,
            openedTotal: 120,
            closedTotal: 115,
            endedTotal: 7,
            endedLockedTotal: 3,
            locksTotal: 31,
            unlocksTotal: 24,
            unlocksByRootTotal: 1,
            unlockFailuresTotal: 9,
            lockedSecondsTotal: 7_200,
            lockersDiedTotal: 0,
            suspiciousTotal: 2,
            looksTotal: 5_000,
            reportsRefusedTotal: 4,
            faultsTotal: 0
        )
    )
}

extension ControlPeer {
    package static let root = ControlPeer(uid: 0, gids: [0], pid: 1)
    package static let alice = ControlPeer(
        uid: FixtureSessions.alice,
        gids: [FixtureSessions.alice, 100],
        pid: 2
    )
    package static let auditor = ControlPeer(
        uid: FixtureSessions.bob,
        gids: [FixtureSessions.bob, FixtureSessions.lapseGroup],
        pid: 3
    )
    package static let stranger = ControlPeer(uid: 4711, gids: [4711], pid: 4)
}
