import CLock

/// What the modules of PAM want to be asked and told (pam_conv(3)).
extension Locker {
    /// How long a prompt waits for a key, in milliseconds.
    private static let idleMax = 60_000

    /// Asks; the answer is in `answer` until `thank`.
    ///
    /// - Returns: False if nobody answers. It does not come back at all if the daemon says to leave:
    ///   a module that is told of an error may count that as an attempt (pam_faillock).
    fileprivate func ask(_ text: [UInt8], isShown: Bool) -> Bool {
        dropInput()
        forgetAnswer()
        picture.prompt = text
        isAnswerShown = isShown
        isDrawn = false
        var deadline = Moment.now.later(by: Self.idleMax)
        while let key = nextKey(until: deadline) {
            deadline = Moment.now.later(by: Self.idleMax)
            switch key {
            case .enter where answer.isTooLong: refuse()
            case .enter:
                if !hasAnswered { picture.notes = [] }
                hasAnswered = true
                isAnswerShown = false
                return true
            case .cancel:
                answer.clear()
                isDrawn = false
            default: if answer.take(key), isShown { isDrawn = false }
            }
        }
        isAbandoned = true
        thank()
        return false
    }

    /// What is there is the beginning of what was typed, and no answer.
    private func refuse() {
        answer.clear()
        note(bytes(of: "That was too long, and was not tried."))
    }

    /// The answer has been taken.
    fileprivate func thank() {
        forgetAnswer()
        wipeInput()
        showPrompt("Wait...")
        draw()
    }

    private func forgetAnswer() {
        isAnswerShown = false
        answer.clear()
        SecretMemory.wipe(memory.answer)
    }

    /// Shows at once: what follows may be a module that waits for a finger on a key.
    fileprivate func tell(_ text: [UInt8]) {
        note(text)
        draw()
    }
}

// MARK: - The way from C

/// The most that a text of a module may have: PAM_MAX_MSG_SIZE of <security/_pam_types.h>.
private let textMax = 512

private func locker(_ context: UnsafeMutableRawPointer?) -> Locker {
    // SAFETY: `attempt` gives itself as the context, and is there until PAM has come back.
    Unmanaged<Locker>.fromOpaque(context.unsafelyUnwrapped).takeUnretainedValue()
}

private func text(_ start: UnsafePointer<CChar>?) -> [UInt8] {
    // SAFETY: pam.c gives a C string.
    start.map { bytes(at: $0, limit: textMax) } ?? []
}

let askLocker:
    @convention(c) (
        UnsafeMutableRawPointer?, UnsafePointer<CChar>?, Bool,
        UnsafeMutablePointer<UnsafeRawPointer?>?, UnsafeMutablePointer<Int>?
    ) -> Bool = { context, prompt, isShown, answer, count in
        let locker = locker(context)
        guard locker.ask(text(prompt), isShown: isShown) else { return false }
        answer?.pointee = locker.answer.bytes.baseAddress
        count?.pointee = locker.answer.count
        return true
    }

let thankLocker: @convention(c) (UnsafeMutableRawPointer?) -> Void = { locker($0).thank() }

let tellLocker: @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?) -> Void = {
    locker($0).tell(text($1))
}
