// Package rules judges what the fields of an environment say together: more
// pods than nodes, a quorum of two, a message that no broker takes. The schema
// has accepted each field by itself before.
//
// Data comes in as the derived values of environments and goes out as findings
// WO2xx and WO5xx at the user's own lines; nothing is changed. Check judges one
// environment, CheckAll a directory of them, with the rules between them; Codes
// explains every code.
//
// A file is a subject, a function in it a rule or a few that exclude each
// other: one mistake is one finding, so a rule is silent where another has
// already refused its operands. An error is what cannot work or will lose
// data; what may be meant is a warning. Numbers about OpenWhisk come from the
// catalogue.
package rules
