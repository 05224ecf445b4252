package tui

// lookLoading notes how far the first look at Open vSwitch is, and reports whether
// that is news. A large database takes its time, and its users keep an eye on it.
func (m *model) lookLoading() bool {
	if !m.loading() {
		return false
	}
	before := m.loaded
	m.loaded = m.cfg.Switch.Loading()
	return m.loaded != before
}

// loading reports that there is no snapshot yet.
func (m *model) loading() bool { return m.snap == nil && !m.alone() }

// progress is how far the first look is, in words.
func (m *model) progress() string {
	if m.loaded == 0 {
		return "connecting"
	}
	return "loading: " + count(uint64(m.loaded)) + " ports"
}
