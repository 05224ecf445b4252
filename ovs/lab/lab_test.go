package lab_test

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"ovscope/ovs/lab"
)

func TestMain(m *testing.M) { lab.Main(m) }

func TestSceneStartsFastAndLeavesNothing(t *testing.T) {
	before := devices(t)
	for _, link := range []lab.Link{lab.NotLinked, lab.PatchLink, lab.VethLink} {
		start := time.Now()
		l := lab.New(t, lab.Options{Scene: true, Link: link})
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("starting took %v, want at most 2s", took)
		}
		if during := devices(t); !strings.Contains(during, "ovs-netdev") {
			t.Errorf("the switch's device is not here: %s", during)
		}
		for range 2 {
			if err := l.Close(); err != nil {
				t.Fatalf("closing: %v", err)
			}
		}
		if after := devices(t); after != before {
			t.Errorf("left behind: %s; before: %s", after, before)
		}
		if out, err := exec.Command("ps", "-ww", "-eo", "args").Output(); err != nil || strings.Contains(string(out), l.Dir) {
			t.Errorf("processes left behind (%v):\n%s", err, out)
		}
	}
}

func TestSecondLabInOneProgramIsRefused(t *testing.T) {
	lab.New(t, lab.Options{})
	l, err := lab.Start(context.Background(), lab.Options{})
	if err == nil {
		l.Close()
		t.Fatal("a second lab started in the same network namespace")
	}
	if want := "this program has one already"; !strings.Contains(err.Error(), want) {
		t.Errorf("error %q, want %q in it", err, want)
	}
}

func TestStartSaysWhatTheDaemonSaid(t *testing.T) {
	lab.Require(t)
	before := devices(t)
	l, err := lab.Start(context.Background(), lab.Options{OVSDBArgs: []string{"--no-such-option"}})
	if err == nil {
		l.Close()
		t.Fatal("a lab started with a broken ovsdb-server")
	}
	if want := "no-such-option"; !strings.Contains(err.Error(), want) {
		t.Errorf("error %q, want %q in it", err, want)
	}
	if after := devices(t); after != before {
		t.Errorf("left behind: %s; before: %s", after, before)
	}
}

func TestGuestsReachEachOther(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true, Silent: true, Link: lab.VethLink})
	if _, err := l.AddGuest("late", "br1", lab.GuestOptions{Tag: 10, Addr: "10.0.10.9/24"}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		from, to string
		reached  bool
	}{
		{"tap1", "10.0.10.2", true}, // access ports, veth and internal
		{"tap5", "10.0.20.6", true}, // access ports, two veths
		{"tap7", "10.0.30.8", true}, // on br1
		{"tap1", "10.0.10.9", true}, // from br0 to br1
		{"tap1", "10.0.20.6", false},
	} {
		err := ping(l, tt.from, tt.to)
		if reached := err == nil; reached != tt.reached {
			t.Errorf("%s reaches %s: %v, want %v (%v)", tt.from, tt.to, reached, tt.reached, err)
		}
	}
	if err := l.RemoveGuest("late"); err != nil {
		t.Fatal(err)
	}
	if ports, err := l.Vsctl("list-ports", "br1"); err != nil || strings.Contains(ports, "late") {
		t.Errorf("the removed guest's port is still there (%v): %s", err, ports)
	}
	if _, err := l.AddGuest("late", "br0", lab.GuestOptions{Device: lab.Internal, Tag: 10, Addr: "10.0.10.9/24"}); err != nil {
		t.Fatalf("adding the guest again: %v", err)
	}
	if err := ping(l, "tap1", "10.0.10.9"); err != nil {
		t.Error(err)
	}
}

