#!/bin/sh
# Builds the EFI application and boots it once. It builds nothing of EDK II: that is Debian's ovmf, as it stands.
#
# usage: build.sh BUILD     leaves BUILD/tcpspec-tcpdxe, what target.ini starts, and BUILD/tcpdxe, the machine that it goes on from
set -eu

build=${1:?the directory of what is built}
here=$(dirname "$0")
dpkg -s ovmf qemu-system-x86 gnu-efi clang lld >/dev/null 2>&1 || apt-get install -y --no-install-recommends ovmf qemu-system-x86 gnu-efi clang lld

mkdir -p "$build/tcpdxe/disk/EFI/BOOT"
for source in "$here"/*.c; do
	clang --target=x86_64-unknown-windows -std=c17 -O2 -ffreestanding -fshort-wchar -mno-red-zone -DGNU_EFI_USE_MS_ABI -isystem /usr/include/efi -isystem /usr/include/efi/x86_64 \
		-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -c "$source" -o "$build/tcpdxe/$(basename "$source" .c).obj"
done
lld-link -subsystem:efi_application -entry:efi_main -nodefaultlib "$build"/tcpdxe/*.obj -out:"$build/tcpdxe/disk/EFI/BOOT/BOOTX64.EFI"
"$here/start.sh" boot "$build/tcpdxe"

cat >"$build/tcpspec-tcpdxe" <<'END'
#!/bin/sh
exec "$TCPSPEC_TARGET/start.sh" run "$(dirname "$0")/tcpdxe" "$@"
END
chmod +x "$build/tcpspec-tcpdxe"
