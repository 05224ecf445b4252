package main

import (
	"errors"
	"time"
)

// point is the memory that a tool had in use after so many packets.
type point struct {
	packets uint64
	mib     float64
}

// memory sends packets up to a total, and looks at the memory in use on the way.
func (n *network) memory(t tool, total uint64) (points []point, err error) {
	r, err := n.start(t)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.stop()) }()
	before, err := n.arrived()
	if err != nil {
		return nil, err
	}
	const steps = 5
	for range steps {
		if _, _, err := n.send(cases(false)[0], limit{time: time.Minute, packets: total / steps}); err != nil {
			return points, err
		}
		arrived, err := n.arrived()
		if err != nil {
			return points, err
		}
		points = append(points, point{arrived - before, float64(memory(r.cmd.Process.Pid, "VmRSS")) / 1024})
	}
	return points, nil
}
