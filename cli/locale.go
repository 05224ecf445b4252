package cli

import "strings"

// isUTF8 reports whether a locale's name ends in a UTF-8 character set.
func isUTF8(locale string) bool {
	locale = strings.ToLower(locale)
	return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
}
