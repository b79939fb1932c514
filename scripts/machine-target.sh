# shellcheck shell=bash
# machine-target.sh: what systemd is to start on a machine of a test.

# put_target DIRECTORY: its units, which has those of Lapse and of sshd.
put_target() {
    local unit
    cat >"$1/machine.target" <<'TEXT'
[Unit]
Wants=lapsed.service ssh.service dbus.service
Wants=systemd-logind.service systemd-user-sessions.service
After=lapsed.service ssh.service dbus.service
Requires=basic.target
TEXT
    for unit in systemd-{udevd,sysusers,tmpfiles-setup-dev,hwdb-update,networkd,timesyncd}.service \
        getty.target; do
        ln -s /dev/null "$1/$unit"
    done
    ln -s machine.target "$1/default.target"
}
