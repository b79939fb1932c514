import Testing

@testable import LapseStage

@Suite struct TranscriptTests {
    @Test func `a phrase is found where its words stand on one line in order`() {
        let cases: [(text: String, isFound: Bool)] = [
            ("Lapse: idle, ends in 10s\n", true),
            ("x Lapse: y 10s z", true),
            ("10s Lapse:", false),
            ("Lapse:\n10s", false),
            ("", false),
            ("LLapse: 110s", true),
        ]
        for (text, isFound) in cases {
            let finds = Phrase(["Lapse:", "10s"]).finds(in: Array(text.utf8))
            #expect(finds.isEmpty != isFound, "\(text.debugDescription)")
        }
    }

    @Test func `a sighting has the time of the part that completed the phrase`() throws {
        let transcript = Transcript()
        let start = ContinuousClock.now
        for (second, part) in ["Lap", "se: 1", "0s and more\nnext"].enumerated() {
            transcript.append(Array(part.utf8), at: start + .seconds(second))
        }
        let found = try #require(transcript.sightings(of: ["Lapse:", "10s"]).first)
        #expect(found.at == start + .seconds(2))
        #expect(found.line == "Lapse: 10s and more")
        #expect(transcript.sightings(of: "Lapse:", after: found.mark).isEmpty)
        #expect(transcript.sightings(of: "next", after: found.mark).count == 1)
    }

    @Test func `a full transcript takes no more and says so`() {
        let transcript = Transcript()
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: Transcript.byteCountMax - 1)
        transcript.append(line, at: .now)
        #expect(!transcript.text.hasSuffix("]"))
        transcript.append(Array("yz".utf8), at: .now)
        transcript.append(Array("later".utf8), at: .now)
        #expect(transcript.text.hasSuffix("xy\n[the transcript is full]"))
    }

    @Test func `waiting for what ended streams never said fails at once`() async throws {
        let transcript = Transcript()
        let loop = try StageLoop()
        try say("only this\n", to: transcript, on: loop)
        try say("and that\n", to: transcript, on: loop)
        _ = try await transcript.wait(for: "and that", within: .seconds(10))
        let start = ContinuousClock.now
        await #expect(throws: StageError.self) {
            _ = try await transcript.wait(for: "something else", within: .seconds(60))
        }
        #expect(ContinuousClock.now - start < .seconds(30))
        loop.stop()
    }

    /// A stream that says something and ends, since its write end goes with this call.
    private func say(_ text: String, to transcript: Transcript, on loop: StageLoop) throws {
        let pipe = try makePipe()
        try transcript.follow(pipe.read, on: loop)
        try writeAll(Array(text.utf8), to: pipe.write)
    }
}
