// Package catalog knows the service providers: one YAML profile each, built in
// or the admin's own. A profile is data and never code; this package checks it,
// refuses a wrong one with file, line and reason, and renders its values for a
// concrete connection. It opens no network connection and prints nothing.
//
// Values in a profile are strings with placeholders:
//
//	{{ .Input.x }}   the admin's answer to input x
//	{{ .IdP.Y }}     a value of the identity provider, see IdPNames
//	{{ .SP.z }}      a value that the service provider offers, else the answer
//	                 to the input of the same id, else what computed says
//
// Requests of a settings API know two more:
//
//	{{ .Setting.x }} the value of setting x that is being written
//	{{ .Call.y }}    resource, test, enabled: what earlier answers or the
//	                 caller of the operation decided
//
// The whole of a body value can be turned into another JSON type: | bool, | not
// (the opposite), | int (1 and 0 for yes and no), and | list, one entry for each
// certificate of a setting.
//
// Every request carries the token as auth says, and what stands under headers. A
// body is JSON; content_type makes it another +json, or the fields of a form. A
// request with keep lays its body over the record as it was read, for a service
// provider that takes whole documents only. What is answered with 202 is waited
// for. A list goes on by page number, offset, cursor, an address in the answer
// (url), or the Link header. Where there is nothing, the answer may be one of the
// statuses under missing, 204, or null in place of the record.
//
// In an answer a truth value is true or false, 1 or 0, also as a text; {at: PLACE,
// is: WORD} is true where that word stands, and not turns it round. In a place
// * stands for every entry of a list and every member of an object. Texts that
// are read are equal to those that were written byte for byte; equal: url and
// equal: ignore-case in a setting allow for what a service provider makes of them.
//
// A service provider with certificates: 2 has both in the setting whose value is
// {{ .IdP.Certificate }}, one after the other, or the second one in a setting of
// its own with the value {{ .IdP.OtherCertificate }}, empty but for a rotation.
// Where each has a request of its own, the one for the first has to stand first.
//
// A service provider where each certificate is a resource of its own has them
// under certificates of its API: the setting that they make up, the place of their
// list in the record, and how one is added and removed. As many as there is room
// for, one is added before another is removed. Where the list is not part of the
// record, also names the request that reads it, and under what name it joins:
//
//	read:
//	  also: [{name: trusted, request: {method: GET, path: "/idps/{{ .Call.resource }}/keys"}}]
//	certificates:
//	  setting: keys
//	  items: trusted.items
//	  id: id
//	  value: pem
//	  add: {method: POST, path: "/idps/{{ .Call.resource }}/keys", body: {pem: "{{ .Call.certificate }}"}}
//	  remove: {method: DELETE, path: "/idps/{{ .Call.resource }}/keys/{{ .Call.certificate_id }}"}
//
// Which of a setting's alternates is used is decided by its case, or by the
// answer to an input that nobody is asked for: its id is the setting's.
//
// Advice of troubleshooting is found by the codes of failed checks, and where
// a service provider says why it refuses, by the words under says.
//
// There is nothing else: no functions, no conditions, no loops.
package catalog