func TestGuestsSurviveRestarts(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true})
	pid := func() string {
		t.Helper()
		list, err := l.Appctl("version")
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	pid()
	for range 2 {
		if err := l.StopVswitchd(); err != nil {
			t.Fatal(err)
		}
		if err := ping(l, "tap1", "10.0.10.2"); err == nil {
			t.Error("frames pass though there is no switch")
		}
		if err := l.StartVswitchd(); err != nil {
			t.Fatal(err)
		}
		pid() // the new control socket answers
		for guest, to := range map[string]string{"tap1": "10.0.10.2", "tap5": "10.0.20.6", "tap7": "10.0.30.8"} {
			if err := ping(l, guest, to); err != nil {
				t.Errorf("after ovs-vswitchd's restart: %v", err)
			}
		}
	}
	if err := l.RestartOVSDB(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Vsctl("add-br", "br2", "--", "set", "Bridge", "br2", "datapath_type=netdev"); err != nil {
		t.Errorf("after ovsdb-server's restart: %v", err)
	}
	if got, want := frames(t, l, "tap1", 4), "10.0.10.1 > 10.0.10.2: ICMP echo request"; !strings.Contains(got, want) {
		t.Errorf("the traffic did not go on: no %q in\n%s", want, got)
	}
}

// What the scene promises is what a mirror shows.
func TestSceneSendsWhatItSays(t *testing.T) {
	l := lab.New(t, lab.Options{Scene: true})
	for _, tt := range []struct {
		port string
		want []string
	}{
		{"tap1", []string{"ethertype 802.1Q (0x8100), length 102: vlan 10, p 0, ethertype IPv4 (0x0800), 10.0.10.1 > 10.0.10.2: ICMP echo request", "10.0.10.2 > 10.0.10.1: ICMP echo reply"}},
		{"tap3", []string{
			"vlan 10, p 0, ethertype IPv4 (0x0800), 10.0.10.3 > 10.0.10.2: ICMP echo request", "vlan 10, p 0, ethertype IPv4 (0x0800), 10.0.10.2 > 10.0.10.3: ICMP echo reply",
			"vlan 20, p 5, ethertype IPv4 (0x0800), 10.0.20.3 > 10.0.20.6: ICMP echo request", "vlan 20, p 0, ethertype IPv4 (0x0800), 10.0.20.6 > 10.0.20.3: ICMP echo reply",
		}},
		{"tap4", []string{"ethertype 802.1Q-QinQ (0x88a8), length 106: vlan 100, p 3, ethertype 802.1Q (0x8100), vlan 200, p 0, ethertype IPv4 (0x0800), 10.0.200.4 > 10.0.200.44: ICMP echo request"}},
		{"tap5", []string{"vlan 20", "10.0.20.6.5000: Flags [P.]", "10.0.20.6.5000: UDP, length 200", "10.0.20.6.5000 > "}},
		{"tap7", []string{"vlan 30, p 0, ethertype IPv4 (0x0800), 10.0.30.7 > 10.0.30.8: ICMP echo request"}},
	} {
		t.Run(tt.port, func(t *testing.T) {
			got := frames(t, l, tt.port, 15)
			for _, want := range tt.want {
				if !strings.Contains(got, want) {
					t.Errorf("no %q in\n%s", want, got)
				}
			}
		})
	}
}

// frames mirrors a port to an internal port and returns tcpdump's text of the
// first n copies.
func frames(t *testing.T, l *lab.Lab, port string, n int) string {
	t.Helper()
	bridge, err := l.Vsctl("port-to-br", port)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Vsctl("add-port", bridge, "out", "--", "set", "Interface", "out", "type=internal",
		"--", "--id=@p", "get", "Port", port, "--", "--id=@out", "get", "Port", "out",
		"--", "--id=@m", "create", "Mirror", "name=m", "select_src_port=@p", "select_dst_port=@p", "output_port=@out",
		"--", "add", "Bridge", bridge, "mirrors", "@m"); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if _, err := l.Vsctl("clear", "Bridge", bridge, "mirrors", "--", "del-port", "out"); err != nil {
			t.Error(err)
		}
	}()
	if out, err := exec.Command("ip", "link", "set", "out", "up").CombinedOutput(); err != nil {
		t.Fatalf("switching the output on: %v: %s", err, out)
	}
	if _, err := l.Appctl("revalidator/purge"); err != nil { // F1
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "tcpdump", "--immediate-mode", "-nne", "-i", "out", "-Q", "in", "-c", fmt.Sprint(n)).Output()
	if err != nil {
		t.Fatalf("watching the copies of %s: %v\n%s", port, err, out)
	}
	return string(out)
}

func ping(l *lab.Lab, guest, to string) error {
	_, err := l.Exec(guest, "ping", "-n", "-c1", "-W1", to)
	return err
}

// devices names the network devices around this process.
func devices(t *testing.T) string {
	t.Helper()
	all, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, d := range all {
		names = append(names, d.Name)
	}
	return strings.Join(names, " ")
}
