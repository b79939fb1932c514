#!/bin/bash
# check-install.sh: installs into an empty directory, looks at what came, and removes it again.
#
# The list below is written by hand on purpose: what is installed must be what somebody meant.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$(mktemp -d)
fail() { echo "check-install: $*" >&2; exit 1; }
make_with() { make --no-print-directory "$1" DESTDIR="$root" "${@:2}" >"$root.log" 2>&1; }
trap 'rm -rf "$root" "$root.log"' EXIT

# What the administrator has already.
mkdir -p "$root/etc/lapse" "$root/etc/pam.d"
echo 'mode = "observe"' >"$root/etc/lapse/lapse.toml"
echo 'session required pam_unix.so # and no pam_lapse.so' >"$root/etc/pam.d/login"
before=$(cd "$root" && find . -type f -exec sha256sum {} + | sort)

pam=$(find /usr/lib -name pam_unix.so -path "*/$(uname -m)-*" -printf '%P\n' -quit)
pam=usr/lib/$(dirname "${pam:-security/here}")
expected="755 usr/local/bin/lapsectl
755 usr/local/libexec/lapse-lock
755 usr/local/sbin/lapsed
644 $pam/pam_lapse.so
644 usr/local/lib/systemd/system/lapse-lock.socket
644 usr/local/lib/systemd/system/lapse-lock@.service
644 usr/local/lib/systemd/system/lapsed.service
644 usr/local/share/bash-completion/completions/lapsectl
644 usr/local/share/doc/lapse/examples/activity.toml
644 usr/local/share/doc/lapse/examples/lapse.toml
644 usr/local/share/doc/lapse/examples/observe.toml
644 usr/local/share/doc/lapse/examples/rules.toml
644 usr/local/share/doc/lapse/examples/strict.toml
644 usr/local/share/doc/lapse/pam.d/lapse-login-snippet
644 usr/local/share/doc/lapse/pam.d/lapse-sshd-snippet
644 usr/local/share/doc/lapse/pam.d/lapse-su-snippet
644 usr/local/share/doc/lapse/pam.d/lapse-sudo-snippet
644 usr/local/share/doc/lapse/pam.d/lapse-unlock
644 usr/local/share/fish/vendor_completions.d/lapsectl.fish
644 usr/local/share/man/man1/lapsectl.1
644 usr/local/share/man/man5/lapse.toml.5
644 usr/local/share/man/man7/lapse-activity.7
644 usr/local/share/man/man8/lapsed.8
644 usr/local/share/man/man8/pam_lapse.8
644 usr/local/share/zsh/site-functions/_lapsectl"

make_with install || fail "make install: $(cat "$root.log")"
found=$(cd "$root" && find . -type f ! -path './etc/*' -printf '%m %P\n')
diff <(sort <<<"$expected") <(sort <<<"$found") || fail "that is not what should be installed"
after=$(cd "$root/etc" && find . -type f | sort)
[ "$after" = "./lapse/lapse.toml
./pam.d/lapse-unlock
./pam.d/login" ] || fail "in /etc there is after install: $after"

# The service file is the administrator's as soon as he changes it.
echo 'auth required pam_u2f.so' >"$root/etc/pam.d/lapse-unlock"
own=$(sha256sum "$root/etc/pam.d/lapse-unlock")
make_with install || fail "make install, once more: $(cat "$root.log")"
[ "$own" = "$(sha256sum "$root/etc/pam.d/lapse-unlock")" ] || fail "install replaced lapse-unlock"
make_with uninstall || fail "make uninstall: $(cat "$root.log")"
[ "$own" = "$(sha256sum "$root/etc/pam.d/lapse-unlock")" ] || fail "uninstall took lapse-unlock"
rm "$root/etc/pam.d/lapse-unlock"
make_with install || fail "make install, a third time: $(cat "$root.log")"

bash -n "$root/usr/local/share/bash-completion/completions/lapsectl" || fail "bash's completion"
for unit in lapsed lapse-lock@; do
    program=$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$root/usr/local/lib/systemd/system/$unit.service")
    [ -x "$root$program" ] || fail "$unit.service starts $program, which is not there"
done
"$root/usr/local/sbin/lapsed" --version >/dev/null || fail "lapsed does not run"
"$root/usr/local/bin/lapsectl" --version >/dev/null || fail "lapsectl does not run"

# A module that a PAM stack still names must not go: the next login would miss it.
echo 'session optional pam_lapse.so' >>"$root/etc/pam.d/login"
make_with uninstall && fail "uninstall took away a module that is in use"
sed -i '/optional pam_lapse/d' "$root/etc/pam.d/login"
make_with uninstall || fail "make uninstall: $(cat "$root.log")"
[ "$before" = "$(cd "$root" && find . -type f -exec sha256sum {} + | sort)" ] ||
    fail "uninstall left or changed something: $(find "$root" -type f)"
[ ! -e "$root/usr/local/share/doc/lapse" ] || fail "uninstall left its documents' directory"

# Another prefix: the unit follows, and so does the locker.
make_with install PREFIX=/opt/lapse UNIT_DIR=/etc/systemd/system || fail "make install PREFIX="
grep -qx 'ExecStart=/opt/lapse/sbin/lapsed' "$root/etc/systemd/system/lapsed.service" ||
    fail "the unit does not follow PREFIX"
grep -q '^ExecStart=/opt/lapse/libexec/' "$root/etc/systemd/system/lapse-lock@.service" ||
    fail "the locker's unit does not follow PREFIX"
[ -x "$root/opt/lapse/libexec/lapse-lock" ] || fail "the locker does not follow PREFIX"
[ "$(find "$root/usr" -type f ! -name pam_lapse.so)" = "" ] || fail "PREFIX was not heeded"
echo "check-install: $(wc -l <<<"$expected") files come and go; of /etc, lapse-unlock alone"
