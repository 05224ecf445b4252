package sim

import (
	"bytes"
	"fmt"
	"testing"
	"time"
)

// quiet stops the scene's own traffic, so that a test sees only its own frames.
func quiet(s *Switch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.traffic.queue = nil
}

// inject has a guest's device send a frame.
func inject(s *Switch, device string, frame []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.receive(device, frame)
}

// frame is an Ethernet frame between two guests, with tags, and "hello" in it.
func frame(from, to *host, tags ...tag) []byte {
	p := packet{addresses: append(append([]byte(nil), to.mac...), from.mac...), rest: []byte("\x88\xb5hello, this is a frame")}
	p.tags.n = copy(p.tags.tags[:], tags)
	return p.appendTo(nil, 0)
}

// tagsOf are a frame's tags as text, the outermost first.
func tagsOf(frame []byte) string {
	p := split(frame)
	text := ""
	for _, t := range p.tags.tags[:p.tags.n] {
		text += fmt.Sprintf("%04x:%d ", t.tpid, t.vid())
	}
	return text
}

func TestMirrorSelectsAndTags(t *testing.T) {
	c := newCast()
	type sent struct {
		device string
		frame  []byte
	}
	there := sent{"tap-web-2", frame(c.web2, c.mail)} // in VLAN 10
	back := sent{"tap-mail", frame(c.mail, c.web2)}
	trunk := sent{"tap-fw-1", frame(c.firewall[officeVLAN], c.build, customer(20))}
	qinq := sent{"tap-cust-9", frame(c.branch[101], c.headquarters[101], customer(101))}
	for _, test := range []struct {
		name         string
		port, mirror string // columns, in JSON; a name in {} stands for the set with that port
		send         []sent
		want         []string // the copies' tags
	}{
		{"what the guest sends", ``, `"select_src_port":{tap-web-2}`, []sent{there, back}, []string{"8100:10 "}},
		{"what the guest receives", ``, `"select_dst_port":{tap-mail}`, []sent{there, back}, []string{"8100:10 "}},
		{
			"both directions of both ends, one copy each", ``,
			`"select_src_port":{tap-web-2 tap-mail},"select_dst_port":{tap-web-2 tap-mail}`,
			[]sent{there, back},
			[]string{"8100:10 ", "8100:10 "},
		},
		{"everything", ``, `"select_all":true`, []sent{there, trunk, qinq}, []string{"8100:10 ", "8100:20 ", "88a8:900 8100:101 "}},
		{"a VLAN of everything", ``, `"select_all":true,"select_vlan":20`, []sent{there, trunk}, []string{"8100:20 "}},
		{"a VLAN alone selects nothing", ``, `"select_vlan":10`, []sent{there}, nil},
		{"an access port as output strips the tag", `,"tag":10`, `"select_src_port":{tap-web-2}`, []sent{there}, []string{""}},
		{"an access port in another VLAN, too", `,"tag":77`, `"select_src_port":{tap-web-2}`, []sent{there}, []string{""}},
		{"a trunk's tagged frames", ``, `"select_src_port":{tap-fw-1}`, []sent{trunk}, []string{"8100:20 "}},
		{"a tunnel port pushes the service tag", ``, `"select_src_port":{tap-cust-9}`, []sent{qinq}, []string{"88a8:900 8100:101 "}},
		{"a filter", ``, `"select_src_port":{tap-web-2},"filter":"ip"`, []sent{there}, nil},
		{"a bad filter", ``, `"select_all":true,"filter":"colour=red"`, []sent{there}, nil},
		{"frames that the port must drop", ``, `"select_src_port":{tap-web-2}`, []sent{{"tap-web-2", frame(c.web2, c.mail, customer(55))}}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := start(t)
			quiet(s)
			r := connect(t, s)
			r.lease(test.port, ","+expand(r, test.mirror))
			copies := tap(t, s, "copies", false)
			for _, f := range test.send {
				inject(s, f.device, f.frame)
			}
			got := frames(t, copies)
			if len(got) != len(test.want) {
				t.Fatalf("%d copies, want %d", len(got), len(test.want))
			}
			for i := range got {
				if tags := tagsOf(got[i]); tags != test.want[i] {
					t.Errorf("copy %d has the tags %q, want %q", i, tags, test.want[i])
				}
			}
		})
	}
}

