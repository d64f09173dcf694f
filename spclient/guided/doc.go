// Package guided is the way to a service provider that a person goes: every
// value under the label that the page uses, and each file in the form that the
// page takes. Nothing can be read there, so what a person says is what counts.
package guided
