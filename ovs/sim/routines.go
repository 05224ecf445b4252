package sim

import (
	"fmt"
	"time"

	"github.com/gopacket/gopacket"
)

// routine is a kind of conversation and how often it starts.
type routine struct {
	every  time.Duration
	steady bool // exactly so often
	talk   func(t *talk)
}

// routines are all that happens in the scene: a small office with web servers,
// a telephone, a camera, a firewall between its VLANs, and a customer's line
// through the switch (QinQ).
func routines() []routine {
	return []routine{
		{every: 1500 * time.Millisecond, talk: someoneAsksForAddress},
		{every: 20 * time.Second, talk: announcement},
		{every: 700 * time.Millisecond, talk: lookup},
		{every: 20 * time.Second, talk: lease},
		{every: 600 * time.Millisecond, talk: website},
		{every: 900 * time.Millisecond, talk: secureWebsite},
		{every: 1500 * time.Millisecond, talk: packageDownload},
		{every: 8 * time.Second, talk: incomingMail},
		{every: 300 * time.Millisecond, talk: databaseQuery},
		{every: time.Second, steady: true, talk: pings},
		{every: time.Second, steady: true, talk: ping6},
		{every: 8 * time.Second, talk: neighbours},
		{every: 4 * time.Second, talk: clockCheck},
		{every: 6 * time.Second, talk: serviceDiscovery},
		{every: 10 * time.Second, talk: broadcast},
		{every: 20 * time.Millisecond, steady: true, talk: call},
		{every: 15 * time.Second, talk: phoneRegistration},
		{every: 120 * time.Millisecond, steady: true, talk: video},
		{every: time.Second, steady: true, talk: customerPing},
		{every: 700 * time.Millisecond, talk: customerTelemetry},
		{every: 500 * time.Millisecond, talk: adminSession},
		{every: 400 * time.Millisecond, talk: fileRead},
		{every: 600 * time.Millisecond, talk: blockStorage},
	}
}

func (t *talk) oneOf(hosts ...*host) *host { return hosts[t.number(len(hosts))] }

func website(t *talk) {
	c := t.traffic.cast
	pages := []string{"/", "/news", "/style.css", "/logo.svg", "/contact", "/search?q=mirror", "/api/health"}
	agents := []string{"curl/8.14.1", "Mozilla/5.0 (X11; Linux x86_64)", "Wget/1.25.0"}
	page := pages[t.number(len(pages))]
	s := t.dial(t.oneOf(c.visitors...), t.oneOf(c.web1, c.web2), 80)
	s.open()
	s.say(true, []byte("GET "+page+" HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: "+
		agents[t.number(len(agents))]+"\r\nAccept: */*\r\n\r\n"))
	t.pause(2*time.Millisecond, 15*time.Millisecond)
	body := text(t.traffic, 300+t.number(1800))
	s.say(false, fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s",
		len(body), body))
	s.close()
}

func secureWebsite(t *talk) {
	c := t.traffic.cast
	names := []string{"www.example.com", "shop.example.com", "api.example.com"}
	s := t.dial(t.oneOf(c.visitors...), c.web1, 443)
	s.open()
	s.tls(names[t.number(len(names))], 200+t.number(500), 800+t.number(1500))
	s.close()
}

func packageDownload(t *talk) {
	c := t.traffic.cast
	s := t.dial(c.build, c.mirrorSite, 443)
	s.open()
	s.tls("packages.example.org", 180, 1400+t.number(3000))
	s.close()
}

func incomingMail(t *talk) {
	c := t.traffic.cast
	s := t.dial(t.oneOf(c.visitors...), c.mail, 25)
	s.open()
	for _, line := range []struct {
		client bool
		text   string
	}{
		{false, "220 mail.example.com ESMTP\r\n"},
		{true, "EHLO relay.example.net\r\n"},
		{false, "250-mail.example.com\r\n250-STARTTLS\r\n250 SIZE 52428800\r\n"},
		{true, "STARTTLS\r\n"},
		{false, "220 ready for TLS\r\n"},
	} {
		t.pause(time.Millisecond, 6*time.Millisecond)
		s.say(line.client, []byte(line.text))
	}
	s.tls("mail.example.com", 900, 120)
	s.close()
}

