package tui

import (
	"fmt"
	"strings"

	"ovscope/live"
)

// conversationFilter is a conversation in the filter's language. VLANs come first,
// because each vlan moves what is to its right on by a tag; "not vlan" last.
func conversationFilter(c live.Conversation, v live.VLANs) string {
	terms := vlanTerms(v)
	if name := protocolFilter(c.Protocol); name != "" && c.A.IP.IsValid() {
		terms = append(terms, name)
	}
	if c.A == c.B {
		terms = append(terms, "src and dst "+hostFilter(c.A))
		if !c.A.IP.IsValid() {
			terms[len(terms)-1] = "ether src and dst host " + c.A.String()
		}
	} else {
		terms = append(terms, hostFilter(c.A), hostFilter(c.B))
	}
	if !c.A.IP.IsValid() {
		terms = append(terms, etherTypeFilter(c.Protocol, v))
	}
	switch {
	case c.APort == 0 && c.BPort == 0:
	case c.APort == c.BPort:
		terms = append(terms, fmt.Sprintf("src and dst port %d", c.APort))
	default:
		terms = append(terms, fmt.Sprintf("port %d", c.APort), fmt.Sprintf("port %d", c.BPort))
	}
	if v.Tags == 0 {
		terms = append(terms, "not vlan")
	}
	return strings.Join(terms, " and ")
}

func vlanTerms(v live.VLANs) []string {
	var terms []string
	if v.Tags > 0 {
		terms = append(terms, fmt.Sprintf("vlan %d", v.Outer))
	}
	if v.Tags > 1 {
		terms = append(terms, fmt.Sprintf("vlan %d", v.Inner))
	}
	return terms
}

func hostFilter(e live.Endpoint) string {
	if e.IP.IsValid() {
		return "host " + e.String()
	}
	return "ether host " + e.String()
}

// protocolFilter is what IP carries, "" if it is not IP.
func protocolFilter(p live.Protocol) string {
	name, six := strings.ToLower(p.String()), p.EtherType == live.EtherTypeIPv6
	switch {
	case !six && p.EtherType != live.EtherTypeIPv4:
		return ""
	case name == "tcp", name == "udp", name == "sctp", !six && (name == "icmp" || name == "igmp"):
		return name
	case six && name == "icmpv6":
		return "icmp6"
	case six:
		return fmt.Sprintf("ip6 proto %d", p.IP)
	}
	return fmt.Sprintf("ip proto %d", p.IP)
}

// etherTypeFilter is what a frame carries that is not IP.
func etherTypeFilter(p live.Protocol, v live.VLANs) string {
	switch p.EtherType {
	case live.EtherTypeARP:
		return "arp"
	case 0: // a length
		return fmt.Sprintf("ether[%d:2] < 0x600", 12+4*v.Tags)
	}
	return fmt.Sprintf("ether proto 0x%04x", p.EtherType)
}

// vlansText is a conversation's tags as the list writes them.
func vlansText(v live.VLANs) string {
	switch v.Tags {
	case 0:
		return ""
	case 1:
		return fmt.Sprint(v.Outer)
	case 2:
		return fmt.Sprintf("%d.%d", v.Outer, v.Inner)
	}
	return fmt.Sprintf("%d.%d+%d", v.Outer, v.Inner, v.Tags-2)
}
