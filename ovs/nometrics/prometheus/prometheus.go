// Package prometheus stands in for the Prometheus client that libovsdb imports for
// metrics which ovscope never registers; go.mod replaces the one with the other.
//
// The real one brings protobuf, whose use of reflection makes the linker keep
// every exported method of the program: 7.5 MB of a 26.5 MB binary. Here is only
// what libovsdb names, and it counts nothing.
package prometheus

// Labels name a metric's dimensions.
type Labels map[string]string

// CounterOpts describe a counter.
type CounterOpts struct {
	Namespace, Subsystem, Name, Help string
	ConstLabels                      Labels
}

// GaugeOpts describe a gauge.
type GaugeOpts CounterOpts

// Collector is anything that could be registered.
type Collector any

// Registerer would collect metrics.
type Registerer interface {
	MustRegister(...Collector)
}

// Counter forgets what it counts.
type Counter struct{}

// Inc does nothing.
func (Counter) Inc() {}

// Gauge forgets what it is set to.
type Gauge struct{}

// Inc does nothing.
func (Gauge) Inc() {}

// Dec does nothing.
func (Gauge) Dec() {}

// Set does nothing.
func (Gauge) Set(float64) {}

// CounterVec is a family of counters.
type CounterVec struct{}

// WithLabelValues is a counter of the family.
func (*CounterVec) WithLabelValues(...string) Counter { return Counter{} }

// NewCounter makes a counter.
func NewCounter(CounterOpts) Counter { return Counter{} }

// NewGauge makes a gauge.
func NewGauge(GaugeOpts) Gauge { return Gauge{} }

// NewCounterVec makes a family of counters.
func NewCounterVec(CounterOpts, []string) *CounterVec { return &CounterVec{} }
