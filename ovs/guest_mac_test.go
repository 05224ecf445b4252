package ovs

import (
	"slices"
	"testing"
)

func TestGuestMACsAreThoseOfTheGuestNotOfItsDevice(t *testing.T) {
	of := func(i Interface) *Port { return &Port{Interfaces: []*Interface{&i}} }
	attached := func(mac string) map[string]string { return map[string]string{"attached-mac": mac} }
	for name, test := range map[string]struct {
		port *Port
		want []string
	}{
		"the platform says":   {of(Interface{MAC: "fe:54:00:00:00:01", ExternalIDs: attached("52:54:00:AB:00:01")}), []string{"52:54:00:ab:00:01"}},
		"the port says":       {&Port{ExternalIDs: attached("02:00:00:00:00:01"), Interfaces: []*Interface{{MAC: "aa:00:00:00:00:01"}}}, []string{"02:00:00:00:00:01"}},
		"libvirt's tap":       {of(Interface{MAC: "fe:54:00:12:34:56"}), []string{"52:54:00:12:34:56"}},
		"OpenStack's tap":     {of(Interface{MAC: "fe:16:3e:12:34:56"}), []string{"fa:16:3e:12:34:56"}},
		"an internal port":    {of(Interface{Type: "internal", MAC: "7a:00:00:00:00:01"}), []string{"7a:00:00:00:00:01"}},
		"a veth's near end":   {of(Interface{MAC: "7a:00:00:00:00:01"}), nil},
		"a vhost-user socket": {of(Interface{Type: "dpdkvhostuserclient", MAC: "00:00:00:00:00:00"}), nil},
	} {
		if got := test.port.GuestMACs(); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
