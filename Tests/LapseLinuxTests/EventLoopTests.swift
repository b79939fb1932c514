import Glibc
import LapseLinux
import LinuxFixture
import Testing

/// A pipe whose read end a loop can watch.
final class Channel {
    let read: Descriptor
    private let write: Descriptor

    init() {
        let ends = PipeEnds()
        read = Descriptor(ends.read)
        write = Descriptor(ends.write)
    }

    func fill() {
        precondition(Glibc.write(write.number, [1], 1) == 1, "A pipe takes a byte.")
    }

    func drain() {
        var byte: UInt8 = 0
        precondition(Glibc.read(read.number, &byte, 1) == 1, "The pipe has a byte.")
    }
}

@Suite(.timeLimit(.minutes(1))) struct EventLoopTests {
    @Test func `handlers run in their order, whoever was ready first`() throws {
        let loop = try EventLoop()
        let orders: [EventLoop.Order] = [.spare, .second, .first, .spare, .second, .first]
        let channels = orders.map { _ in Channel() }
        var told: [EventLoop.Order] = []
        for (order, channel) in zip(orders, channels) {
            channel.fill()
            _ = try loop.watch(channel.read, for: .readable, order: order) { _ in
                told.append(order)
                loop.stop()
            }
        }
        try loop.run()
        #expect(told == [.first, .first, .second, .second, .spare, .spare])
    }

    @Test func `a turn begins before its first handler and ends after its last`() throws {
        let loop = try EventLoop()
        let channel = Channel()
        channel.fill()
        var told: [String] = []
        loop.beforeTurn = { told.append("begins") }
        loop.afterTurn = { told.append("ends") }
        _ = try loop.watch(channel.read, for: .readable, order: .first) { _ in
            told.append("handler")
            loop.stop()
        }
        try loop.run()
        #expect(told == ["begins", "handler", "ends"])
    }

    @Test func `who can wait gets eight places a turn, and all get theirs in the end`() throws {
        let loop = try EventLoop()
        #expect(EventLoop.spareMax == 8)
        let channels = (0..<20).map { _ in Channel() }
        let clock = Channel()
        clock.fill()
        var turns: [[Int]] = [[]]
        loop.afterTurn = {
            if turns.joined().count >= 60 { loop.stop() } else { turns.append([]) }
        }
        for (index, channel) in channels.enumerated() {
            channel.fill()
            // Not drained: each is always ready, and must not take the others' turns.
            _ = try loop.watch(channel.read, for: .readable, order: .spare) { _ in
                turns[turns.count - 1].append(index)
            }
        }
        var ticks = 0
        _ = try loop.watch(clock.read, for: .readable) { _ in ticks += 1 }
        try loop.run()
        #expect(turns.allSatisfy { $0.count <= 8 })
        #expect(ticks == turns.count)
        // Twenty by eights: nobody waits for more than three turns.
        for first in 0..<turns.count - 3 {
            #expect(Set(turns[first..<first + 3].joined()) == Set(0..<20), "\(turns)")
        }
    }

    @Test func `who is let go by another in the same turn is not told any more`() throws {
        let loop = try EventLoop()
        let channels = [Channel(), Channel()]
        var tokens: [EventLoop.Token] = []
        var told: [Int] = []
        for (index, channel) in channels.enumerated() {
            channel.fill()
            tokens.append(
                try loop.watch(channel.read, for: .readable) { _ in
                    told.append(index)
                    for token in tokens { loop.unwatch(token) }
                    loop.stop()
                }
            )
        }
        try loop.run()
        #expect(told.count == 1)
    }

    @Test func `an event of a descriptor that was closed reaches nobody who has its number`() throws
    {
        let loop = try EventLoop()
        let first = Channel()
        var second: Channel? = Channel()
        let other = Channel()
        first.fill()
        second?.fill()
        var heard: [String] = []
        let number = try #require(second?.read.number)
        let token = try loop.watch(
            try #require(second?.read),
            for: .readable,
            order: .second
        ) { _ in heard.append("old") }
        _ = try loop.watch(first.read, for: .readable) { _ in
            first.drain()
            loop.unwatch(token)
            second = nil
            let taken = Descriptor(dup2(other.read.number, number))
            // A failure shows: nobody is told then.
            _ = try? loop.watch(taken, for: .readable) { _ in
                heard.append("new")
                withExtendedLifetime(taken) {}
            }
            loop.stop()
        }
        try loop.run()
        #expect(heard.isEmpty)
    }

    @Test func `a watch can pause and go on`() throws {
        let loop = try EventLoop()
        let (paused, clock) = (Channel(), Channel())
        paused.fill()
        clock.fill()
        var turns = 0
        var told: [Int] = []
        let token = try loop.watch(paused.read, for: .readable) { _ in
            told.append(turns)
            loop.stop()
        }
        try loop.change(token, to: [])
        _ = try loop.watch(clock.read, for: .readable) { _ in
            turns += 1
            // A failure shows: the loop never stops then, and the time limit speaks.
            if turns == 3 { try? loop.change(token, to: .readable) }
        }
        try loop.run()
        #expect(told == [3] || told == [4])
    }

    @Test func `a hang-up is told, even to a watch that pauses`() throws {
        let loop = try EventLoop()
        var channel: Channel? = Channel()
        let read = try #require(channel?.read)
        var told: EventLoop.Readiness?
        let token = try loop.watch(read, for: .readable) { readiness in
            told = readiness
            loop.stop()
        }
        try loop.change(token, to: [])
        channel = nil
        try loop.run()
        #expect(told?.hungUp == true)
        #expect(told?.readable == false)
        #expect(told?.writable == false)
    }

    @Test func `a turn is carried to its end after a stop, and its end is told once`() throws {
        let loop = try EventLoop()
        let channels = [Channel(), Channel(), Channel()]
        var told = 0
        var ends = 0
        loop.afterTurn = { ends += 1 }
        for channel in channels {
            channel.fill()
            _ = try loop.watch(channel.read, for: .readable) { _ in
                told += 1
                loop.stop()
            }
        }
        try loop.run()
        #expect(told == 3)
        #expect(ends == 1)
    }

    @Test func `more ready descriptors than a turn takes are all told`() throws {
        let loop = try EventLoop()
        let channel = Channel()
        channel.fill()
        var told: Set<Int> = []
        // Twice the 256 of a turn, and some; each is the same pipe under a number of its own.
        try OpenFiles.raiseLimit()
        let count = 600
        let copies = (0..<count).map { _ in Descriptor(dup(channel.read.number)) }
        for (index, copy) in copies.enumerated() {
            _ = try loop.watch(copy, for: .readable) { _ in
                told.insert(index)
                if told.count == count { loop.stop() }
            }
        }
        try loop.run()
        #expect(told.count == count)
    }

    @Test func `what cannot be watched is a fault and leaves nothing behind`() throws {
        let loop = try EventLoop()
        let channel = Channel()
        _ = try loop.watch(channel.read, for: .readable) { _ in }
        let twice = #expect(throws: SystemError.self) {
            _ = try loop.watch(channel.read, for: .readable) { _ in }
        }
        #expect(twice?.code == EEXIST)
        let file = Descriptor(open("/etc/passwd", O_RDONLY | O_CLOEXEC))
        let error = #expect(throws: SystemError.self) {
            _ = try loop.watch(file, for: .readable) { _ in }
        }
        #expect(error?.code == EPERM)
    }
}

