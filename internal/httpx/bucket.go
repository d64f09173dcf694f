package httpx

import "strings"

// OktaBucket names the rate-limit bucket that Okta counts a request in: all
// calls of a bucket share one counter. A path that is not under Okta's API is
// in a bucket of its own first segment.
func OktaBucket(method, path string) string {
	seg := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	if len(seg) < 3 || seg[0] != "api" || seg[1] != "v1" {
		return outsideAPI(seg)
	}
	read := method == "GET" || method == "HEAD"
	one := len(seg) == 4
	switch seg[2] {
	case "apps":
		if one && method != "POST" {
			return "/api/v1/apps/{id}"
		}
		return "/api/v1/apps"
	case "groups":
		if one && method != "POST" {
			return "/api/v1/groups/{id}"
		}
		return "/api/v1/groups"
	case "users":
		switch {
		case one && seg[3] == "me":
			return "/api/v1/users/me"
		case one && read:
			return "/api/v1/users/{id}"
		case one:
			return "/api/v1/users/{id} write"
		}
		return "/api/v1/users"
	case "authn", "sessions", "logs":
		return "/api/v1/" + seg[2]
	}
	return "/api/v1"
}

func outsideAPI(seg []string) string {
	switch {
	case len(seg) >= 3 && seg[0] == "oauth2" && seg[1] == "v1":
		return "/oauth2/v1/" + seg[2]
	case len(seg) == 2 && seg[0] == ".well-known" && seg[1] == "okta-organization":
		return "/"
	case len(seg) == 0:
		return "/"
	}
	return "/" + seg[0] + "/…"
}
