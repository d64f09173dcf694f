package signin_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/ssowizard/internal/signin"
)

func TestAMistypedPathIsToldAsOne(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	for _, path := range []string{"~/answer", "/no/such/answer", "./answer", "answer.har", "Downloads/my answer", "Downloads/answers", `C:\Users\ana\answer`, ".answer"} {
		if _, err := signin.HandedOrFile(path, home); err == nil || !strings.Contains(err.Error(), "there is no such file") {
			t.Errorf("%s: err = %v", path, err)
		}
	}
	encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("<a>???</a>", 8)))
	for _, text := range []string{encoded, encoded[:64], "SAMLResponse=PD94%2Babc/x&RelayState=", "https://app.example.com/callback?code=abc", "<xml/>", "{}", "PD94"} {
		if data, err := signin.HandedOrFile(text, home); err != nil || string(data) != text {
			t.Errorf("%s: %q, err %v", text, data, err)
		}
	}
	if err := os.WriteFile(filepath.Join(home, "answer"), []byte("it"), 0o600); err != nil {
		t.Fatal(err)
	}
	if data, err := signin.HandedOrFile("~/answer", home); err != nil || string(data) != "it" {
		t.Errorf("a file that is there: %q, err %v", data, err)
	}
}
