// Command cmd runs the lab of package lab until Ctrl-C, or as long as a command
// runs inside it:
//
//	go run ./ovs/lab/cmd
//	go run ./ovs/lab/cmd -link veth -- ovs-vsctl show
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"ovscope/ovs/lab"
)

func main() {
	flag.Usage = func() {
		fmt.Fprintf(flag.CommandLine.Output(), "A private Open vSwitch with guests and traffic. As root:\n\n  %s [flags] [-- command …]\n\n", os.Args[0])
		flag.PrintDefaults()
	}
	link := flag.String("link", "none", "how br0 and br1 are connected: none, patch or veth")
	silent := flag.Bool("silent", false, "start no traffic")
	flag.Parse()
	links := map[string]lab.Link{"none": lab.NotLinked, "patch": lab.PatchLink, "veth": lab.VethLink}
	kind, ok := links[*link]
	if !ok {
		fmt.Fprintf(os.Stderr, "lab: -link %s: want none, patch or veth\n", *link)
		os.Exit(2)
	}
	if err := lab.Available(); err != nil {
		fmt.Fprintln(os.Stderr, "lab: this machine cannot run it:", err)
		os.Exit(1)
	}
	code, err := lab.Run(func() int { return run(lab.Options{Scene: true, Link: kind, Silent: *silent}, flag.Args()) })
	if err != nil {
		fmt.Fprintln(os.Stderr, "lab:", err)
		code = 1
	}
	os.Exit(code)
}

func run(o lab.Options, command []string) (code int) {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)

	start := time.Now()
	l, err := lab.Start(context.Background(), o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "lab:", err)
		return 1
	}
	defer func() {
		if err := l.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "lab: closing:", err)
			code = 1
		}
	}()
	if len(command) != 0 {
		return runCommand(l, command, signals)
	}
	if err := describe(l, time.Since(start)); err != nil {
		fmt.Fprintln(os.Stderr, "lab:", err)
		return 1
	}
	<-signals
	return 0
}

// runCommand runs a command beside the lab and returns its exit code. Open
// vSwitch's tools and ovscope find the lab without being told.
func runCommand(l *lab.Lab, command []string, signals <-chan os.Signal) int {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = l.Env()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "lab:", err)
		return 1
	}
	go func() {
		for s := range signals {
			_ = cmd.Process.Signal(s) // it may be gone
		}
	}()
	err := cmd.Wait()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		fmt.Fprintln(os.Stderr, "lab:", err)
		return 1
	}
	return max(cmd.ProcessState.ExitCode(), -cmd.ProcessState.ExitCode()) // -1 after a signal
}

func describe(l *lab.Lab, took time.Duration) error {
	pid, err := lab.HostPID()
	if err != nil {
		return err
	}
	version, err := l.Vsctl("get", "Open_vSwitch", ".", "ovs_version")
	if err != nil {
		return err
	}
	fmt.Printf(`A private Open vSwitch %[1]s, started in %[2]v, with these guests:

%[3]s
In another terminal, as root:

  nsenter --net=/proc/%[4]d/ns/net ./ovscope --db %[5]s
  ovs-vsctl --db=%[5]s show

In a guest:

  nsenter --net=/proc/%[4]d/root%[6]s/guests/tap1 ping 10.0.10.2

Ctrl-C ends it and removes all of it.
`, strings.Trim(version, `"`), took.Round(time.Millisecond), lab.Scene(), pid, l.Endpoint(), l.Dir)
	return nil
}
