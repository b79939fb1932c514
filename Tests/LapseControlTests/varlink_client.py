"""Talks to the control socket named on the command line with the public package "varlink".

Prints one JSON object of what came back; VarlinkInteropTests.swift judges it.
"""

import json
import sys

import varlink

answers = {}
client = varlink.Client.new_with_address("unix:" + sys.argv[1])
client.get_interfaces()
info = client.info
answers["product"] = info["product"]
answers["interfaces"] = info["interfaces"]

with client, client.open("io.lapse.Control") as lapse:
    members = client.get_interface("io.lapse.Control").members
    answers["methods"] = sorted(
        name for name, member in members.items() if type(member).__name__ == "_Method"
    )
    answers["open"] = [session["id"] for session in lapse.List()["sessions"]]
    answers["all"] = [session["id"] for session in lapse.List(True)["sessions"]]
    answers["more"] = [
        [session["id"] for session in reply["sessions"]] for reply in lapse.List(_more=True)
    ]
    answers["shown"] = lapse.Show("a1")["session"]
    answers["endedReason"] = lapse.Show("a6")["session"]["ended"]["reason"]
    answers["mode"] = lapse.Status()["status"]["mode"]
    lapse.End("a1", "from Python")
    lapse.End("a2", "oneway", _oneway=True)
    try:
        lapse.End("b5", "not mine")
    except varlink.VarlinkError as error:
        answers["noSuchSession"] = f"{error.error()} {error.parameters()['id']}"
    try:
        lapse.End("a1", "  ")
    except varlink.VarlinkError as error:
        answers["badWhy"] = f"{error.error()} {error.parameters()['parameter']}"
    answers["why"] = lapse.Why("a1")["why"]
    lapse.Touch("a1")
    answers["hold"] = lapse.Hold("a1", 60000, "from Python")
    lapse.Release("a1")
    answers["locked"] = lapse.Show("l8")["session"]
    lapse.Lock("a1")
    lapse.Lock("a2", "from Python")
    lapse.Lock("l8", "locked as it is")
    for name, call in {
        "holdTooLong": lambda: lapse.Hold("a1", 7200001, "too long"),
        "reasonMissing": lambda: lapse.Hold("a1", 1, " "),
        "touchLocked": lambda: lapse.Touch("l8"),
        "unlockDenied": lambda: lapse.Unlock("l8", "mine"),
        "extendDenied": lambda: lapse.Extend("a1", 1, "mine"),
        "revokeDenied": lambda: lapse.Revoke("bob", "not mine"),
        "reloadDenied": lambda: lapse.Reload(),
        "policyDenied": lambda: lapse.Policy(),
    }.items():
        try:
            call()
        except varlink.VarlinkError as error:
            answers[name] = error.error()
            if name == "holdTooLong":
                answers["maxMs"] = error.parameters()["maxMs"]
    answers["after"] = lapse.Status()["status"]["mode"]

try:
    client.open("com.example.nothing")
except varlink.VarlinkError as error:
    answers["noInterface"] = error.error()

json.dump(answers, sys.stdout)
