package replay

import (
	"fmt"
	"slices"
	"strings"
)

// Kinds of differences.
const (
	kindStatus  = "status"  // another status
	kindHeader  = "header"  // a header missing, or of another form
	kindMissing = "missing" // a member that was recorded is not answered
	kindExtra   = "extra"   // a member is answered that was not recorded
	kindOrder   = "order"   // members or elements stand in another order
	kindType    = "type"    // null, text, number, … in another's place
	kindValue   = "value"
	kindMoved   = "moved" // a time changed, or did not, as it was not recorded
	kindElement = "element"
)

// Difference is one thing that was recorded otherwise.
type Difference struct {
	File      string
	Number    int    // of the exchange
	On        string // GET /api/v1/apps/{}
	Kind      string
	Path      string // settings.signOn.slo, [].name, a header's name
	Recorded  string
	Answered  string
	Day       string // of the recording, 2026-01-31
	Signature string // sign-on mode of an app
}

func (d Difference) String() string {
	return fmt.Sprintf("%s %d: %s: %s of %s: recorded %s, answered %s", d.File, d.Number, d.On, d.Kind, d.Path, short(d.Recorded), short(d.Answered))
}

func short(s string) string {
	if len(s) > 120 {
		return s[:120] + "…"
	}
	return s
}

// comparison compares one answer's body.
type comparison struct {
	*world
	add func(kind, path, recorded, answered string)
}

func (c *comparison) compare(path, owner string, recorded, live node) {
	if recorded.kind != live.kind {
		c.add(kindType, path, recorded.String(), live.String())
		return
	}
	switch recorded.kind {
	case '{':
		c.object(path, owner, recorded, live)
	case '[':
		c.lists(path, owner, recorded, live)
	case '"':
		name := path[strings.LastIndexByte(path, '.')+1:]
		if !c.same(name, recorded.text, live.text) {
			c.add(kindValue, path, quote(recorded.text), quote(live.text))
			return
		}
		if timeShape.MatchString(recorded.text) && !c.moved(owner, path, recorded.text, live.text) {
			c.add(kindMoved, path, recorded.text, live.text)
		}
	default:
		if recorded.text != live.text {
			c.add(kindValue, path, recorded.text, live.text)
		}
	}
}

