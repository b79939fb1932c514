// What a look at a session's work costs, and what it takes for work: real programs on real
// terminals. `swift run -c release work-bench` as root; a few minutes, or seconds with --cost-only.
//
// Exit status 1 if a look costs more than was promised, or a program is taken for the wrong thing.

import Glibc
import LapseCore
import LapseDaemon
import LapseLinux
import LinuxFixture

var isGood = true

let shells = ["/bin/bash", "--norc", "--noprofile", "--noediting", "-i"]
let atPrompt = Scene(shells, typing: nil)
let afterJob = Scene(shells, typing: "sleep 3")
_ = afterJob.look()
afterJob.rest(3)
isGood = measureLook("a shell at its prompt", atPrompt, most: 20) && isGood
isGood = measureLook("a shell after its first job", afterJob, most: 20) && isGood
for (name, command) in [
    ("a job of one process", "cat"),
    ("a job of three", "cat | cat | cat"),
    ("tmux with one pane", "TERM=xterm tmux -f /dev/null -L lapse-bench new-session"),
] {
    let scene = Scene(shells, typing: command)
    isGood = measureLook(name, scene, most: name.hasPrefix("tmux") ? 150 : 100) && isGood
}
RunningProgram(["/usr/bin/tmux", "-L", "lapse-bench", "kill-server"]).wait()
let many = Scene(shells, typing: "bash -c 'for i in {1..600}; do sleep 999 & done; exec cat'")
isGood = measureLook("a job of 512 (the limit)", many, most: 20_000) && isGood

if CommandLine.arguments.contains("--cost-only") { exit(isGood ? 0 : 1) }
print("\nprogram                              verdict  in samples of 3 s")
for program in programs {
    isGood = judge(program) && isGood
}
exit(isGood ? 0 : 1)
