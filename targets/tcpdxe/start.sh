#!/bin/sh
# Debian's OVMF in QEMU, with our application as what it boots. No firmware or driver of ours: the only thing that is built here is the application.
#
# usage: start.sh boot DIR                          boots it from DIR/disk/EFI/BOOT/BOOTX64.EFI, and keeps the machine in DIR/machine when it has its drivers: seconds, once
#        start.sh run DIR [--set NAME=VALUE ...]    goes on from there, as doc/exec.md says: TCPSPEC_INTERFACE is the TAP that it makes
# Exit: of boot 0, or 1 when it did not come so far; of run QEMU's.
set -u

mode=${1:?boot or run}
dir=${2:?the directory of the application}
shift 2
accel=tcg
recv_buffer=65535
for setting in "$@"; do
	case $setting in
	--set) ;;
	accel=*) accel=${setting#*=} ;;
	recv_buffer=*) recv_buffer=${setting#*=} ;;
	*) echo "tcpspec-tcpdxe: $setting: expected accel or recv_buffer" >&2; exit 3 ;;
	esac
done

# The serial line is one of which the firmware knows nothing: its consoles are COM1 and COM2. The machine that is kept and the one that goes on must be the same but for the other end of the network.
machine() {
	exec qemu-system-x86_64 -M pc-i440fx-7.2 -accel "$accel" -m 128 -nodefaults -display none -no-reboot -bios /usr/share/ovmf/OVMF.fd \
		-drive "if=none,id=disk,format=raw,readonly=on,file=fat:$dir/disk" -device virtio-blk-pci,drive=disk,bootindex=0 \
		-chardev stdio,id=lines -device isa-serial,iobase=0x3e8,irq=4,chardev=lines \
		-device virtio-net-pci,netdev=link,romfile=,ioeventfd=off,csum=off,gso=off,guest_csum=off "$@"
}

boot() {
	monitor=$(mktemp -d) && mkfifo "$monitor/m.in" "$monitor/m.out" || exit 1
	trap 'rm -rf "$monitor"' EXIT
	machine -netdev hubport,hubid=0,id=link -chardev "pipe,id=monitor,path=$monitor/m" -mon monitor </dev/null | {
		IFS= read -r line || line="QEMU said nothing"
		if [ "$line" = booted ]; then
			printf 'migrate "exec:cat > %s/machine.new"\nquit\n' "$dir" >"$monitor/m.in"
		else
			echo "tcpspec-tcpdxe: $line" >&2
			echo quit >"$monitor/m.in"
		fi
		cat >/dev/null
		[ "$line" = booted ]
	} && mv "$dir/machine.new" "$dir/machine"
}

run() {
	version=$(dpkg-query -W -f '${Version}' ovmf 2>/dev/null)
	# The blanks in front: QEMU's port takes an octet before it is loaded with the state of the kept one, and loses it. Those behind: a line is performed when all frames before it are in the machine; as it
	# is longer than the queue of the port, QEMU has looked at the link since it began. (QEMU makes its ends non-blocking: they are pipes of its own.)
	{
		echo "                ${TCPSPEC_ADDRESS4:--} ${TCPSPEC_ADDRESS6:--} $recv_buffer EDK II TcpDxe, OVMF $version"
		sed -u 's/$/                /'
		echo "quit                "
	} | machine -netdev "tap,id=link,ifname=$TCPSPEC_INTERFACE,script=no,downscript=no" -incoming "exec:cat '$dir/machine'" | cat
}

$mode
