package filter

import (
	"os"
	"strconv"
	"strings"
)

// wellKnownServices is asked before /etc/services, so that a filter means the
// same on every host. It has the same format, and what IANA's registry and the
// hosts' own files agree on.
const wellKnownServices = `
echo 7/tcp
echo 7/udp
discard 9/tcp
discard 9/udp
daytime 13/tcp
daytime 13/udp
chargen 19/tcp
chargen 19/udp
ftp-data 20/tcp
ftp 21/tcp
ssh 22/tcp
telnet 23/tcp
smtp 25/tcp mail
time 37/tcp
time 37/udp
whois 43/tcp nicname
tacacs 49/tcp
tacacs 49/udp
domain 53/tcp
domain 53/udp
bootps 67/udp
bootpc 68/udp
tftp 69/udp
finger 79/tcp
http 80/tcp www
kerberos 88/tcp kerberos5
kerberos 88/udp kerberos5
iso-tsap 102/tcp
pop3 110/tcp pop-3
sunrpc 111/tcp portmapper
sunrpc 111/udp portmapper
auth 113/tcp
nntp 119/tcp
ntp 123/udp
epmap 135/tcp
netbios-ns 137/udp
netbios-dgm 138/udp
netbios-ssn 139/tcp
imap2 143/tcp imap
snmp 161/tcp
snmp 161/udp
snmp-trap 162/tcp snmptrap
snmp-trap 162/udp snmptrap
xdmcp 177/udp
bgp 179/tcp
ptp-event 319/udp
ptp-general 320/udp
ldap 389/tcp
ldap 389/udp
svrloc 427/tcp
https 443/tcp
https 443/udp
microsoft-ds 445/tcp
kpasswd 464/tcp
kpasswd 464/udp
submissions 465/tcp smtps
isakmp 500/udp
exec 512/tcp
login 513/tcp
shell 514/tcp cmd syslog
syslog 514/udp
printer 515/tcp
route 520/udp router
rtsp 554/tcp
rtsp 554/udp
dhcpv6-client 546/udp
dhcpv6-server 547/udp
submission 587/tcp
ipp 631/tcp
ldaps 636/tcp
ldaps 636/udp
ldp 646/tcp
ldp 646/udp
domain-s 853/tcp
domain-s 853/udp
rsync 873/tcp
ftps-data 989/tcp
ftps 990/tcp
telnets 992/tcp
imaps 993/tcp
pop3s 995/tcp
socks 1080/tcp
openvpn 1194/tcp
openvpn 1194/udp
ms-sql-s 1433/tcp
ms-sql-m 1434/udp
l2f 1701/udp l2tp
radius 1812/tcp
radius 1812/udp
radius-acct 1813/tcp
radius-acct 1813/udp
nfs 2049/tcp
nfs 2049/udp
iscsi-target 3260/tcp
mysql 3306/tcp
ms-wbt-server 3389/tcp
bfd-control 3784/udp
bfd-echo 3785/udp
ipsec-nat-t 4500/udp
vxlan 4789/udp
sip 5060/tcp
sip 5060/udp
sip-tls 5061/tcp
sip-tls 5061/udp
mdns 5353/udp
postgresql 5432/tcp postgres
amqp 5672/tcp
x11 6000/tcp
geneve 6081/udp
redis 6379/tcp
openflow 6653/tcp
ovsdb 6640/tcp
http-alt 8080/tcp webcache
`

// service is what a name in the services table stands for.
type service struct {
	port     uint16
	tcp, udp bool // SCTP has no entries of its own, as in tcpdump
}

// lookupService finds a service by its name or alias. The built-in table is first.
func lookupService(name string) (service, bool) {
	s, ok := findService(wellKnownServices, name)
	if !ok {
		// Whatever keeps the file from being read, the name is then unknown.
		file, _ := os.ReadFile("/etc/services")
		s, ok = findService(string(file), name)
	}
	return s, ok
}

// findService looks through a text in the format of services(5).
func findService(table, name string) (s service, ok bool) {
	for fields := range entries(table, name) {
		number, transport, _ := strings.Cut(fields[1], "/")
		port, err := strconv.ParseUint(number, 10, 16)
		if err != nil || (ok && uint16(port) != s.port) {
			continue
		}
		switch transport {
		case "tcp":
			s.tcp = true
		case "udp":
			s.udp = true
		default:
			continue
		}
		s.port, ok = uint16(port), true
	}
	return s, ok
}

// entries yields the fields of the lines that have the name as first field or as
// one after the second: services(5) and protocols(5) have this format.
func entries(table, name string) func(yield func([]string) bool) {
	return func(yield func([]string) bool) {
		for line := range strings.Lines(table) {
			line, _, _ = strings.Cut(line, "#")
			fields := strings.Fields(line)
			for i, field := range fields {
				if field == name && i != 1 && len(fields) >= 2 {
					if !yield(fields) {
						return
					}
					break
				}
			}
		}
	}
}
