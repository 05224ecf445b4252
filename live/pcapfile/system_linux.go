package pcapfile

import "golang.org/x/sys/unix"

// systemName is the kernel's name and release, such as "Linux 6.1.0".
func systemName() string {
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return "Linux"
	}
	return unix.ByteSliceToString(name.Sysname[:]) + " " + unix.ByteSliceToString(name.Release[:])
}
