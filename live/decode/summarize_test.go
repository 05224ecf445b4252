package decode

import "testing"

func TestSummarizeSamples(t *testing.T) {
	for _, s := range samples() {
		t.Run(s.name, func(t *testing.T) {
			l := Summarize(s.frame, len(s.frame))
			if l.Protocol != s.protocol || l.Info != s.info {
				t.Errorf("shows %q %q\nwant  %q %q", l.Protocol, l.Info, s.protocol, s.info)
			}
			checkLine(t, &l)
		})
	}
}
