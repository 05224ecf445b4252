package tui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"ovscope/tui/layout"
	"ovscope/tui/widget"
)

// clipboard is how text gets out of the terminal that the screen runs in: through
// OSC 52, which the terminal may ignore and never answers.
type clipboard struct {
	term         string // TERM
	tmux, screen bool   // inside tmux, inside GNU screen
}

func newClipboard(env tea.EnvMsg) clipboard {
	return clipboard{term: env.Getenv("TERM"), tmux: env.Getenv("TMUX") != "", screen: env.Getenv("STY") != ""}
}

// impossible is why nothing can be copied, "" if it may be.
func (c clipboard) impossible() string {
	switch c.term {
	case "linux", "vt100", "vt220", "dumb":
		return "this terminal (TERM=" + c.term + ") has no clipboard"
	}
	return ""
}

// screenLimit is how long a string GNU screen hands through (its MAXSTR).
const screenLimit = 768

// write sends the text to the terminal, and past a multiplexer to the one outside:
// tmux takes OSC 52 itself with set-clipboard on, hands it through with
// allow-passthrough on; screen only hands it through. Both drop what they do not
// take, and setting a clipboard twice does no harm. Over SSH only TERM tells.
func (c clipboard) write(text string) tea.Cmd {
	osc := ansi.SetSystemClipboard(text)
	switch plain := tea.SetClipboard(text); {
	case c.tmux, strings.HasPrefix(c.term, "tmux"):
		return tea.Batch(plain, tea.Raw(ansi.TmuxPassthrough(osc)))
	case c.screen, strings.HasPrefix(c.term, "screen"):
		return tea.Batch(plain, tea.Raw(ansi.ScreenPassthrough(osc, screenLimit)))
	default:
		return plain
	}
}

// copiedMsg says what became of a text that was handed to tmux.
type copiedMsg struct {
	what, text string
	err        error
}

// copy hands a text to the terminal's clipboard; what says which it is. As tmux
// comes, it ignores what programs inside it put into the clipboard; asked itself,
// it keeps the text and passes it on.
func (m *model) copy(what, text string) tea.Cmd {
	if why := m.clipboard.impossible(); why != "" {
		m.say(why)
		return nil
	}
	if m.cfg.Mask != nil {
		what += ", with stand-ins for addresses,"
	}
	if !m.clipboard.tmux {
		m.say("copied " + what + " to the terminal's clipboard")
		return m.clipboard.write(text)
	}
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(m.ctx, tmuxDeadline)
		defer cancel()
		return copiedMsg{what, text, m.cfg.TmuxBuffer(ctx, text)}
	}
}

const tmuxDeadline = 2 * time.Second

// tmuxBuffer makes a text the newest buffer of the tmux around us, and lets it set
// the clipboard of the terminal outside (-w, tmux 3.2).
func tmuxBuffer(ctx context.Context, text string) error {
	cmd := exec.CommandContext(ctx, "tmux", "load-buffer", "-w", "-")
	cmd.Stdin = strings.NewReader(text)
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil {
		return errors.Join(err, errors.New(strings.TrimSpace(said.String())))
	}
	return nil
}

func (m *model) onCopied(msg copiedMsg) tea.Cmd {
	if msg.err != nil {
		m.cfg.Log.Warn("tmux does not take the text", "err", msg.err)
		m.say("sent " + msg.what + " to the terminal's clipboard; tmux may ignore that: set-clipboard on makes it listen")
		return m.clipboard.write(msg.text)
	}
	m.say("copied " + msg.what + " to tmux's buffer and the clipboard")
	return nil
}

// uncopyable is why there is nothing to copy in the panes, "" when there is. Only
// packets have a hex dump.
func (m *model) uncopyable(hex bool) string {
	if why := m.clipboard.impossible(); why != "" {
		return why
	}
	switch {
	case hex && m.focus != layout.Packets:
		return "this copies a packet as hex; select one in the packets pane"
	case m.focus == layout.Ports && m.bridges.selected() == nil:
		return "there is no port"
	case m.focus == layout.Ports && m.bridges.selected().port == nil:
		return "select a port first; this row is the whole bridge"
	case m.focus == layout.Mirror && (m.alone() || m.mirror() == nil):
		return "there is no mirror to describe"
	case m.focus == layout.Packets && !m.packets.hasRows(m.tap.store()):
		return "there are no packets"
	}
	return ""
}

// copySelected copies what the focused pane has selected.
func (m *model) copySelected(hex bool) tea.Cmd {
	switch m.focus {
	case layout.Ports:
		row := m.bridges.selected()
		return m.copy("the description of port "+row.port.Name, m.portPage(row).text(m))
	case layout.Mirror:
		mirror := m.mirror()
		return m.copy("the description of mirror "+mirror.Name, m.mirrorPage(mirror).text(m))
	case layout.Packets:
		d := m.readPacket()
		switch {
		case d == nil:
			return nil
		case hex:
			return d.copyHex(m)
		}
		return m.copy(d.name()+" as a line", m.packetText(d))
	}
	return nil
}

// packetText is a packet as one line of text, nothing of it cut.
func (m *model) packetText(d *packetPane) string {
	s := m.tap.store()
	r, ok := m.packets.row(s, d.seq)
	if !ok {
		return ""
	}
	parts := []string{r.time.In(m.now().Location()).Format("2006-01-02 15:04:05.000000")}
	if len(r.line.VLANs) > 0 {
		parts = append(parts, "VLAN "+vlanStack(r.line.VLANs))
	}
	parts = append(parts, r.line.Source()+" → "+r.line.Destination(), r.line.Protocol, r.line.Info, fmt.Sprintf("%d bytes", r.length))
	return widget.Safe(strings.Join(parts, "  "))
}

// name is what the packet is called: "packet 12".
func (d *packetPane) name() string { return "packet " + count(d.seq+1) }

// copyTree copies all fields of the packet as an indented text.
func (d *packetPane) copyTree(m *model) tea.Cmd {
	lines := []string{d.title(m)}
	for _, f := range d.fields {
		text := strings.Repeat("  ", max(0, f.depth-1)) + f.Name
		if f.Value != "" {
			text += ": " + f.Value
		}
		if f.Err != "" {
			text += " [" + f.Err + "]"
		}
		lines = append(lines, widget.Safe(text))
	}
	return m.copy(d.name()+" as text, "+plural(len(lines), "line"), strings.Join(lines, "\n")+"\n")
}

// copyHex copies the packet's bytes as a hex dump, as Wireshark and text2pcap read it.
func (d *packetPane) copyHex(m *model) tea.Cmd {
	if m.cfg.Mask != nil {
		m.say("masked: only addresses have stand-ins, and the bytes hold names and payloads, too; start without --mask")
		return nil
	}
	var b strings.Builder
	for at := 0; at < len(d.packet.Data); at += 16 {
		row := d.packet.Data[at:min(at+16, len(d.packet.Data))]
		fmt.Fprintf(&b, "%06x  % x\n", at, row)
	}
	return m.copy(d.name()+" as hex, "+plural(len(d.packet.Data), "byte"), b.String())
}

// text is the page as text: a line for each of its own.
func (p *textPage) text(m *model) string {
	lines := []string{m.hide(p.title)}
	for _, l := range p.lines {
		text := ansi.Strip(l.drawn)
		switch {
		case l.drawn != "":
		case l.label == "": // goes on with the label before
			text = "  " + l.text
		default:
			text = strings.TrimSuffix(l.label+": "+l.text, ": ")
		}
		lines = append(lines, widget.Safe(strings.TrimRight(text, " ")))
	}
	return strings.Join(lines, "\n") + "\n"
}
