import Glibc
import LapseDaemon

exit(DaemonMain.run(Array(CommandLine.arguments.dropFirst())).rawValue)
