package plan

import (
	"testing"

	"example.com/ssowizard/internal/sso"
)

func TestEveryValueThatTheAppFollowsIsNamed(t *testing.T) {
	t.Parallel()
	const path = "settings.signOn."
	got := offeredChanges([]sso.Change{{Field: path + "ssoAcsUrl", To: "https://a"}, {Field: path + "recipient", To: "https://a"},
		{Field: path + "destination", To: "https://a"}, {Field: path + "audience", To: "urn:a"}, {Field: path + "other", To: nil}})
	if want := "ACS URL https://a, Audience (SP entity ID) urn:a, other empty"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := offeredChanges([]sso.Change{{Field: path + "recipient", To: "https://b"}}); got != "Recipient URL https://b" {
		t.Errorf("%q", got)
	}
}
