package sp

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const rowsOnAPage = 100

type tableView struct {
	Intro      string
	Head       []string
	Rows       [][]string
	Total      int
	Prev, Next string // addresses of other pages, "" for none
}

// showTable lists something, a page at a time.
func (p *provider) showTable(t table) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p.mu.Lock()
		rows := t.rows(p)
		p.mu.Unlock()
		number, err := strconv.Atoi(r.FormValue("page"))
		last := max(0, len(rows)-1) / rowsOnAPage
		if err != nil || number < 0 {
			number = 0
		}
		number = min(number, last)
		v := tableView{Intro: t.intro, Head: t.head, Total: len(rows)}
		v.Rows = rows[number*rowsOnAPage : min(len(rows), (number+1)*rowsOnAPage)]
		if number > 0 {
			v.Prev = fmt.Sprintf("%s?page=%d", t.URL, number-1)
		}
		if number < last {
			v.Next = fmt.Sprintf("%s?page=%d", t.URL, number+1)
		}
		return p.render(w, r, http.StatusOK, page{Template: "table", Title: t.Label, Body: v})
	}
}

// usersTable lists everybody with an account.
func usersTable(at string) table {
	return table{
		link: link{"Users", at}, intro: "Everybody with an account.",
		head: []string{"Name", "Email address", "Role", "Teams", "Made by"},
		rows: func(p *provider) [][]string {
			var rows [][]string
			for _, address := range p.addresses() {
				person, _ := p.person(address)
				a := p.state.accounts[addressKey(address)]
				by := "an admin"
				if a.Created {
					by = "sign-in with SSO, " + a.CreatedAt.Format("2 January 2006")
				}
				rows = append(rows, []string{person.FirstName + " " + person.LastName, address, a.Role, strings.Join(a.Teams, ", "), by})
			}
			return rows
		},
	}
}

// teamsTable lists the teams that sign-ins made.
func teamsTable(at string) table {
	return table{
		link: link{"Teams", at}, intro: "Teams have no rights until you give them roles.",
		head: []string{"Team", "Members", "Roles"},
		rows: func(p *provider) [][]string {
			members := map[string][]string{}
			for _, a := range p.state.accounts {
				for _, name := range a.Teams {
					members[name] = append(members[name], a.Email)
				}
			}
			var rows [][]string
			for _, name := range sortedKeys(p.state.teams) {
				slices.Sort(members[name])
				rows = append(rows, []string{name, strings.Join(members[name], ", "), "none"})
			}
			return rows
		},
	}
}

// organizationTable lists the organization's users and who keeps the password.
func organizationTable(at string) table {
	return table{
		link: link{"Organization users", at}, intro: "Whoever bypasses SSO keeps signing in with a password.",
		head: []string{"Email address", "Kind", "Bypasses SSO"},
		rows: func(p *provider) [][]string {
			var rows [][]string
			for _, u := range p.organizationUsers() {
				bypasses := "no"
				if u.BypassesSSO {
					bypasses = "yes"
				}
				rows = append(rows, []string{u.Email, strings.ReplaceAll(u.RecordType, "_", " "), bypasses})
			}
			return rows
		},
	}
}

// mailTable lists the mails that went out, one row for each person.
func mailTable(at string) table {
	return table{
		link: link{"Sent mail", at}, intro: "What the sandbox would have mailed. Nothing left this machine.",
		head: []string{"Sent", "To", "Subject", "Text"},
		rows: func(p *provider) [][]string {
			var rows [][]string
			for _, m := range p.state.sentMail() {
				for _, to := range m.To {
					rows = append(rows, []string{m.At.Format(minutes), to, m.Subject, m.Text})
				}
			}
			return rows
		},
	}
}
