package cli

import (
	"cmp"
	"os"
	osuser "os/user"
	"strconv"
)

// user is who runs this, for the comments in the database's log: "root", or
// "alice as root" through sudo or doas.
func user() string {
	name := "uid " + strconv.Itoa(os.Getuid())
	if u, err := osuser.Current(); err == nil {
		name = u.Username
	}
	if behind := cmp.Or(os.Getenv("SUDO_USER"), os.Getenv("DOAS_USER")); behind != "" && behind != name {
		return behind + " as " + name
	}
	return name
}