// expand replaces {names} by the set of references to those ports.
func expand(r *remote, columns string) string {
	for {
		before, rest, found := bytes.Cut([]byte(columns), []byte("{"))
		if !found {
			return columns
		}
		names, after, _ := bytes.Cut(rest, []byte("}"))
		var list []string
		for _, name := range bytes.Fields(names) {
			list = append(list, string(name))
		}
		columns = string(before) + r.set(list...) + string(after)
	}
}

func TestOneCopyForEachDestination(t *testing.T) {
	s := start(t)
	quiet(s)
	r := connect(t, s)
	r.lease("", `,"select_src_port":`+r.set("tap-web-1"))
	c := newCast()
	copies, ids := tap(t, s, "copies", false), tap(t, s, "tap-ids", true)
	inject(s, "tap-web-1", frame(c.web1, c.db1)) // ids-span selects both ends
	if n := len(frames(t, copies)); n != 1 {
		t.Errorf("%d copies to the lease, want 1", n)
	}
	if n := len(frames(t, ids)); n != 1 {
		t.Errorf("%d copies to the IDS, want 1", n)
	}
}

func TestOutputPortIsReserved(t *testing.T) {
	s := start(t)
	quiet(s)
	r := connect(t, s)
	c := newCast()
	mail, web := tap(t, s, "tap-mail", true), tap(t, s, "tap-web-2", true)
	inject(s, "tap-web-2", frame(c.web2, c.mail))
	r.do(fmt.Sprintf(`[{"op":"update","table":"Mirror","where":[["name","==","ids-span"]],"row":{"output_port":["uuid",%q]}}]`, r.port("tap-mail")))
	inject(s, "tap-web-2", frame(c.web2, c.mail))
	inject(s, "tap-mail", frame(c.mail, c.web2))
	if n := len(frames(t, mail)); n != 1 {
		t.Errorf("the output got %d frames, want only the one from before", n)
	}
	if n := len(frames(t, web)); n != 0 {
		t.Errorf("%d frames from the output port were forwarded", n)
	}
}

func TestMirrorIntoVLAN(t *testing.T) {
	s := start(t)
	quiet(s)
	r := connect(t, s)
	r.do(fmt.Sprintf(`[
		{"op":"insert","table":"Mirror","uuid-name":"m","row":{"name":"rspan","output_vlan":111,"select_src_port":%s}},
		{"op":"mutate","table":"Bridge","where":[["name","==","br-int"]],"mutations":[["mirrors","insert",["named-uuid","m"]]]}]`,
		r.set("tap-web-2")))
	c := newCast()
	up := tap(t, s, "eth0", true)
	inject(s, "tap-web-2", frame(c.web2, c.mail))
	got := frames(t, up)
	if len(got) != 1 || tagsOf(got[0]) != "8100:111 " {
		t.Errorf("the uplink got %d frames, want one in VLAN 111", len(got))
	}
}

func TestSnaplenCutsCopies(t *testing.T) {
	s := start(t)
	quiet(s)
	r := connect(t, s)
	r.lease("", `,"snaplen":20,"select_src_port":`+r.set("tap-web-2"))
	c := newCast()
	copies := tap(t, s, "copies", false)
	inject(s, "tap-web-2", frame(c.web2, c.mail))
	if got := frames(t, copies); len(got) != 1 || len(got[0]) != 20 {
		t.Errorf("got %d copies, the first of %d bytes, want one of 20", len(got), len(got[0]))
	}
}

