package cli

import (
	"flag"
	"os"
	"strings"
	"testing"

	"ovscope/keymap"
)

var update = flag.Bool("update", false, "write what is derived into the README")

func TestReadmeHasTheKeysAsTheyAre(t *testing.T) {
	const path, begin, end = "../README.md", "-update -->\n", "<!-- /keys -->"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("the README has lost the marks around its table of keys")
	}
	want := before + begin + keymap.Markdown() + end + after
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != string(text) {
		t.Error("the README's table of keys is stale; go test ./cli -run TestReadme -update writes it anew")
	}
}

// Every flag and verb that the README names must exist, and every verb be named.
func TestReadmeNamesTheVerbs(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range (&app{}).rootCommand().Commands() {
		if !strings.Contains(string(text), "ovscope "+verb.Name()) {
			t.Errorf("the README does not name ovscope %s", verb.Name())
		}
	}
}
