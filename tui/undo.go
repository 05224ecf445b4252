package tui

import (
	"errors"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"ovscope/ovs"
)

// undoStep is the way back from a change that was applied.
type undoStep struct {
	*ovs.Undo
	// doubtful steps are of changes that failed and may be in the database yet.
	doubtful bool
}

// maxUndo bounds how far back undo goes.
const maxUndo = 100

func (m *model) pushUndo(undo *ovs.Undo, doubtful bool) {
	if undo == nil {
		return
	}
	m.undos = append(m.undos, &undoStep{undo, doubtful})
	m.undos = m.undos[max(0, len(m.undos)-maxUndo):]
}

func (m *model) dropUndo(step *undoStep) {
	m.undos = slices.DeleteFunc(m.undos, func(s *undoStep) bool { return s == step })
}

// lastUndo is what undo takes back next, nil for nothing.
func (m *model) lastUndo() *undoStep {
	if len(m.undos) == 0 {
		return nil
	}
	return m.undos[len(m.undos)-1]
}

// undo takes the last change back, or says why that must not or need not be.
func (m *model) undo() tea.Cmd {
	return m.work.afterwards(func() tea.Cmd {
		step := m.lastUndo()
		if step == nil {
			m.say("nothing is left to undo")
			return nil
		}
		plan, err := step.Plan(m.real)
		switch {
		case err != nil:
			m.refuseUndo(step, err)
			return nil
		case plan.NeedsConfirmation() && !m.agreedTo(step.Change):
			return m.askPlan(step, step.Plan)
		}
		return m.apply(plan, step, nil)
	})
}

// refuseUndo puts the reason into the log, where it can be read in full. What can
// never be taken back any more makes way for the change before it.
func (m *model) refuseUndo(step *undoStep, err error) {
	var undone *ovs.UndoneError
	var gone *ovs.GoneError
	text := fmt.Sprintf("cannot undo %q: %v", step.Title, err)
	switch {
	case errors.As(err, &undone):
		m.dropUndo(step)
		text = err.Error()
	case errors.As(err, &gone):
		m.dropUndo(step)
	}
	m.announce(text, m.st.Warn)
}
