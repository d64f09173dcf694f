package tui

// confirmed tells whether the settings of the service provider are known from a
// person's word alone: nothing there can be read.
func (p *Prepared) confirmed() bool {
	return p != nil && p.Plan != nil && p.Job.Verb != Enable && p.Plan.Profile != nil && !p.Plan.Observed.SP.Readable
}
