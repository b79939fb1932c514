/// A hint that local accounts changed: passwd(5), shadow(5), group(5) or gshadow(5) was replaced.
///
/// The tools write a file beside it and rename it (shadow's `commonio.c`, nss and vipw alike), some
/// programs write into it. What changed, the caller looks up. Users of a directory change without
/// a sign here.
package final class AccountChanges {
    /// All changes within this time after the first make one hint: `usermod` alone replaces up to
    /// four files.
    package static let pause: Duration = .milliseconds(200)
    private static let names: Set<String> = ["passwd", "shadow", "group", "gshadow"]

    private let loop: EventLoop
    private let inotify: Inotify
    private let watch: Inotify.Watch
    private let timer: DeadlineTimer
    private let changed: () -> Void
    private var tokens: [EventLoop.Token] = []
    private var isArmed = false

    /// Begins to watch; `changed` is called on the loop's thread `pause` after a change, so that it
    /// finds all of it, and at most once in that time.
    package init(
        on loop: EventLoop,
        directory: String = "/etc",
        changed: @escaping () -> Void
    ) throws(SystemError) {
        self.loop = loop
        self.changed = changed
        inotify = try Inotify()
        watch = try inotify.watchContents(of: directory)
        timer = try DeadlineTimer()
        tokens.append(
            try loop.watch(inotify.descriptor, for: .readable) { [unowned self] _ in takeEvents() }
        )
        tokens.append(
            try loop.watch(timer.descriptor, for: .readable) { [unowned self] _ in takeTime() }
        )
    }

    deinit {
        for token in tokens { loop.unwatch(token) }
    }

    private func takeEvents() {
        let isChange = inotify.events().contains { event in
            switch event {
            case .created(_, let name), .written(_, let name): Self.names.contains(name)
            // Events were lost, or the directory is another one: what changed, nobody knows.
            case .overflowed, .gone: true
            case .read, .changed, .modified: false
            }
        }
        guard isChange, !isArmed else { return }
        let pause = Self.pause.components.attoseconds / 1_000_000_000
        // Without a timer the hint comes at once and more often, which is no harm.
        guard (try? timer.arm(at: BootClock.now() + pause)) != nil else { return changed() }
        isArmed = true
    }

    private func takeTime() {
        timer.acknowledge()
        isArmed = false
        changed()
    }
}
