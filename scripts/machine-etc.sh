# shellcheck shell=bash
# machine-etc.sh: what unit-machine.sh and check-suspend.sh put onto their machines beside the
# programs of this one. They set `stage`, `policy` and `work`, and stand in the top directory.
# `module` may have arguments for pam_lapse.so.
#
# alice logs in with a key; she has the password "opensesame".
: "${stage:?}" "${policy:?}" "${work:?}"

# furnish ROOT: the rest of the machine, whose /usr is there.
furnish() {
    local root=$1
    mkdir -m 755 "$root"/{dev,etc,home,lapse,proc,run,sys,var,var/lib,var/log,host,etc/systemd,etc/lapse}
    mkdir -m 755 "$root"/etc/{pam.d,ssh,systemd/system} "$root/home/alice"
    chown 1001:1001 "$root/home/alice"
    mkdir -m 700 "$root/root"
    mkdir -m 1777 "$root"/{tmp,var/tmp}
    cp -a /etc/alternatives "$root/etc/"
    cp -a "$work/etc/." "$root/etc/"
    cp "$stage/lapsed" "$stage/lapsectl" "$stage/lapse-lock" "$stage/pam_lapse.so" \
        "$root/lapse/"
}

# put PATH: standard input becomes a file of the machine's /etc.
put() { mkdir -p "$(dirname "$work/etc/$1")" && cat >"$work/etc/$1"; }
put passwd <<'TEXT'
root:x:0:0:root:/root:/bin/bash
alice:x:1001:1001:alice:/home/alice:/bin/bash
sshd:x:100:65534::/run/sshd:/usr/sbin/nologin
messagebus:x:101:65534::/nonexistent:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
TEXT
put group <<'TEXT'
root:x:0:
adm:x:4:
tty:x:5:
utmp:x:43:
systemd-journal:x:44:
alice:x:1001:
nogroup:x:65534:
TEXT
# The machine's alone, and known to everybody who reads this.
# shellcheck disable=SC2016
hash=$(perl -e 'print crypt "opensesame", q($6$lapse$)')
put shadow <<<"root:*:19000:0:99999:7:::
alice:$hash:19000:0:99999:7:::"
chmod 640 "$work/etc/shadow"
put nsswitch.conf <<<$'passwd: files\ngroup: files\nshadow: files\nhosts: files'
put hosts <<<"127.0.0.1 localhost machine"
put hostname <<<machine
# It leaves all virtual terminals alone but for the one that is there.
put systemd/logind.conf <<<$'[Login]\nNAutoVTs=0\nReserveVT=0'
put machine-id <<<0123456789abcdef0123456789abcdef
put os-release <<<'PRETTY_NAME="machine"'
put login.defs <<<$'TTYGROUP tty\nTTYPERM 0600\nLOGIN_TIMEOUT 60'
for service in sshd login; do
    put pam.d/$service <<TEXT
auth required pam_permit.so
account required pam_permit.so
session required pam_loginuid.so
session [success=ok session_err=die default=ignore] /lapse/pam_lapse.so ${module:-}
session optional pam_systemd.so
TEXT
done
put pam.d/lapse-unlock <<<$'auth required pam_unix.so\naccount required pam_unix.so'
put pam.d/systemd-user <<<$'account required pam_permit.so\nsession optional pam_systemd.so'
put lapse/lapse.toml <<<"$policy"
ssh-keygen -q -t ed25519 -N '' -f "$work/etc/ssh/key" 2>/dev/null ||
    { mkdir -p "$work/etc/ssh" && ssh-keygen -q -t ed25519 -N '' -f "$work/etc/ssh/key"; }
cp "$work/etc/ssh/key.pub" "$work/etc/ssh/authorized_keys"
put ssh/sshd_config <<'TEXT'
ListenAddress 127.0.0.1
HostKey /etc/ssh/key
AuthorizedKeysFile /etc/ssh/authorized_keys
KbdInteractiveAuthentication no
PasswordAuthentication no
UsePAM yes
UseDNS no
PrintMotd no
PrintLastLog no
TEXT
put ssh/ssh_config <<'TEXT'
IdentityFile /etc/ssh/key
StrictHostKeyChecking no
UserKnownHostsFile /dev/null
LogLevel ERROR
TEXT
put systemd/system/ssh.service <<'TEXT'
[Unit]
After=lapsed.service
[Service]
RuntimeDirectory=sshd
ExecStart=/usr/sbin/sshd -D -e
KillMode=process
TEXT
# shellcheck source=scripts/machine-target.sh
. scripts/machine-target.sh
put_target "$work/etc/systemd/system"
sed -e "s,/usr/local/sbin,/lapse," "${UNIT:-systemd/lapsed.service}" |
    put systemd/system/lapsed.service
sed -e "s,/usr/local/libexec,/lapse," systemd/lapse-lock@.service | put systemd/system/lapse-lock@.service
[ -n "${NO_SOCKET:-}" ] || put systemd/system/lapse-lock.socket <systemd/lapse-lock.socket
