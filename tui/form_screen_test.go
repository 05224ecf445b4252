package tui

import "ovscope/ovs"

// formScenes are the states of forms of which there are pictures.
func formScenes() map[string]func(*ui) {
	open := func(u *ui) {
		u.Select("tap1")
		u.Press("n")
	}
	tunnel := func(u *ui, kind string) {
		open(u)
		u.Choose("kind", kind)
		u.Fill("remote_ip", "192.0.2.9")
		u.Fill("key", "7")
	}
	hurting := func(u *ui) {
		open(u)
		u.PickOutput("tap2")
		u.Fill("type tap2", "tap2")
		u.Field("apply")
		u.Press("shift+tab")
	}
	changed := func(u *ui) {
		u.Select("vnet2")
		u.Press("m", "E")
		u.Fill("snaplen", "64")
		u.Edit(func(s *ovs.Snapshot) { n := 100; s.Mirror("span0").SnapLen = &n })
	}
	return map[string]func(*ui){
		"form-local": open,
		"form-vlan": func(u *ui) {
			open(u)
			u.Choose("kind", "VLAN (RSPAN)")
			u.Fill("output VLAN", "111")
		},
		"form-gre": func(u *ui) { tunnel(u, "GRE") },
		"form-erspan": func(u *ui) {
			tunnel(u, "ERSPAN")
			u.Fill("index", "26")
		},
		"form-wrong": func(u *ui) {
			open(u)
			u.Fill("only VLANs", "10,x")
		},
		"form-hazard": hurting,
		"form-sources": func(u *ui) {
			open(u)
			u.Field("sources")
			u.Press("enter", "down", "right")
		},
		"form-output": func(u *ui) {
			open(u)
			u.Choose("output", "existing port")
			u.Field("output port")
			u.Press("enter")
		},
		"form-other-output": func(u *ui) {
			u.Select("tap1")
			u.Press("b", "o")
		},
		"form-edit": func(u *ui) {
			u.Select("vnet2")
			u.Press("m", "E")
			u.Fill("only VLANs", "30")
		},
		"form-detach": func(u *ui) {
			u.Select("vnet2")
			u.Press("m", "d")
		},
		"form-detach-all": func(u *ui) {
			u.Select("vnet2")
			u.Press("D", "right")
		},
		"form-meanwhile": changed,
		"form-meanwhile-dialog": func(u *ui) {
			changed(u)
			u.Press("ctrl+s")
		},
	}
}
