import ControlFixture
import LinuxFixture
import Testing

/// A host's accounts for one program: files of the test's own, bound over those in /etc in a
/// private mount namespace, and a directory server (see TestNames).
final class AccountHost {
    enum Server: String {
        case answer
        case down
        case busy
        case hang
    }

    private let directory = TemporaryDirectory()

    init(
        services: String = "files lapsetest",
        passwd: String = "root:x:0:0::/root:/bin/sh\n",
        group: String = "root:x:0:\n",
        shadow: String = "root:*:19000:0:99999:7:::\n",
        server: Server = .answer
    ) {
        directory.write("nsswitch.conf", "passwd: \(services)\ngroup: \(services)\nshadow: files\n")
        directory.write("passwd", passwd)
        directory.write("group", group)
        directory.write("shadow", shadow)
        directory.write("server", server.rawValue)
        for name in ["lapsetest", "sss"] {
            directory.link("libnss_\(name).so.2", to: ProgramRun.built("libnss_lapsetest.so"))
        }
    }

    /// Runs account-probe and gives what it printed, line by line.
    func probe(_ words: String...) throws -> [String] {
        let bind = """
            for file in nsswitch.conf passwd group shadow; do
                mount --bind "$1/$file" "/etc/$file" || exit 9
            done
            export LD_LIBRARY_PATH="$1" LAPSE_TEST_NAMES="$1/server"
            shift
            exec "$@"
            """
        let shell = ["/bin/sh", "-c", bind, "sh", directory.path]
        let run = ProgramRun(
            "/usr/bin/unshare",
            ["--mount", "--propagation", "private"] + shell
                + [ProgramRun.built("account-probe")] + words
        )
        #expect(run.status == 0, "\(run.errors)")
        return run.output.split(separator: "\n").map(String.init)
    }
}
