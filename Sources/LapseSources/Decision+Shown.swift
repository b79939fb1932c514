package import LapseControl
package import LapsePolicy

// The decision of the policy in the terms of the control interface: `why` and `policy explain`
// show the same.

extension Decision {
    /// Each setting with its value and where that comes from.
    ///
    /// - Parameter policy: The policy that decided.
    /// - Returns: All settings in the order of `Setting.allCases`.
    package func settings(of policy: Policy) -> [SettingInfo] {
        Setting.allCases.map { setting in
            SettingInfo(
                name: setting.rawValue,
                value: allowance.text(of: setting),
                origin: policy.shown(origin(of: setting))
            )
        }
    }
}

extension Policy {
    /// A place of this policy as it is shown.
    package func shown(_ origin: Origin) -> OriginInfo {
        switch origin {
        case .builtIn: .builtIn
        case .file: OriginInfo(rule: nil, place: describe(origin))
        case .rule(let name, let span):
            OriginInfo(rule: name, place: describe(.file(span)))
        }
    }

    /// An exception of this policy as it is shown.
    package func shown(
        _ exception: PolicyException,
        in zone: any TimeZoneRules
    ) -> ExceptionInfo {
        ExceptionInfo(
            rule: exception.rule,
            reason: exception.reason,
            untilUs: exception.until.instant(in: zone).seconds * 1_000_000,
            place: shown(exception.origin).place ?? ""
        )
    }

    /// Exceptions that hold for nobody any more.
    package func exceptionsOver(at moment: WallMoment) -> [ExceptionInfo] {
        exceptions.filter { $0.until.isOver(at: moment) }.map { shown($0, in: moment.zone) }
    }
}

extension StatusInfo.Mode {
    /// The mode as it is shown.
    package init(_ mode: Mode) {
        switch mode {
        case .enforce: self = .enforce
        case .observe: self = .observe
        }
    }
}
