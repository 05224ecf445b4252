package lab

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// testAllKey in the environment makes a missing lab a failure: make test sets it.
const testAllKey = "OVSCOPE_TEST_ALL"

// Main is for TestMain: it runs the tests inside namespaces of their own, so that
// capture sockets, /proc/sys/net and netlink of the tests see the lab's devices
// and nothing of the host's. Where there can be no lab the tests run all the
// same, and those that need one call Require or New, which skip.
func Main(m *testing.M) {
	if Available() != nil {
		os.Exit(m.Run())
	}
	code, err := Run(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, "lab:", err)
		code = m.Run()
	}
	os.Exit(code)
}

// Require skips the test where there can be no lab, and says why. With
// OVSCOPE_TEST_ALL=1 it fails instead.
func Require(tb testing.TB) {
	tb.Helper()
	err := Available()
	if err == nil && insideDir() == "" {
		err = fmt.Errorf("no namespaces of its own (has the package a TestMain that calls lab.Main?)")
	}
	if err == nil {
		return
	}
	if os.Getenv(testAllKey) == "1" {
		tb.Fatalf("this test needs the OVS lab: %v", err)
	}
	tb.Skipf("this test needs the OVS lab: %v", err)
}

// New starts a lab for one test and closes it when the test ends. It calls
// Require first.
func New(tb testing.TB, o Options) *Lab {
	tb.Helper()
	Require(tb)
	l, err := Start(context.Background(), o)
	if err != nil {
		tb.Fatalf("starting the OVS lab: %v", err)
	}
	tb.Cleanup(func() {
		if tb.Failed() {
			tb.Logf("last lines of ovs-vswitchd's log:\n%s", l.LogTail(20))
		}
		if err := l.Close(); err != nil {
			tb.Errorf("closing the OVS lab: %v", err)
		}
	})
	return l
}

// Available says what this machine lacks for a lab, nil if nothing.
func Available() error {
	if os.Geteuid() != 0 {
		return fmt.Errorf("not root")
	}
	for _, tool := range []string{"ovsdb-tool", "ovsdb-server", "ovs-vswitchd", "ovs-vsctl", "ovs-appctl"} {
		if _, err := exec.LookPath(tool); err != nil {
			return fmt.Errorf("no %s (Debian's package openvswitch-switch)", tool)
		}
	}
	for tool, pkg := range map[string]string{"nsenter": "util-linux", "ping": "iputils-ping"} {
		if _, err := exec.LookPath(tool); err != nil {
			return fmt.Errorf("no %s (Debian's package %s)", tool, pkg)
		}
	}
	if _, err := os.Stat("/dev/net/tun"); err != nil {
		return fmt.Errorf("no /dev/net/tun (the kernel's tun module)")
	}
	return nil
}
