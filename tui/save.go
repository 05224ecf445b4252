package tui

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"ovscope/live"
	"ovscope/live/filter"
	"ovscope/live/pcapfile"
	"ovscope/tui/widget"
)

// savePrompt asks which packets go into which file.
type savePrompt struct {
	input widget.Input
	what  saveWhat
}

// saveWhat is which packets are written.
type saveWhat int

const (
	saveAll saveWhat = iota
	saveShown
	saveMarked
)

// saveChoices are those that there are now.
func (m *model) saveChoices() []saveWhat {
	choices := []saveWhat{saveAll}
	if m.packets.filter != nil {
		choices = append(choices, saveShown)
	}
	if len(m.packets.marked(m.tap.store())) > 0 {
		choices = append(choices, saveMarked)
	}
	return choices
}

// askSave opens the prompt.
func (m *model) askSave() tea.Cmd {
	if why := m.whyMasked(); why != "" {
		m.say(why)
		return nil
	}
	if !stored(m.tap.store()) { // of an opened packet, whose mirror is no longer on screen
		m.say("there are no packets to write")
		return nil
	}
	if j := m.saving; j != nil {
		m.say("still writing " + j.path)
		return nil
	}
	m.save = &savePrompt{}
	if m.packets.filter != nil {
		m.save.what = saveShown
	}
	m.save.input.Set("ovscope-" + m.now().Format("20060102-150405") + ".pcapng")
	return nil
}

// typeSave gives a key to the prompt.
func (m *model) typeSave(msg tea.KeyPressMsg) tea.Cmd {
	p := m.save
	switch key := msg.String(); {
	case key == "enter":
		return m.startSave()
	case key == "esc":
		m.save = nil
	case key == "up" || key == "down" || key == "tab":
		choices := m.saveChoices()
		if len(choices) == 1 {
			m.say("there is no filter and nothing is marked: all packets are written")
		}
		by := 1
		if key == "up" {
			by = len(choices) - 1
		}
		p.what = choices[(max(0, slices.Index(choices, p.what))+by)%len(choices)]
	case msg.Text != "":
		p.input.Insert(msg.Text)
	case !p.input.Key(key):
		m.useless()
	}
	return nil
}

func (m *model) viewSave(width, height int) []string {
	p, s := m.save, m.tap.store()
	inside := min(width-4, 90)
	if inside < 16 || height < 4 || s == nil {
		return nil
	}
	tail := m.st.Signs.Ellipsis
	const label = "file "
	lines := []string{
		widget.NewLine(len(label), "").Put(m.st.Key, label).String() + p.input.Draw(inside-len(label), m.st),
		widget.Spaces(inside),
	}
	first, next := s.Range()
	choice := func(chosen bool, text string) {
		line := widget.NewLine(inside, tail)
		if chosen {
			line.Put(m.st.Bold, m.st.Signs.Cursor).Put(m.st.Chosen, " "+text+" ")
		} else {
			line.Space(1).Put(m.st.Text, " "+text)
		}
		lines = append(lines, line.String())
	}
	choices := m.saveChoices()
	if !slices.Contains(choices, p.what) { // the marked ones have been overwritten
		p.what = saveAll
	}
	hint := "enter writes   esc cancels"
	if len(choices) > 1 {
		hint = "↑↓ choose   " + hint
	}
	for _, what := range choices {
		text := ""
		switch what {
		case saveAll:
			text = "all " + plural(int(next-first), "packet") + " in the buffer"
		case saveShown:
			f := strings.TrimSpace(m.packets.filter.String())
			text = "those that the filter shows: " + f
			if x := m.packets.matches; x != nil && x.low <= first {
				text = count(x.since(first)) + " that the filter shows: " + f
			}
		case saveMarked:
			text = count(uint64(len(m.packets.marks))) + " that are marked"
		}
		choice(p.what == what, text)
	}
	lines = append(lines, widget.Spaces(inside), widget.NewLine(inside, tail).Put(m.st.Dim, m.st.Say(hint)).String())
	if room := height - 2; len(lines) > room {
		lines = lines[:room]
	}
	box := widget.Box{
		Border: m.st.Signs.Border, Style: m.st.BorderFocus, Pad: 1, Content: lines,
		Title: m.st.TitleFocus.Render("Write packets as pcapng"),
	}
	return box.Draw(inside+4, len(lines)+2)
}

// saveJob is a file that is being written.
type saveJob struct {
	path     string
	replace  bool // what is there may go
	store    *live.Store
	from, to uint64         // sequence numbers
	want     *filter.Filter // nil for all
	marked   marks          // nil for all
	epoch    uint64         // of the recorder: the store holds other packets later
	options  pcapfile.Options
	stats    *pcapfile.Statistics // nil if nothing is known about the capture
	done     atomic.Uint64        // packets looked at
}

// startSave takes what was typed and begins to write.
func (m *model) startSave() tea.Cmd {
	p, s := m.save, m.tap.store()
	path, err := expand(strings.TrimSpace(p.input.Text()))
	if err != nil {
		m.say(err.Error())
		return nil
	}
	m.save = nil
	if s == nil {
		m.say("the packets are gone")
		return nil
	}
	j := &saveJob{path: path, store: s, epoch: m.recorder.epoch.Load(), options: m.fileOptions()}
	j.from, j.to = s.Range()
	note := func(text string) { j.options.Comment = strings.TrimSpace(j.options.Comment + "\n" + text) }
	switch p.what {
	case saveShown:
		if j.want = m.packets.filter; j.want != nil {
			note("filter: " + j.want.String())
		}
	case saveMarked:
		j.marked = m.packets.marked(s)
		j.from, j.to = j.marked.span()
		note("packets that were marked")
	case saveAll:
	}
	if !m.ofFile() {
		c := m.tap.meter.counters
		j.stats = &pcapfile.Statistics{Received: c.Packets, Dropped: c.KernelDrops}
	}
	m.saving = j
	return m.write(j)
}

