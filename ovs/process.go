package ovs

// Process identifies a running ovscope across reboots and reuse of process ids.
type Process struct {
	Host  string // which machine, see NewProcess
	Boot  string // /proc/sys/kernel/random/boot_id
	PIDNS string // the pid namespace, so that a container's pid is not taken for the host's
	PID   int
	Start uint64 // clock ticks between boot and the process's start, proc_pid_stat(5) field 22
}
