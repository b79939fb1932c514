#!/bin/bash
# check-suspend.sh STAGE_DIR: suspends a machine to RAM, with sessions that are locked, idle, warned of
# it or in use: scripts/suspend-cases.sh, which runs on that machine, says what is looked at.
#
# It is a virtual one with a kernel of Debian's, which is fetched and unpacked, never installed. The
# programs of this host's packages, the module and the daemon out of STAGE_DIR are in its memory,
# and it has neither disk nor network: nothing that would have to come back from the sleep beside
# them. What is said there comes here over a serial line. Nothing stays behind but the kernel, below
# .build. Needs root, and should have /dev/kvm.
#
# CASES="2 5" in the environment leaves the others out; KERNEL=DIR has a vmlinuz of its own, and
# inet_diag.ko and tcp_diag.ko unless they are built in.
set -euo pipefail
[ $# -eq 1 ] && [ -x "$1/lapsed" ] || { echo "usage: $0 STAGE_DIR" >&2; exit 2; }
stage=$(readlink -f "$1")
cd "$(dirname "$0")/.."
policy='[defaults]'
work=$(mktemp -d)
virtual=
finish() {
    [ -z "$virtual" ] || { kill -KILL "$virtual"; wait "$virtual"; } 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

kernel=${KERNEL:-$PWD/.build/suspend-kernel}
if [ ! -e "$kernel/vmlinuz" ]; then
    # The kernel for clouds: a third of the other one's size, and it knows all that QEMU has.
    apt-get update -qq
    package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-\)/\1/p' | head -n 1)
    echo "fetching $package"
    (cd "$work" && apt-get -o APT::Sandbox::User=root download -qq "$package" && dpkg-deb -x "$package"_*.deb unpacked)
    mkdir -p "$kernel"
    # Debian 13 has its modules compressed.
    find "$work/unpacked" -name '*_diag.ko.xz' -exec xz -d {} +
    find "$work/unpacked" \( -name inet_diag.ko -o -name tcp_diag.ko \) -exec cp {} "$kernel/" \;
    cp "$work"/unpacked/boot/vmlinuz-* "$kernel/vmlinuz"
    rm -r "$work/unpacked"
fi

# An emulated processor may need longer than the half second that a login waits.
# shellcheck disable=SC2034
module=timeout=10s
# shellcheck source=scripts/machine-etc.sh
. scripts/machine-etc.sh
put systemd/system/cases.service <<'TEXT'
[Unit]
After=lapsed.service ssh.service dbus.service systemd-logind.service systemd-user-sessions.service
[Service]
Type=oneshot
Environment=HOME=/root LC_ALL=C.UTF-8
ExecStart=bash -c 'bash /lapse/scripts/suspend-cases.sh </dev/null >/dev/ttyS0 2>&1; \
    echo "end $?" >/dev/ttyS0; systemctl poweroff -ff'
TEXT
mkdir "$work/etc/systemd/system/machine.target.wants"
ln -s ../cases.service "$work/etc/systemd/system/machine.target.wants/"

# Whole packages, with what they need: no list of files to go stale.
root=$work/root
mkdir "$root"
for directory in /bin /sbin /lib /lib32 /lib64 /libx32; do
    [ ! -L $directory ] || { cp -P $directory "$root/" && mkdir -p "$root/$(readlink $directory)"; }
done
apt-cache depends --recurse --installed --no-recommends --no-suggests --no-conflicts --no-breaks \
    --no-replaces --no-enhances systemd dbus openssh-server openssh-client procps util-linux tmux bash \
    coreutils findutils grep sed perl-base libpam-systemd libpam-modules libstdc++6 libc-bin \
    ncurses-base |
    grep '^[a-z0-9]' | sort -u >"$work/packages"
# It fails for those that are there under another name.
{ xargs dpkg-query -L <"$work/packages" 2>/dev/null || true; } |
    grep -E '^/(usr|s?bin|lib[0-9x]*)/' | sort -u |
    grep -Ev '^/usr/(src|share/(doc|man|info|locale|i18n|zoneinfo|lintian))(/|$)' |
    while read -r file; do [ ! -e "$file" ] || echo "${file#/}"; done >"$work/files"
tar -C / --no-recursion -cf - -T "$work/files" | tar -C "$root" --keep-directory-symlink -xf -
furnish "$root"
mkdir "$root/lapse/scripts"
cp scripts/{machine-checks,suspend-cases}.sh "$root/lapse/scripts/"
echo "${CASES:-}" >"$root/lapse/cases"

# What is unpacked at the boot is no place for systemd to stay: it could not pivot away from it.
mkdir "$work/boot"
cp "$(command -v busybox)" "$work/boot/busybox"
find "$kernel" -name '*_diag.ko' -exec cp {} "$work/boot/" \;
tar -C "$root" -cf "$work/boot/machine.tar" .
cat >"$work/boot/init" <<'INIT'
#!/busybox sh
for module in inet_diag tcp_diag; do [ ! -e /$module.ko ] || /busybox insmod /$module.ko; done
/busybox mkdir /machine
/busybox mount -t tmpfs -o mode=755,size=75% machine /machine
/busybox tar -xf /machine.tar -C /machine
/busybox rm /machine.tar
exec /busybox switch_root /machine /lib/systemd/systemd --system --log-target=null --show-status=no
INIT
chmod 755 "$work/boot/init"
(cd "$work/boot" && find . | busybox cpio -o -H newc 2>/dev/null) >"$work/initrd"
rm -r "${work:?}/boot" "$root"

accelerated=(-accel kvm -cpu host)
# A /dev/kvm on a processor that cannot virtualize boots kernels that were made for it alone.
if [ ! -w /dev/kvm ] || ! grep -qE '^flags.* (vmx|svm)( |$)' /proc/cpuinfo; then
    echo "!!! no KVM here: the processor is emulated, and short times below are no measure" >&2
    accelerated=(-accel "tcg,tb-size=256" -cpu max)
fi
timeout --foreground 1800 qemu-system-x86_64 "${accelerated[@]}" -M pc -m 512 -smp 1 -nodefaults -no-user-config \
    -display none -vga none -nic none -no-reboot -serial "file:$work/serial" \
    -kernel "$kernel/vmlinuz" -initrd "$work/initrd" \
    -append "console=ttyS0 loglevel=3 panic=-1" </dev/null &
virtual=$!
touch "$work/serial"
tail -n +1 -f --pid=$virtual "$work/serial" | sed -u -e 's/\r//g' -e '/^end [0-9]*$/d'
wait "$virtual" || true
virtual=
grep -q '^end 0' "$work/serial" || { echo "FAILED" >&2; exit 1; }