// databaseQuery is one of many on a connection that stays open (PostgreSQL's
// protocol: a simple query, then a row, the end of the command, and "ready").
func databaseQuery(t *talk) {
	c := t.traffic.cast
	s := t.standing(t.oneOf(c.web1, c.web2), c.db1, 5432)
	query := fmt.Sprintf("SELECT title, body FROM articles WHERE id = %d", t.number(5000))
	s.say(true, postgres('Q', query+"\x00"))
	t.pause(time.Millisecond, 8*time.Millisecond)
	answer := postgres('D', "\x00\x01\x00\x00\x00\x50"+string(text(t.traffic, 80)))
	answer = append(answer, postgres('C', "SELECT 1\x00")...)
	s.say(false, append(answer, postgres('Z', "I")...))
}

func adminSession(t *talk) {
	c := t.traffic.cast
	s := t.standing(c.admin, c.hypervisor, 22)
	s.say(true, noise(t.traffic, 36))
	t.latency()
	s.say(false, noise(t.traffic, 52+t.number(400)))
}

func fileRead(t *talk) {
	c := t.traffic.cast
	s := t.standing(c.build, c.nas, 2049)
	s.say(true, noise(t.traffic, 180))
	t.pause(200*time.Microsecond, 2*time.Millisecond)
	s.say(false, noise(t.traffic, 4096))
}

func blockStorage(t *talk) {
	c := t.traffic.cast
	s := t.standing(c.nas, c.san, 3260)
	s.say(true, noise(t.traffic, 48))
	t.pause(100*time.Microsecond, time.Millisecond)
	s.say(false, noise(t.traffic, 2096))
}

// call is 20 ms of a telephone call, both ways.
func call(t *talk) {
	c := t.traffic.cast
	t.udp(c.phone, c.voip, 16404, 14002, t.rtp(0xb0a7e001, 160))
	t.pause(time.Millisecond, 2*time.Millisecond)
	t.udp(c.voip, c.phone, 14002, 16404, t.rtp(0x17c3a002, 160))
}

func phoneRegistration(t *talk) {
	c := t.traffic.cast
	id := t.number(1 << 30)
	head := fmt.Sprintf("Via: SIP/2.0/UDP 192.168.20.112:5060;branch=z9hG4bK%08x\r\n"+
		"From: <sip:12@voip.example.com>;tag=%x\r\nTo: <sip:12@voip.example.com>\r\nCall-ID: %08x\r\n"+
		"CSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n", id, id>>8, id)
	t.udp(c.phone, c.voip, 5060, 5060, gopacket.Payload("REGISTER sip:voip.example.com SIP/2.0\r\n"+head))
	t.latency()
	t.udp(c.voip, c.phone, 5060, 5060, gopacket.Payload("SIP/2.0 200 OK\r\n"+head))
}

// video is a frame of the camera's picture.
func video(t *talk) {
	c := t.traffic.cast
	for range 2 + t.number(3) {
		t.pause(50*time.Microsecond, 300*time.Microsecond)
		t.udp(c.cam, c.nvr, 50020, 50022, t.rtp(0x0ca30003, 1200))
	}
}

func customerPing(t *talk) {
	c := t.traffic.cast
	t.ping(c.headquarters[101], c.branch[101])
}

func customerTelemetry(t *talk) {
	c := t.traffic.cast
	t.udp(c.branch[102], c.headquarters[102], 41000, 514,
		gopacket.Payload(fmt.Sprintf("<134>meter-%d: flow=%d.%d", 1+t.number(4), t.number(90), t.number(10))))
}

func broadcast(t *talk) {
	c := t.traffic.cast
	t.multicast4(c.nas, "ff:ff:ff:ff:ff:ff", "192.168.20.255", 32412, 32414, gopacket.Payload("M-SEARCH * HTTP/1.1\r\n\r\n"))
}
