// Package replay holds recorded traffic of real Okta orgs against the sandbox.
// It sends the recorded requests in their order, with ids, hosts and times
// translated, and compares what comes back: status, headers, and the body's
// members, their order, types and values. What differs is a failure, unless the
// list of accepted differences gives a reason for it.
//
// It is a tool of the tests and knows no simulator: whatever serves HTTP can be
// held against recordings. The tests of this package bring the two together,
// with recordings of their own making always, and with those in the folder that
// SSOWIZARD_RECORDINGS names where it is set.
package replay