@Suite(.timeLimit(.minutes(1))) struct DeadlineTimerTests {
    private func fires(_ timer: DeadlineTimer, within milliseconds: Int32) -> Bool {
        var wait = pollfd(fd: timer.descriptor.number, events: Int16(POLLIN), revents: 0)
        return poll(&wait, 1, milliseconds) == 1
    }

    private static let past: [Int64] = [.min, -1, 0, 1, BootClock.now() - 1]

    @Test(arguments: past)
    func `a moment that is past fires at once`(moment: Int64) throws {
        let timer = try DeadlineTimer()
        try timer.arm(at: moment)
        #expect(fires(timer, within: 1000))
        timer.acknowledge()
        #expect(!fires(timer, within: 0))
        // The same moment again is a new order.
        try timer.arm(at: moment)
        #expect(fires(timer, within: 1000))
    }

    @Test func `nothing fires early, or when disarmed`() throws {
        let timer = try DeadlineTimer()
        #expect(!fires(timer, within: 0))
        try timer.arm(at: .max)
        #expect(!fires(timer, within: 0))
        let moment = BootClock.now() + 20_000_000
        try timer.arm(at: moment)
        #expect(fires(timer, within: 5000))
        #expect(BootClock.now() >= moment)
        try timer.arm(at: nil)
        #expect(!fires(timer, within: 0))
        timer.acknowledge()
    }

    @Test func `an order after another replaces it`() throws {
        let timer = try DeadlineTimer()
        try timer.arm(at: .max)
        try timer.arm(at: 1)
        #expect(fires(timer, within: 1000))
        try timer.arm(at: .max)
        #expect(!fires(timer, within: 0))
    }
}

@Suite struct ClockTests {
    @Test func `the clock of the boot is the kernel's uptime`() throws {
        let before = BootClock.now()
        let text = try String(contentsOf: "/proc/uptime").prefix { $0 != " " }
        let after = BootClock.now()
        let uptime = try #require(Double(text)) * 1e9
        // /proc/uptime is CLOCK_BOOTTIME cut to hundredths of a second (fs/proc/uptime.c).
        #expect(Double(before) - 1e7 <= uptime && uptime <= Double(after))
        #expect(before <= after)
    }

    @Test func `the wall clock is the boot's and the offset`() {
        let wall = BootClock.now() + BootClock.wallOffset()
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        #expect(abs(wall / 1_000_000_000 - Int64(now.tv_sec)) <= 5)
    }

    @Test func `random words differ`() {
        #expect(Set((0..<1000).map { _ in RandomBytes.word() }).count == 1000)
        // Each bit is set in some and clear in others.
        let words = (0..<200).map { _ in RandomBytes.word() }
        #expect(words.reduce(0, |) == .max)
        #expect(words.reduce(.max, &) == 0)
    }
}
