// The standards as data. A value that could not be compared with its source says so.
//
// Whether a lock is enough is decided by what the clause asks for. 8.2.8 of PCI DSS and 7.2 of
// SP 800-63B ask for a new authentication: a lock is one, with the factors that the stack of
// `lapse-unlock` asks for, which no policy can tell. All others ask for an end: AC-2(5) has users
// log out and AC-12 sessions terminated; SRG-OS-000163 and the rules for logind's
// StopIdleSessionSec speak of terminating, those for TMOUT of a shell that exits; HIPAA's title
// is "automatic logoff". AC-11 of SP 800-53, which asks for a lock alone, is none of ours: where
// AC-12 holds as well, a limit that keeps that keeps both.

extension Baseline {
    /// All baselines, in the order in which they are listed for people.
    package static let all = [
        pciDSS, nistModerate, nistHigh, aal2, aal3, disaSRG, stigRHEL8, stigRHEL9, stigRHEL10,
        stigUbuntu2204, stigUbuntu2404, cis, hipaa,
    ]

    private static func minutes(_ count: Int) -> Duration { .seconds(count * 60) }
    private static func hours(_ count: Int) -> Duration { .seconds(count * 3_600) }

    private static let pciDSS = Baseline(
        id: "pci-dss",
        title: "PCI DSS 4.0.1",
        hasExceptions: false,
        requirements: [
            Requirement(
                "8.2.8",
                "who is idle for more than 15 minutes has to authenticate again",
                .idle(.after(minutes(15)), .reauthentication)
            )
        ]
    )

    private static let nistModerate = Baseline(
        id: "nist-800-53-moderate",
        title: "NIST SP 800-53 Rev. 5 moderate",
        hasExceptions: false,
        requirements: [
            Requirement(
                "AC-2(5), AC-12",
                "sessions end after a time of inactivity that the organisation sets",
                .idle(.never, .end)
            )
        ]
    )

    private static let nistHigh = Baseline(
        id: "nist-800-53-high",
        title: "NIST SP 800-53 Rev. 5 high",
        hasExceptions: false,
        requirements: [
            Requirement(
                "AC-2(5), AC-12",
                "sessions end after a time of inactivity that the organisation sets;"
                    + " 15 minutes are about what FedRAMP High asks for",
                .idle(.after(minutes(15)), .end),
                isFromMemory: true
            ),
            Requirement(
                "IA-11",
                "users authenticate again where the organisation says so;"
                    + " 12 hours are about what FedRAMP High asks for",
                .lifetime(hours(12)),
                isFromMemory: true
            ),
        ]
    )

    private static let aal2 = Baseline(
        id: "nist-800-63b-aal2",
        title: "NIST SP 800-63B-3 AAL2",
        hasExceptions: false,
        requirements: [
            Requirement(
                "7.2",
                "a session needs a new authentication after 30 minutes of inactivity;"
                    + " Revision 4 says 1 hour (from memory, unverified)",
                .idle(.after(minutes(30)), .reauthentication)
            ),
            Requirement(
                "7.2",
                "a session needs a new authentication after 12 hours;"
                    + " Revision 4 says 24 hours (from memory, unverified)",
                .lifetime(hours(12))
            ),
        ]
    )

    private static let aal3 = Baseline(
        id: "nist-800-63b-aal3",
        title: "NIST SP 800-63B-3 AAL3",
        hasExceptions: false,
        requirements: [
            Requirement(
                "7.2",
                "a session needs a new authentication with both factors after 15 minutes of"
                    + " inactivity",
                .idle(.after(minutes(15)), .reauthentication)
            ),
            Requirement(
                "7.2",
                "a session needs a new authentication with both factors after 12 hours",
                .lifetime(hours(12))
            ),
        ]
    )

    private static let disaSRG = Baseline(
        id: "disa-srg",
        title: "DISA OS SRG",
        hasExceptions: true,
        requirements: [
            Requirement(
                "SRG-OS-000163-GPOS-00072",
                "a user's session ends after 15 minutes of inactivity, but for documented needs of"
                    + " the mission",
                .idle(.after(minutes(15)), .end)
            ),
            Requirement(
                "SRG-OS-000163-GPOS-00072",
                "a privileged session ends after 10 minutes of inactivity, but for documented needs"
                    + " of the mission",
                .privilegedIdle(minutes(10))
            ),
        ]
    )
}

// MARK: - STIGs, CIS, HIPAA

extension Baseline {
    private static let tenMinutes = "a session ends after 600 seconds of inactivity"

    private static let stigRHEL8 = Baseline(
        id: "stig-rhel-8",
        title: "STIG RHEL 8",
        hasExceptions: false,
        requirements: [
            Requirement("RHEL-08-020035", tenMinutes, .idle(.after(minutes(10)), .end)),
            Requirement(
                "RHEL-08-020024",
                "a user has at most 10 sessions at a time",
                .sessions(10)
            ),
        ]
    )

    private static let stigRHEL9 = Baseline(
        id: "stig-rhel-9",
        title: "STIG RHEL 9",
        hasExceptions: false,
        requirements: [
            Requirement("RHEL-09-412080", tenMinutes, .idle(.after(minutes(10)), .end)),
            Requirement(
                "RHEL-09-412040",
                "a user has at most 10 sessions at a time",
                .sessions(10),
                isFromMemory: true
            ),
        ]
    )

    private static let stigRHEL10 = Baseline(
        id: "stig-rhel-10",
        title: "STIG RHEL 10",
        hasExceptions: false,
        requirements: [
            Requirement(
                "rule 700920",
                "a shell ends after 600 seconds at its prompt",
                .idle(.after(minutes(10)), .end)
            )
        ]
    )

    private static let stigUbuntu2204 = Baseline(
        id: "stig-ubuntu-22.04",
        title: "STIG Ubuntu 22.04",
        hasExceptions: false,
        requirements: [
            Requirement(
                "UBTU-22-412030",
                "a shell ends after 900 seconds at its prompt",
                .idle(.after(minutes(15)), .end)
            )
        ]
    )

    private static let stigUbuntu2404 = Baseline(
        id: "stig-ubuntu-24.04",
        title: "STIG Ubuntu 24.04",
        hasExceptions: false,
        requirements: [
            Requirement(
                "UBTU-24-200060",
                "a shell ends after 600 seconds at its prompt",
                .idle(.after(minutes(10)), .end)
            )
        ]
    )

    private static let cis = Baseline(
        id: "cis",
        title: "CIS benchmarks for Linux",
        hasExceptions: false,
        requirements: [
            Requirement(
                "5.4.3.2",
                "a shell ends after at most 900 seconds at its prompt",
                .idle(.after(minutes(15)), .end)
            )
        ]
    )

    private static let hipaa = Baseline(
        id: "hipaa",
        title: "HIPAA Security Rule",
        hasExceptions: false,
        requirements: [
            Requirement(
                "45 CFR 164.312(a)(2)(iii)",
                "sessions end after a predetermined time of inactivity; the rule names no figure",
                .idle(.never, .end)
            )
        ]
    )
}
