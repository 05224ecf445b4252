// Command ovscope shows what the guests of an Open vSwitch really send: it turns
// port mirroring on and off per port and direction, and decodes the copies.
package main

import (
	"os"

	"ovscope/cli"
)

// Set by the linker, see Makefile and .goreleaser.yaml.
var version, commit, date string

func main() {
	os.Exit(cli.Main(cli.Build{Version: version, Commit: commit, Date: date}))
}
