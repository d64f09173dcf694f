package words

import "strings"

// SandboxPage says how a page under a real name is found in the sandbox, "" for
// one that any browser on this machine finds. flags are what the command ends
// with.
func SandboxPage(page string, flags ...string) string {
	if page == "" || strings.Contains(page, "://127.") || strings.Contains(page, "://localhost") || strings.Contains(page, "://[::1]") {
		return ""
	}
	command := strings.Join(append([]string{"ssowizard sandbox --open"}, flags...), " ")
	return "In the sandbox this page is found with " + command + " only; any other browser reaches the real service."
}
