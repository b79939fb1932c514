import LapseControl

/// What `lapsectl why` and `lapsectl policy explain` print of the policy's decision.
enum DecisionReport {
    /// The settings as a table: name, where the value comes from, value.
    ///
    /// The value stands last because the steps of an end take a line of their own length.
    ///
    /// - Parameters:
    ///   - settings: The settings.
    ///   - width: Columns of the terminal; nil when the text goes elsewhere.
    /// - Returns: The table.
    static func table(_ settings: [SettingInfo], width: Int?) -> String {
        var table = TextTable([
            .init("SETTING"), .init("VALUE", cutTo: 12), .init("FROM", cutTo: 20),
        ])
        for setting in settings {
            let values = rows(of: PlainText.escaped(setting.value))
            for (place, value) in values.enumerated() {
                let isFirst = place == 0
                let name = isFirst ? PlainText.escaped(setting.name) : ""
                table.add([name, value, isFirst ? text(of: setting.origin) : ""])
            }
        }
        return table.text(width: width)
    }

    /// An array of tables has a row for each: the steps of an end.
    private static func rows(of value: String) -> [String] {
        guard value.hasPrefix("[{"), value.hasSuffix("}]") else { return [value] }
        let steps = value.dropFirst().dropLast().split(separator: "}")
        return steps.map { step in
            String(step.drop { $0 == "," || $0 == " " }) + "}"
        }
    }

    /// For example "rule night, /etc/lapse/lapse.toml:12".
    static func text(of origin: OriginInfo) -> String {
        guard let place = origin.place.map(PlainText.escaped) else { return "built in" }
        return origin.rule.map { "rule \(PlainText.escaped($0)), \(place)" } ?? place
    }

    /// Adds the mode and where it comes from.
    static func addMode(
        _ mode: StatusInfo.Mode,
        from origin: OriginInfo,
        to list: inout FactList
    ) {
        list.add("Mode", "\(StatusReport.text(of: mode)) (\(text(of: origin)))")
    }

    /// Adds what was unknown, and the exceptions.
    static func addDoubts(
        _ unknown: [String],
        _ exceptions: [ExceptionInfo],
        to list: inout FactList,
        zone: WallTimeText.Zone
    ) {
        for fact in unknown {
            let fact = PlainText.escaped(fact)
            list.add("Unknown", "\(fact): rules that ask for it were passed over")
        }
        for exception in exceptions {
            let time = WallTimeText.text(microseconds: exception.untilUs, zone: zone)
            let rule = PlainText.escaped(exception.rule)
            let place = PlainText.escaped(exception.place)
            list.add("Exception", "rule \(rule), \(place), until \(time)")
            list.add("", PlainText.escaped(exception.reason))
        }
    }
}
