package sp

import (
	"crypto/sha256"
	"net/http"
	"slices"
	"strings"
	"time"
)

// telnyxUser is somebody of the organization as the API shows them.
type telnyxUser struct {
	ID           string         `json:"id"`
	RecordType   string         `json:"record_type"`
	Email        string         `json:"email"`
	UserStatus   string         `json:"user_status"`
	LastSignInAt *time.Time     `json:"last_sign_in_at"`
	CreatedAt    *time.Time     `json:"created_at"`
	BypassesSSO  bool           `json:"organization_user_bypasses_sso"`
	Groups       *[]telnyxGroup `json:"groups,omitempty"`
}

type telnyxGroup struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// organizationUsers are all people, in a fixed order. The caller holds the lock.
func (p *provider) organizationUsers() []telnyxUser {
	var all []telnyxUser
	for _, email := range p.addresses() {
		sum := sha256.Sum256(append(slices.Clone(p.secrets.Account), addressKey(email)...))
		u := telnyxUser{ID: uuid(sum[:16]), RecordType: "organization_sub_user", Email: email, UserStatus: "enabled", CreatedAt: p.secrets.Since}
		if addressKey(email) == addressKey(p.env.owner) {
			u.RecordType = "organization_owner"
		}
		u.BypassesSSO = p.bypasses != nil && p.bypasses(p, email)
		all = append(all, u)
	}
	return all
}

func (p *provider) telnyxUsers(r *http.Request) (int, any, error) {
	page, err := telnyxPageOf(r, telnyxMostItems)
	if err != nil {
		return 0, nil, err
	}
	query := r.URL.Query()
	email, status := strings.ToLower(query.Get("filter[email]")), query.Get("filter[user_status]")
	if status != "" && !slices.Contains([]string{"enabled", "disabled", "blocked"}, status) {
		return 0, nil, telnyxBadParameter("filter[user_status]", "The value must be one of: enabled, disabled, blocked.")
	}
	p.mu.Lock()
	all := p.organizationUsers()
	p.mu.Unlock()
	found := slices.DeleteFunc(all, func(u telnyxUser) bool {
		return !strings.Contains(strings.ToLower(u.Email), email) || status != "" && u.UserStatus != status
	})
	from, to, meta := page.cut(len(found))
	users := make([]telnyxUser, 0, to-from)
	for _, u := range found[from:to] {
		if query.Get("include_groups") == "true" {
			u.Groups = &[]telnyxGroup{}
		}
		users = append(users, u)
	}
	return http.StatusOK, telnyxData{Data: users, Meta: meta}, nil
}

func (p *provider) telnyxUser(r *http.Request) (int, any, error) {
	p.mu.Lock()
	all := p.organizationUsers()
	p.mu.Unlock()
	for _, u := range all {
		if u.ID == r.PathValue("id") {
			return http.StatusOK, telnyxData{Data: u}, nil
		}
	}
	return 0, nil, telnyxNotFound()
}
