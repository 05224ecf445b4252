package cli

import "ovscope/live/mask"

// masker replaces addresses by stand-ins if --mask says so; else it is nil.
func (a *app) masker() *mask.Masker {
	switch {
	case !a.flags.mask:
		return nil
	case a.flags.demo:
		return mask.New([]byte("demo")) // what is made up needs no secret, and pictures are to stay the same
	}
	return mask.New(mask.HostKey())
}