func (c *comparison) object(path, owner string, recorded, live node) {
	for _, name := range []string{"id", "kid"} {
		if id := recorded.get(name); id.kind == '"' {
			owner = id.text + " " + recorded.get("_links", "app", "href").text // an assignment is not the person
			c.same(name, id.text, live.get(name).text)
			break
		}
	}
	if n := recorded.get("name"); n.kind == '"' { // generated names are said again further on
		c.same("name", n.text, live.get("name").text)
	}
	var shared []string
	for _, m := range recorded.members {
		name := c.translate(m.name)
		other := live.get(name)
		if other.kind == 0 {
			c.add(kindMissing, join(path, m.name), m.value.String(), "nothing")
			continue
		}
		shared = append(shared, name)
		c.compare(join(path, m.name), owner, m.value, other)
	}
	var order []string
	for _, m := range live.members {
		if slices.Contains(shared, m.name) {
			order = append(order, m.name)
		} else {
			c.add(kindExtra, join(path, m.name), "nothing", m.value.String())
		}
	}
	if !slices.Equal(order, shared) {
		c.add(kindOrder, path, strings.Join(shared, " "), strings.Join(order, " "))
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// lists compares elements that mean the same. Objects with an id are found by
// it wherever they stand; those that nobody made since the recording began are
// left out.
func (c *comparison) lists(path, owner string, recorded, live node) {
	if len(recorded.list) == 0 || identity(recorded.list[0]) == "" {
		c.plainList(path, owner, recorded, live)
		return
	}
	path += "[]"
	used := make([]bool, len(live.list))
	var rest []node
	for _, r := range recorded.list {
		i := slices.IndexFunc(live.list, func(l node) bool { return c.means(r, l) })
		switch {
		case i >= 0:
			used[i] = true
			c.compare(path, owner, r, live.list[i])
		case c.tokens[identity(r)] != "":
			c.add(kindElement, path, identity(r), "nothing")
		default:
			rest = append(rest, r)
		}
	}
	left := slices.Index(used, false)
	// The one key that nobody named yet is the org's own.
	if len(rest) == 1 && rest[0].has("kid") && left >= 0 && !slices.Contains(used[left+1:], false) && c.back[identity(live.list[left])] == "" {
		used[left] = true
		c.compare(path, owner, rest[0], live.list[left])
	}
	for i, l := range live.list {
		if id := identity(l); !used[i] && c.back[id] != "" {
			c.add(kindElement, path, "nothing", c.back[id])
		}
	}
	c.sorted(path, recorded, live)
}

func (c *comparison) plainList(path, owner string, recorded, live node) {
	if len(recorded.list) != len(live.list) {
		if len(recorded.list) > 0 && recorded.list[0].kind == '{' || len(recorded.list) == 0 {
			c.add(kindElement, path+"[]", fmt.Sprint(len(recorded.list)), fmt.Sprint(len(live.list)))
			return
		}
		c.add(kindValue, path, texts(recorded), texts(live))
		return
	}
	for i := range recorded.list {
		c.compare(path+"[]", owner, recorded.list[i], live.list[i])
	}
}

func texts(n node) string {
	var out []string
	for _, v := range n.list {
		out = append(out, v.String())
	}
	return strings.Join(out, " ")
}

func identity(n node) string {
	for _, name := range []string{"id", "kid"} {
		if v := n.get(name); v.kind == '"' {
			return v.text
		}
	}
	return ""
}

// means tells whether two elements of lists are the same thing: by a known id,
// else by what every org has one of.
func (c *comparison) means(recorded, live node) bool {
	id := identity(recorded)
	if known, ok := c.tokens[id]; ok {
		return known == identity(live)
	}
	if id == identity(live) {
		return true
	}
	switch {
	case recorded.get("type").text == "BUILT_IN":
		return live.get("type").text == "BUILT_IN" && recorded.get("profile", "name").text == live.get("profile", "name").text
	case recorded.get("type").text == "ACCESS_POLICY":
		return recorded.get("system").text == "true" && live.get("system").text == "true" ||
			strings.HasPrefix(recorded.get("name").text, "Okta ") && recorded.get("name").text == live.get("name").text
	case recorded.get("signOnMode").kind != 0:
		return ownApps[recorded.get("name").text] && recorded.get("name").text == live.get("name").text
	}
	return false
}

// ownApps are those of Okta's own that every org has.
var ownApps = map[string]bool{"saasure": true, "okta_enduser": true, "okta_browser_plugin": true}

// orders are the ways in which Okta sorts lists.
var orders = map[string]func(node) string{
	"id":       func(n node) string { return n.get("id").text },
	"kid":      func(n node) string { return strings.ToLower(n.get("kid").text) },
	"priority": func(n node) string { return fmt.Sprintf("%9s", n.get("priority").text) },
	"name":     func(n node) string { return n.get("profile", "name").text },
}

// sorted wants one of the recorded list's orders in the other list too.
func (c *comparison) sorted(path string, recorded, live node) {
	if len(recorded.list) < 3 || len(live.list) < 2 {
		return
	}
	var held []string
	for name, key := range orders {
		if ascending(recorded.list, key) {
			if ascending(live.list, key) {
				return
			}
			held = append(held, name)
		}
	}
	if len(held) > 0 {
		slices.Sort(held)
		c.add(kindOrder, path, "by "+strings.Join(held, ", "), "not")
	}
}

func ascending(list []node, key func(node) string) bool {
	if key(list[0]) == "" {
		return false
	}
	return slices.IsSortedFunc(list, func(a, b node) int { return strings.Compare(key(a), key(b)) })
}
