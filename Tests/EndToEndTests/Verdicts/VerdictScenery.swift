import LapseStage

/// The stage that a group of rows shares: its policy, and what its people find in their homes.
struct VerdictScenery: Sendable {
    /// The idle limit of most rows; the warning comes 4 s before it.
    static let idleLimit = Duration.seconds(12)
    /// The idle limit while root works in a session.
    static let rootIdleLimit = Duration.seconds(10)
    /// How long a session that is to stay is watched: well past the limit.
    static let watch = Duration.seconds(20)

    private static let defaults = """
        [defaults]
        idle = "12s"
        lifetime = "never"
        warn = ["4s"]
        on-idle = "end"
        privileged = { idle = "10s" }

        """

    /// Rules of the policy, after the defaults.
    var rules = ""
    /// More lines of sshd_config(5).
    var sshdLines: [String] = []

    /// The one that most groups have.
    static let usual = VerdictScenery()

    /// The stage of the group, ready to be played on.
    func start(consoleCount: Int) async throws -> Stage {
        var options = StageOptions(policy: Self.defaults + rules)
        options.consoleCount = consoleCount
        options.sshdLines = sshdLines
        // erin has to give a password, carol's root has a terminal of its own (sudoers(5)).
        options.sudoersLines = [
            "erin ALL=(ALL:ALL) ALL", "carol ALL=(ALL:ALL) NOPASSWD: ALL", "Defaults:carol use_pty",
        ]
        let stage = try await Stage.start(options)
        try await stage.run(["/bin/bash", "-ec", Self.furnish]).checked()
        for user in [StageUser.alice, .bob, .carol] {
            try await stage.run(["/bin/bash", "-ec", Self.furnishHome], as: user).checked()
        }
        return stage
    }

    /// What root puts there.
    private static let furnish = #"""
        install -d -m 1777 /run/screen

        # A slow disk or line: so many bytes, every 40 ms.
        cat >/lapse/slowly <<'END'
        #!/usr/bin/perl
        while (sysread STDIN, $_, $ARGV[0]) {
            syswrite STDOUT, $_;
            select undef, undef, undef, .04;
        }
        END
        # For clients that have no brake of their own.
        printf '#!/bin/sh\nssh "$@" | /lapse/slowly 16384\n' >/lapse/slow-ssh
        chmod 755 /lapse/slowly /lapse/slow-ssh

        # For the way onward to another host.
        install -d -o alice -g alice -m 700 /home/alice/.ssh
        install -o alice -g alice -m 600 /root/.ssh/id_ed25519 /home/alice/.ssh/
        """#

    /// What a user has at home.
    private static let furnishHome = #"""
        cd
        yes 'All work and no play makes Jack a dull boy.' | head -n 400 >text
        printf '.TH JACK 1\n.SH NAME\njack \\- all work and no play\n' >jack.1
        head -c 40000000 /dev/urandom >big

        mkdir work
        for number in $(seq 12); do
            printf '#include <stdio.h>\nint f%d(void) { return puts("%d"); }\n' \
                "$number" "$number" >work/part$number.c
        done
        cat >work/Makefile <<'END'
        OUT := $(shell mktemp -d)
        PARTS := $(patsubst %.c,$(OUT)/%.o,$(wildcard *.c))
        forever: ; @while $(MAKE) -B OUT=$(OUT) parts; do :; done
        parts: $(PARTS)
        $(OUT)/%.o: %.c ; $(CC) -O1 -c $< -o $@; sleep 0.05
        END

        mkdir -p package/DEBIAN package/usr/share/jack
        printf '%s\n' 'Package: jack' 'Version: 1' 'Architecture: all' 'Maintainer: J <j@j>' \
            'Description: jack' >package/DEBIAN/control
        head -c 1000000 big | base64 >package/usr/share/jack/data

        printf '#!/bin/bash\nwhile :; do :; done\n' >compute
        chmod 755 compute
        """#
}