// expand makes a file name absolute; ~ is the user's home.
func expand(path string) (string, error) {
	switch path {
	case "":
		return "", errors.New("the file needs a name")
	case "-":
		return "", errors.New("standard output is this screen; name a file")
	}
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			path = filepath.Join(home, rest)
		}
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("finding %s: %w", path, err)
	}
	return absolute, nil
}

// fileOptions is what the file tells about where its packets come from.
func (m *model) fileOptions() pcapfile.Options {
	o := pcapfile.Options{Version: m.cfg.Version}
	if m.alone() {
		if name, ok := strings.CutPrefix(m.cfg.Capture.Title, "interface "); ok {
			o.Interface = name
		} else {
			o.Comment = "from " + m.cfg.Capture.Title
		}
		return o
	}
	o.Interface = m.tap.point.Interface
	if mirror := m.mirror(); mirror != nil {
		o.Description = fmt.Sprintf("mirror %s on %s: %s to %s", mirror.Name, m.bridgeName(mirror), mirror.SourcesText(), mirror.OutputText())
		if mirror.SnapLen != nil {
			o.SnapLen = *mirror.SnapLen
		}
	}
	return o
}

// savedMsg says how writing went.
type savedMsg struct {
	job             *saveJob
	written, missed uint64
	stopped         bool // the store was emptied meanwhile
	err             error
}

// saveExistsMsg says that there is a file of that name already.
type saveExistsMsg struct {
	job  *saveJob
	size int64
	at   time.Time
}

// saveStep is how many packets are looked at before progress is told.
const saveStep = 16384

// write writes the file. The capture goes on meanwhile.
func (m *model) write(j *saveJob) tea.Cmd {
	return func() tea.Msg {
		if !m.underway.begin() {
			return nil
		}
		defer m.underway.end()
		if info, err := os.Stat(j.path); err == nil && !j.replace && info.Mode().IsRegular() && info.Size() > 0 {
			return saveExistsMsg{j, info.Size(), info.ModTime()}
		}
		msg := savedMsg{job: j}
		w, err := pcapfile.Create(j.path, j.options)
		if err != nil {
			msg.err = err
			return msg
		}
		ours := func() bool { return m.recorder.epoch.Load() == j.epoch }
		want := func(p live.Packet) bool {
			return ours() && (j.want == nil || j.want.Match(p.Data, p.Length)) && (j.marked == nil || j.marked.has(p.Seq))
		}
		if j.stats != nil {
			j.stats.Start, j.stats.End = timeOf(j.store, j.from), timeOf(j.store, j.to-1)
			w.SetStatistics(*j.stats)
		}
		for at := j.from; at < j.to && msg.err == nil && m.ctx.Err() == nil && ours(); {
			at, msg.err = w.WriteFrom(j.store, at, min(j.to, at+saveStep), want)
			j.done.Store(at - j.from)
		}
		msg.stopped = !ours()
		if err := w.Close(); msg.err == nil {
			msg.err = err
		}
		msg.written, msg.missed = w.Packets()
		return msg
	}
}

// timeOf is when a packet came; the zero time if it is not there.
func timeOf(s *live.Store, seq uint64) time.Time {
	first, _ := s.Range()
	p, _ := s.Read(max(seq, first), nil)
	return p.Time
}

func (m *model) onSaveExists(msg saveExistsMsg) tea.Cmd {
	j := msg.job
	m.saving = nil
	q := &question{}
	q.Title = "There is such a file"
	q.Alarm = true
	q.paragraph(m.st.Text, fmt.Sprintf("%s has %s, written %s.", j.path, byteSize(uint64(msg.size)), msg.at.In(m.now().Location()).Format("2006-01-02 15:04:05")))
	q.add("cancel", nil)
	q.addKey("r", "replace it, if it is a capture", func() tea.Cmd {
		j.replace = true
		m.saving = j
		return m.write(j)
	})
	m.ask(q)
	return nil
}

func (m *model) onSaved(msg savedMsg) tea.Cmd {
	if m.saving == msg.job {
		m.saving = nil
	}
	what := "wrote " + plural(int(msg.written), "packet")
	if msg.stopped {
		what = "stopped, because another mirror is captured now: " + what
	}
	if msg.missed > 0 {
		what += " (" + count(msg.missed) + " were overwritten before their turn came)"
	}
	what += " to " + msg.job.path
	switch {
	case msg.err == nil:
		m.announce(what, m.st.Good)
	case msg.written > 0:
		m.announce(fmt.Sprintf("%v; the first %s are in the file", msg.err, plural(int(msg.written), "packet")), m.st.Bad)
	default:
		m.announce("nothing was written: "+msg.err.Error(), m.st.Bad)
	}
	return nil
}

// saveProgress is how far writing has come, "" when nothing is written.
func (m *model) saveProgress() string {
	j := m.saving
	if j == nil {
		return ""
	}
	return fmt.Sprintf("writing %s: %s of %s packets", j.path, count(j.done.Load()), count(j.to-j.from))
}
