import CLock

/// What is on the screen, and how it goes from there.
extension Locker {
    /// The most warnings of the daemon that are shown; the oldest goes.
    private static let warningsMax = 3
    /// The most notes that are kept: rows are counted when they are drawn.
    private static let notesMax = 8

    /// Shows a text where the cursor stands.
    func showPrompt(_ text: StaticString) {
        picture.prompt = bytes(of: text)
        isDrawn = false
    }

    /// Adds a text below the prompt.
    func note(_ text: [UInt8]) {
        guard !text.isEmpty else { return }
        picture.notes.append(text)
        if picture.notes.count > Self.notesMax { picture.notes.removeFirst() }
        isDrawn = false
    }

    func warn(_ text: [UInt8]) {
        warnings.append(text)
        if warnings.count > Self.warningsMax { warnings.removeFirst() }
        isDrawn = false
    }

    /// Draws all of it; what the terminal does not take is drawn when it takes something again.
    func draw() {
        isDrawn = true
        guard !isClosed else { return }
        if entered < LockPicture.enter.count {
            entered += terminal.write(LockPicture.enter[entered...])
        }
        drawnSize = terminal.size
        guard !terminal.isStuck else { return }
        var shown = picture
        // Where there is room for few lines, the first ones stay.
        shown.lines = lock.lines.prefix(1) + warnings + lock.lines.dropFirst()
        if isAnswerShown { shown.prompt += answer.bytes }
        let picture = shown.paint(
            rows: Int(drawnSize.rows),
            columns: Int(drawnSize.columns),
            isUTF8: terminal.isUTF8
        )
        terminal.write(picture[...])
    }

    // MARK: - The end

    /// Puts the screen back and ends, whatever was going on.
    func leave() -> Never {
        forget()
        if !isClosed {
            terminal.write(LockPicture.leave(keepsAlternate: screen == .alternate)[...])
        }
        daemon.send(.left)
        _exit(ExitStatus.left)
    }

    /// Says why the session ends, and keeps keys from those who come next.
    func close(saying text: [UInt8]) -> Never {
        forget()
        let columns = Int(terminal.size.columns)
        // The application that had switched will not switch back.
        let words =
            LockPicture.leave(keepsAlternate: false)
            + LockPicture.farewell(text, columns: columns, isUTF8: terminal.isUTF8)
        terminal.write(words[...])
        isClosed = true
        swallowForEver()
    }

    private func forget() {
        answer.clear()
        SecretMemory.wipe(memory.answer)
        wipeInput()
    }
}
