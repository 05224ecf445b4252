package ovs

import (
	"strconv"
	"strings"
)

// revalidatesMirrors reports whether that release of ovs-vswitchd makes running
// flows follow a changed mirror by itself (F1). Versions that cannot be read
// count as old.
func revalidatesMirrors(version string) bool {
	v, ok := parseVersion(version)
	if !ok {
		return false
	}
	fixedIn := map[[2]int]int{
		{2, 17}: 12,
		{3, 0}:  8,
		{3, 1}:  6,
		{3, 2}:  4,
		{3, 3}:  3,
	}
	if patch, listed := fixedIn[[2]int{v[0], v[1]}]; listed {
		return v[2] >= patch
	}
	return v[0] > 3 || v[0] == 3 && v[1] >= 4
}

// parseVersion reads "3.1.0", "3.1.0-2+deb12u1" or "2.17.9".
func parseVersion(s string) (v [3]int, ok bool) {
	for i, part := range strings.SplitN(s, ".", 3) {
		end := strings.IndexFunc(part, func(r rune) bool { return r < '0' || r > '9' })
		if end >= 0 {
			part = part[:end]
		}
		n, err := strconv.Atoi(part)
		if err != nil {
			return v, false
		}
		v[i] = n
	}
	return v, v[0] > 0
}
