package filter

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
)

// writer makes up expressions that both we and tcpdump take.
type writer struct{ *rand.Rand }

func (w writer) pick(s ...string) string { return s[w.IntN(len(s))] }

func (w writer) expression(depth int) string {
	if depth == 0 || w.IntN(4) == 0 {
		return w.primitive()
	}
	switch w.IntN(6) {
	case 0:
		return w.pick("not ", "! ", "!") + w.operand(depth-1)
	case 1:
		return "(" + w.expression(depth-1) + ")"
	default:
		return w.expression(depth-1) + w.pick(" and ", " or ", " && ", " || ") + w.operand(depth-1)
	}
}

func (w writer) operand(depth int) string {
	if depth == 0 || w.IntN(3) > 0 {
		return w.primitive()
	}
	return "(" + w.expression(depth-1) + ")"
}

func (w writer) address() string {
	return w.pick("10.0.0.1", "10.0.0.2", "10.1.2.3", "192.168.1.9", "172.16.5.4", "0.0.0.0", "255.255.255.255", "224.0.0.1", "10.0")
}

func (w writer) net() string {
	return w.pick("10", "10.0", "10.0.0.0/24", "192.168.0.0/16", "10.0.0.0/7", "128.0.0.0/1", "0.0.0.0/0", "10.0.0.0 mask 255.0.0.255", "2001:db8::/112", "2001:db8:1::/97", "ff02::1", "::/0", "2001:db8::/31")
}

func (w writer) port() string {
	return w.pick("80", "443", "53", "22", "6003", "0", "domain", "http", "(80 or 53)", "40000", "(53 and 80)")
}

func (w writer) direction() string {
	return w.pick("", "", "src ", "dst ", "src or dst ", "src and dst ")
}

func (w writer) primitive() string {
	switch w.IntN(18) {
	case 0, 1:
		return w.pick("ip", "ip6", "arp", "tcp", "udp", "icmp", "icmp6", "sctp", "igmp", "stp", "pim", "esp", "rarp")
	case 2, 3:
		return w.pick("", "ip ", "arp ") + w.direction() + "host " + w.address() + w.pick("", "", " or "+w.address(), " and not "+w.address())
	case 4:
		return w.direction() + "net " + w.net()
	case 5, 6:
		return w.pick("", "tcp ", "udp ", "sctp ") + strings.NewReplacer("http", "domain").Replace(w.direction()+"port "+w.port())
	case 7:
		return w.pick("", "tcp ", "udp ") + w.direction() + "portrange " + w.pick("6000-6008", "1-100", "80", "50000-30000")
	case 8:
		return w.pick("", "ip ", "ip6 ") + "proto " + w.pick("6", "17", "58", "44", "1", "(6 or 17)", "ospf")
	case 9:
		return w.pick("", "ether ", "ip ") + w.pick("broadcast", "multicast")
	case 10:
		return w.pick("less ", "greater ") + w.pick("42", "54", "60", "64", "100")
	case 11:
		return "ether " + w.pick("host ", "src ", "dst ") + w.pick(macA, macB, macAll, macSTP)
	case 12:
		return "ether proto " + w.pick("0x800", "0x86dd", "0x42", "0xfe", "0x8847")
	case 13:
		return w.direction() + "host " + w.pick("2001:db8::1", "2001:db8:1::2", "ff02::1")
	case 14, 15, 16:
		return w.value(2) + w.pick(" = ", " != ", " < ", " <= ", " > ", " >= ", " == ") + w.value(1)
	default:
		return w.pick("vlan", "vlan 10", "vlan 20", "vlan 100", "vlan 0", "vlan (200)")
	}
}

func (w writer) value(depth int) string {
	if depth == 0 || w.IntN(3) == 0 {
		return w.atom()
	}
	return w.atom() + " " + w.pick("+", "-", "*", "&", "|", "^", "<<", ">>", "/", "%") + " " + strconv.Itoa(1+w.IntN(31)) +
		w.pick("", "", " "+w.pick("+", "-", "*", "&", "|", "^", "<<", ">>", "/", "%")+" "+strconv.Itoa(1+w.IntN(31)))
}

func (w writer) atom() string {
	size := w.pick("", ":1", ":2", ":4")
	switch w.IntN(8) {
	case 0:
		return "len"
	case 1, 2:
		return strconv.Itoa(w.IntN(256))
	case 3:
		return fmt.Sprintf("ether[%d%s]", w.IntN(70), size)
	case 4:
		return fmt.Sprintf("%s[%d%s]", w.pick("ip", "ip6", "arp"), w.IntN(30), size)
	case 5:
		return fmt.Sprintf("%s[%d%s]", w.pick("tcp", "udp", "icmp", "icmp6", "sctp"), w.IntN(20), size)
	case 6:
		return fmt.Sprintf("%s[%s[%d] & 31%s]", w.pick("ip", "udp", "ether", "tcp"), w.pick("ip", "ether", "tcp"), w.IntN(20), size)
	default:
		return "(" + w.pick("len", "ip[9]", "tcp[13]", "ether[0]") + w.pick(" & ", " + ") + strconv.Itoa(w.IntN(20)) + ")"
	}
}

// TestRandomFiltersSelectWhatTcpdumpSelects: OVSCOPE_FILTERS says how many, from which seed on: "5000" or "5000,7".
func TestRandomFiltersSelectWhatTcpdumpSelects(t *testing.T) {
	o := newOracle(t)
	count, seed := 300, uint64(1)
	if s := os.Getenv("OVSCOPE_FILTERS"); s != "" {
		number, from, _ := strings.Cut(s, ",")
		count, _ = strconv.Atoi(number)
		seed, _ = strconv.ParseUint(from, 10, 64)
	}
	var all []string
	for i := range count {
		w := writer{rand.New(rand.NewPCG(seed, uint64(i)))}
		all = append(all, w.expression(1+w.IntN(4)))
	}
	each(all, func(e string) {
		// What only its optimizer refuses, such as a calculated shift by 32, we take.
		if _, err := o.selected(e); err != nil && strings.Contains(err.Error(), " by ") {
			return
		}
		o.compare(t, e, e)
	})
}
