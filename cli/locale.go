package cli

import (
	"os"
	"strings"
)

// utf8Locale reports whether the locale's character set is UTF-8, by the order of
// locale(7): LC_ALL, LC_CTYPE, LANG.
func utf8Locale(getenv func(string) string) bool {
	for _, key := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(getenv(key)); v != "" {
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return false
}

// plain replaces our own signs where the terminal may not have them.
func (a *app) plain(text string) string {
	if utf8Locale(os.Getenv) {
		return text
	}
	return strings.NewReplacer("→", "->", "←", "<-", "⇒", "=>", "…", "...").Replace(text)
}
