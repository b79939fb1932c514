import CLock

/// One attempt after the other.
extension Locker {
    /// How long the user waits after an attempt that failed, on top of what the modules want, in
    /// milliseconds: so much more for each one, up to `waitMax`.
    private static let waitStep = 1_000
    private static let waitMax = 5_000
    /// How long after an attempt that PAM could not make.
    private static let unableWait = 3_000

    /// Comes back when PAM has said that it is the user.
    func prove() {
        var isAsked = false
        while true {
            if !isAsked { waitForEnter() }
            let result = attempt()
            switch result.verdict {
            case LOCK_VERIFIED: return
            case LOCK_UNABLE:
                reportUnable(result)
                isAsked = false
            case _ where isAbandoned:
                isAsked = false
            default:
                reportFailed(result)
                // A stack that asks nothing would be tried again and again with nobody there.
                isAsked = hasAnswered
            }
        }
    }

    private func waitForEnter() {
        showPrompt("Press Enter to unlock.")
        while nextKey(until: nil) != .enter {}
        picture.notes = []
    }

    private func reportFailed(_ result: lock_result) {
        failures += 1
        let text = text(of: result)
        daemon.send(.failed(text))
        note(
            result.is_plain
                ? bytes(of: "That was not right.") : bytes(of: "Not unlocked: ") + text
        )
        rest(min(failures * Self.waitStep, Self.waitMax) + Int(result.delay / 1_000))
    }

    private func reportUnable(_ result: lock_result) {
        let text = text(of: result)
        daemon.send(.unable(text))
        note(bytes(of: "Re-authentication is not possible now: ") + text)
        rest(max(Self.unableWait, Int(result.delay / 1_000)))
    }

    private func text(of result: lock_result) -> [UInt8] {
        // SAFETY: pam_strerror(3) gives static text.
        result.text.map { bytes(at: $0, limit: 256) } ?? []
    }

    private func rest(_ milliseconds: Int) {
        showPrompt("Wait...")
        swallow(until: Moment.now.later(by: milliseconds))
    }

    private func attempt() -> lock_result {
        hasAnswered = false
        isAbandoned = false
        showPrompt("Wait...")
        draw()
        return withCText(lock.service) { service in
            withCText(lock.user) { user in
                withCText(lock.tty) { tty in
                    withCText(lock.rhost) { rhost in
                        var attempt = lock_attempt()
                        attempt.service = service
                        attempt.user = user
                        attempt.tty = tty
                        attempt.rhost = lock.rhost.isEmpty ? nil : rhost
                        attempt.module_seconds = moduleSeconds
                        attempt.context = Unmanaged.passUnretained(self).toOpaque()
                        attempt.ask = askLocker
                        attempt.answered = thankLocker
                        attempt.tell = tellLocker
                        return lock_try(&attempt)
                    }
                }
            }
        }
    }
}