func TestMirrorThroughERSPAN(t *testing.T) {
	s := start(t)
	quiet(s)
	r := connect(t, s)
	r.do(fmt.Sprintf(`[
		{"op":"insert","table":"Interface","uuid-name":"i","row":{"name":"far","type":"erspan",
			"options":["map",[["remote_ip","198.51.100.9"],["key","7"],["erspan_ver","1"],["erspan_idx","2a"]]]}},
		{"op":"insert","table":"Port","uuid-name":"p","row":{"name":"far","interfaces":["named-uuid","i"]}},
		{"op":"insert","table":"Mirror","uuid-name":"m","row":{"name":"e","output_port":["named-uuid","p"],"select_src_port":%s}},
		{"op":"mutate","table":"Bridge","where":[["name","==","br-int"]],"mutations":[
			["mirrors","insert",["named-uuid","m"]],["ports","insert",["named-uuid","p"]]]}]`, r.set("tap-web-2")))
	c := newCast()
	out := tap(t, s, "br-ext", true)
	original := frame(c.web2, c.mail)
	inject(s, "tap-web-2", original)
	got := frames(t, out)
	if len(got) != 1 {
		t.Fatalf("%d frames on the tunnel's way out, want 1", len(got))
	}
	gre := got[0][14+20:]
	want := []byte{0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 10, 0, 7, 0, 0, 0, 0x2a}
	if !bytes.Equal(gre[:16], want) {
		t.Errorf("GRE and ERSPAN headers are % x, want % x", gre[:16], want)
	}
	inner := split(gre[16:])
	if tagsOf(gre[16:]) != "8100:10 " || !bytes.Equal(inner.rest, original[12:]) {
		t.Errorf("the inner frame is % x", gre[16:])
	}
}

func TestStatisticsComeLateAndOnlyForBuiltMirrors(t *testing.T) {
	s := start(t)
	r := connect(t, s)
	r.do(`[
		{"op":"insert","table":"Mirror","uuid-name":"m","row":{"name":"nowhere","select_all":true}},
		{"op":"mutate","table":"Bridge","where":[["name","==","br-int"]],"mutations":[["mirrors","insert",["named-uuid","m"]]]}]`)
	s.Step(4 * time.Second)
	if err := r.Echo(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := r.mirror("ids-span").Statistics; len(got) > 0 {
		t.Errorf("statistics after 4 s: %v (F4)", got)
	}
	ids := tap(t, s, "tap-ids", true)
	s.Step(2 * time.Second)
	r.eventually(func() bool { return r.mirror("ids-span").Statistics["tx_packets"] > 0 })
	first := r.mirror("ids-span").Statistics["tx_packets"]
	s.Step(5 * time.Second)
	r.eventually(func() bool { return r.mirror("ids-span").Statistics["tx_packets"] > first })
	if got := r.mirror("nowhere").Statistics; len(got) > 0 {
		t.Errorf("a mirror without output has statistics %v (F3)", got)
	}
	if len(frames(t, ids)) == 0 {
		t.Error("the IDS sees nothing")
	}
}

func TestTapSeesItsPortGo(t *testing.T) {
	s := start(t)
	r := connect(t, s)
	r.lease("", "")
	copies := tap(t, s, "copies", false)
	r.do(fmt.Sprintf(`[{"op":"mutate","table":"Bridge","where":[["name","==","br-int"]],"mutations":[["ports","delete",%s]]}]`, r.set("copies")))
	if _, err := copies.Next(t.Context()); err == nil || err.Error() != "reading from network interface copies: network is down" {
		t.Errorf("the tap ended with %v", err)
	}
}

func TestSystemDeviceShowsTheGuestsOwnFramesIncoming(t *testing.T) {
	s := start(t)
	quiet(s)
	c := newCast()
	in, out := tap(t, s, "tap-web-2", false), tap(t, s, "tap-web-2", true)
	inject(s, "tap-web-2", frame(c.web2, c.mail))
	inject(s, "tap-mail", frame(c.mail, c.web2))
	for name, got := range map[string][][]byte{"incoming": frames(t, in), "outgoing": frames(t, out)} {
		if len(got) != 1 {
			t.Fatalf("%d frames %s, want 1", len(got), name)
		}
		p := split(got[0])
		if fromGuest := p.source() == [6]byte(c.web2.mac); fromGuest != (name == "incoming") {
			t.Errorf("the frame %s is from % x", name, p.source())
		}
	}
}
