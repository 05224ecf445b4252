package filter

import "strings"

// nothingSelected are the ones that can select nothing: what is left of vlan is of
// untagged frames.
func nothingSelected() []string {
	return []string{"icmp and vlan", "host 10.0.0.1 and vlan", "ip[8] < 100 and vlan 10", "1 = 2", "ip and ip6", "ether proto 0x10800"}
}

// expressions are compared with tcpdump. They mean the same in both.
func expressions() []string {
	return strings.Split(strings.TrimSpace(`
ip
ip6
arp
rarp
tcp
udp
sctp
icmp
icmp6
igmp
igrp
pim
vrrp
carp
ah
esp
stp
not ip
! ip
not (ip or ip6)
ether proto 0x88cc
ether proto 0x42
ether proto 0xfe
ether proto 6
ether proto 0xf0 or 0xaa
ether proto 0x5dd or 0x88cc
ether proto 0x800 or 0x806
ether proto \arp
ether proto \ip6
ether proto \rarp or \ip
ether proto \stp or \loopback
not ether proto 0x42
host 10.0.0.1
src host 10.0.0.1
dst host 10.0.0.1
src or dst host 10.0.0.1
dst or src host 10.0.0.1
src and dst host 10.0.0.1 or host 10.1.2.3
src 10.0.0.1
dst 10.0.0.2
src host 10.0.0.1 or 10.0.0.2
src host 10.0.0.1 and dst host 10.0.0.2
host 10.0.0.1 and not 10.0.0.2
host 10.0.0.1 or host 10.0.0.2
host (10.0.0.1 or 10.1.2.3)
host not 10.0.0.1
ip host 10.0.0.1
ip src or dst 10.0.0.2
ip src and dst 10.0.0.2 or ip dst 10.1.2.3
arp host 10.0.0.1
arp src host 10.0.0.2
arp dst 10.0.0.1
rarp host 10.0.0.1
rarp src 0.0.0.0
host 10.0
host 0
host 0xa000001
host 2001:db8::1
src host 2001:db8::1
dst 2001:db8:1::2
src or dst 2001:db8:1:0:0:0:0:2
ip6 host fe80::1
ip6 src fe80::1 or ip6 dst ff02::1
not host 2001:db8::1
net 10
net 10.0
net 10.0.0
net 192.168
net 10.0.0.0/8
net 10.0.0.0/31
net 10.0.0.2/32
src net 10.0.0.0/24
dst net 172.16.0.0/12 or 192.168.0.0/16
src and dst net 10.0.0.0/8
net 10.0.0.0 mask 255.0.0.0
net 10.0.0.1 mask 255.0.0.255
ip net 10
arp net 10.0.0.0/24
net 0.0.0.0/0
net 2001:db8::/32
net 2001:db8::/33
net 2001:db8:1::/48
src net 2001:db8::/47
ip6 net fe80::/10
net ::/0
net ff02::1
ether host 02:00:00:00:00:01
ether src 02:00:00:00:00:01
ether dst 2-0-0-0-0-2
ether dst 0200.0000.0002
ether host 020000000002
ether src 02.00.00.00.00.01
ether src and dst 02:00:00:00:00:01 or ether dst 02:00:00:00:00:02
ether src or dst 01:80:c2:00:00:00
not ether src 02:00:00:00:00:01
link host 02:00:00:00:00:02
broadcast
ether broadcast
ip broadcast
multicast
ether multicast
ip multicast
ip6 multicast
multicast and not broadcast
port 80
src port 80
dst port 80
port 80 or 443
port (80 or 443)
src or dst port 53
src and dst port 53
tcp port 80
tcp port 80 or 443
tcp src port 22
tcp dst port 80 and not 443
udp port 53
udp src port 68 or dst port 67
sctp port 80
sctp src port 5672
not port 80
not tcp port 80 or 443
not (tcp port 80 or 443)
tcp port http
tcp port https
port domain
tcp port ssh
udp port ntp
udp port domain or bootps
udp port bootpc or syslog
tcp src port ftp-data or ssh
portrange 6000-6008
portrange 6008-6000
src portrange 6000-6008
dst portrange 6000-6008
tcp portrange 1-79
udp portrange 0-65535
sctp portrange 80-90
portrange 443
tcp portrange ftp-domain
src and dst portrange 1-200
port 0
port 0123
port 0x50
proto 6
proto 17 or 1
proto 44
proto 58
proto 0
ip proto 6
ip proto 17
ip proto 47 or 89
ip proto 255 or 4
ip proto \tcp
ip proto \icmp or \udp
ip proto ospf
proto gre
ip6 proto 6
ip6 proto 17
ip6 proto 44
ip6 proto 58 or 0
ip6 proto \tcp or 60
ip6 proto ipv6-icmp
not ip6 proto 6
less 60
greater 60
greater 1000
less 42
len > 100 and len < 200
len = 60
length != 60
len - 14 >= 100
60 < len
tcp[tcpflags] & tcp-syn != 0
tcp[tcpflags] = tcp-syn
tcp[tcpflags] & (tcp-syn|tcp-ack) = (tcp-syn|tcp-ack)
tcp[tcpflags] & (tcp-rst | tcp-fin) != 0
tcp[13] & 8 != 0 and tcp[13] & 0x20 = 0
tcp[tcpflags] == tcp-push
tcp[tcpflags] & tcp-urg != 0
tcp[tcpflags] & (tcp-ece|tcp-cwr) != 0
(tcp[12] & 0xf0) >> 2 = 20
tcp[0:2] = 40000
tcp[2:2] > 80
tcp[4:4] = 1000
tcp port 80 and (((ip[2:2] - ((ip[0]&0xf)<<2)) - ((tcp[12]&0xf0)>>2)) = 0)
tcp[-4:4] = 0xa000002
tcp[1:2] = 0x4000
tcp[20] = 0x16
not tcp[13] = 2
ip[8] < 10
ip[8] = 64
ip[0] & 0xf != 5
ip[0] > 0x45
ip[6:2] & 0x1fff = 0
ip[6:2] & 0x3fff != 0
ip[2:2] > 576
ip[ip[0] & 0xf] = 0
ip[12:4] = ip[16:4] + 0xffffffff
ip[16] >= 224
ip[-2:2] = 0x800
ip[9] = 6 or ip[9] = 17
ip6[6] = 58
ip6[6] != 58
ip6[4:2] < 100
ip6[24] = 0xff
ip6[40] = 128
icmp[icmptype] = icmp-echo
icmp[icmptype] != icmp-echo and icmp[icmptype] != icmp-echoreply
icmp[icmptype] = icmp-unreach or icmp[icmptype] == icmp-timxceed
icmp[icmpcode] = 3
icmp[0] = 8
icmp6[icmp6type] = icmp6-echo
icmp6[icmp6type] >= icmp6-routersolicit
icmp6[0] = 135 or icmp6[0] = 136
icmp6[icmp6code] = 0
udp[4:2] > 100
udp[0:2] = udp[2:2]
udp[2:2] - udp[0:2] = 8
udp[8] = 0
sctp[0:2] = 80
igmp[0] = 0x11
igrp[0] = 0
pim[2:2] = 0x800
vrrp[0] = 0
arp[6:2] = 1
arp[7] = 2
arp[14:4] = 0x0a000001
rarp[7] = 3
ether[0] & 1 = 1
ether[0] & 1 == 0 and ether[6] & 1 = 0
ether[12:2] = 0x800
ether[12:2] <= 1500
ether[10:4] & 0xffff = 0x800
ether[11:2] = 0x108
ether[9:4] & 0xff00 = 0x100
ether[0:4] = 0x02000000
ether[14] = 0x45
ether[len - 1] = 0
ether[len - 4:4] = 0
ether[59] = 0
not ether[100] = 9
not ether[100] = 1 and ip
ether[ether[14] & 0xf] = 1
ether[ip[9]] != 0
ip and ether[20] & 0x80 = 0
not ip or ether[len] = 0
len % 7 = 3
len ^ 60 = 0
len & 1 != 0
len | 1 = 61
len / 10 * 10 = len
len << 2 > 400
len >> 3 = 7
100 / ip[1] > 0
ip[8] - tcp[0] < 100
ip and 60 - ip[8] < 100
ether[ip[0]] = 0
ether[100 + ip[0]] = 0
ip[8] / ip[8] = 1
ip[8] % 60 * 2 = 64
ip[8] * 3 % 4 = 192
- ip[8] = -64
-1 ^ ip[8] = 0xffffffbf
60 % 8 * 100 = len
1 | 2 & 4 = ip[1] + 1
ip[8] - 10 - 4 = 50
ip[8] + 1 << 2 = 260
1 << ip[9] = 2
(ip[8]) = (64)
(len) > (((100)))
60 = len or 1 = 2
len > 60 and 1 = 1
mpls
mpls 100
mpls 16
mpls 1048575
mpls and ip
mpls and ip6
mpls 100 and tcp
mpls and host 10.0.0.1
mpls and host 2001:db8::1
mpls and port 80
mpls and mpls
mpls 16 and mpls 100
mpls and mpls 16 and mpls 3 and ip
mpls 16 and mpls 100 and host 10.0.0.1
mpls and mpls and udp port 53
mpls and ip[8] = 64
mpls and tcp[13] = 2
mpls or ip
not mpls and ip
pppoed
pppoes
pppoes 1
pppoes and ip
pppoes and ip6
pppoes 0 and tcp port 80
pppoes and host 10.0.0.1
pppoes and ether[0] = 0
pppoes and mpls 100 and ip
pppoes 3 and mpls and tcp
pppoes and ip[9] = 6
pppoes or udp
tcp and (port 80 or port 443) and not host 10.1.2.3
(tcp or udp) and port 53
tcp or udp and port 53
udp and port 53 or tcp
icmp or arp and host 10.0.0.2
not icmp and not arp
not not ip
!(!ip)
ip && tcp || ip6 && udp
ip and (tcp or (udp and (port 53 or (port 67 and not port 53))))
host 10.0.0.1 and tcp and dst port 80 and tcp[13] = 2
src net 10 and not dst net 10
port 80 or (host 10.1.2.3) or 443
vlan
vlan 10
vlan 20
vlan 0
vlan 100
vlan (10)
not vlan
not vlan 10
vlan and icmp
vlan 10 and icmp
vlan 10 and tcp port 80
vlan or icmp
icmp or vlan
icmp or vlan and icmp
vlan and vlan
vlan 100 and vlan 200
vlan 10 or vlan 20
vlan 10 and vlan 20 and ip
vlan and vlan and vlan
vlan and vlan and vlan 3 and arp
vlan and vlan and vlan and vlan and ip
(vlan and ip) or ip6
not vlan and ip
not vlan or ip
vlan and not ip
vlan and host 10.0.0.1
vlan 10 and host 10.0.0.1 or 10.1.2.3
vlan and ip6 host 2001:db8::1
vlan and arp
vlan and stp
vlan and ether proto 0xfe
vlan and port 53
vlan and portrange 6000-6008
vlan and ip[8] = 64
vlan and tcp[tcpflags] & tcp-syn != 0
vlan and ip6[6] = 58
vlan and icmp6[0] = 135
vlan and ether[12:2] = 0x8100
vlan and ether[14:2] & 0xe000 != 0
vlan and ether[14:2] & 0xfff = 10
vlan and ether[16:2] = 0x800
vlan and len > 100
vlan and greater 100
vlan and broadcast
vlan and multicast
vlan and ip multicast
vlan and ether src 02:00:00:00:00:02
vlan 10 and ip broadcast
vlan and mpls 100
vlan and mpls and mpls 100 and ip
vlan 10 and pppoes
vlan and pppoes 1 and ip6
vlan and vlan and net 10
vlan and (tcp or udp) and not port 53
vlan and net 2001:db8::/32
host 10.0.0.1 or vlan 10 and host 10.0.0.1
ether proto 0x88a8 and vlan 100
ether proto 0x8100 or vlan
`), "\n")
}
