import Glibc
import LapseLinux
import LinuxFixture
import Testing

@Suite struct ProcessHandleTests {
    @Test func `a handle is given for the pid with its start time alone`() throws {
        let family = ProcessFamily("alone")
        let pid = family["leader"]
        let start = try #require(ProcessStat.read(pid: pid)).startTicks
        #expect(ProcessHandle.open(pid: pid, startTicks: start)?.pid == pid)
        #expect(ProcessHandle.open(pid: pid, startTicks: start + 1) == nil)
        #expect(ProcessHandle.open(pid: pid, startTicks: 0) == nil)
    }

    @Test func `a signal to a process that is gone reaches nobody, and that is no fault`() throws {
        let family = ProcessFamily("alone")
        let pid = family["leader"]
        let start = try #require(ProcessStat.read(pid: pid)).startTicks
        let handle = try ProcessHandle(pid: pid)
        #expect(try handle.send(SIGCONT))
        family.end()
        #expect(try !handle.send(SIGCONT))
        #expect(ProcessHandle.open(pid: pid, startTicks: start) == nil)
    }

    @Test func `a process that never was gives the call, the pid and the reason`() {
        let error = #expect(throws: SystemError.self) { try ProcessHandle(pid: .max) }
        #expect(error == SystemError("pidfd_open", "pid 2147483647", code: ESRCH))
        for pid: Int32 in [0, -1] {
            #expect(throws: SystemError.self) { try ProcessHandle(pid: pid) }
        }
    }

    @Test func `the handle becomes readable when the process ends`() throws {
        let family = ProcessFamily("alone")
        let handle = try ProcessHandle(pid: family["leader"])
        #expect(!isReadable(handle.descriptor))
        family.killLeader()
        #expect(isReadable(handle.descriptor))
    }

    @Test func `a signal that does not exist is a fault`() throws {
        let handle = try ProcessHandle(pid: getpid())
        #expect(throws: SystemError.self) { try handle.send(1000) }
    }

    @Test func `an image is the same for the same program, whatever it is called`() throws {
        let family = ProcessFamily("threads")
        let leader = try #require(ProcessImage(pid: family["leader"]))
        #expect(leader == ProcessImage(pid: family["child"]))
        #expect(leader != ProcessImage(pid: getpid()))
        #expect(ProcessImage(pid: .max) == nil)
    }

    @Test func `the boot has a name of 36 characters`() {
        #expect(ProcessSelf.bootID().utf8.count == 36)
        #expect(ProcessSelf.bootID() == ProcessSelf.bootID())
    }
}

/// Whether a read of the descriptor would not wait.
func isReadable(_ descriptor: Descriptor) -> Bool {
    var wait = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
    return poll(&wait, 1, 0) == 1 && wait.revents & Int16(POLLIN) != 0
}
