package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tree returns a process and its descendants.
func tree(pid int) []int {
	children := map[int][]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range stats {
		b, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		// pid (name) state ppid: the name may have spaces and parentheses.
		_, rest, found := strings.Cut(string(b[:]), " (")
		end := strings.LastIndex(rest, ") ")
		if !found || end < 0 {
			continue
		}
		fields := strings.Fields(rest[end+2:])
		child, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		parent, parentErr := strconv.Atoi(fields[1])
		if errors.Join(err, parentErr) == nil {
			children[parent] = append(children[parent], child)
		}
	}
	all := []int{pid}
	for i := 0; i < len(all); i++ {
		all = append(all, children[all[i]]...)
	}
	return all
}

// cpuTime is what a process and its descendants have run so far, except for
// threads that have ended.
func cpuTime(pid int) time.Duration {
	var total time.Duration
	for _, p := range tree(pid) {
		tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", p))
		for _, file := range tasks {
			if b, err := os.ReadFile(file); err == nil {
				if f := bytes.Fields(b); len(f) > 0 {
					ns, _ := strconv.ParseInt(string(f[0]), 10, 64)
					total += time.Duration(ns)
				}
			}
		}
	}
	return total
}

// memory returns kibibytes of a field of /proc/PID/status (VmHWM: peak, VmRSS:
// now), of a process and its descendants together. It is not taken from rusage,
// whose ru_maxrss begins with what the parent had before exec.
func memory(pid int, field string) (kib uint64) {
	for _, p := range tree(pid) {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(b)) {
			if value, found := strings.CutPrefix(line, field+":"); found {
				n, _ := strconv.ParseUint(strings.Fields(value)[0], 10, 64)
				kib += n
			}
		}
	}
	return kib
}

// waitIdle returns when the process has nothing left to do, or after some time.
// A screen that shows rates goes on for a second or so.
func waitIdle(pid int, longest time.Duration) {
	const (
		pause = 100 * time.Millisecond
		times = 3 // it may just not have got the CPU
	)
	last, idle := cpuTime(pid), 0
	for deadline := time.Now().Add(longest); idle < times && time.Now().Before(deadline); {
		time.Sleep(pause)
		now := cpuTime(pid)
		if now-last < pause/50 { // 2 % of a CPU
			idle++
		} else {
			idle = 0
		}
		last = now
	}
}
