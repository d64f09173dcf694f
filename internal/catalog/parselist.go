package catalog

func (r *reader) readCall(f *fields) ReadCall {
	var c ReadCall
	if find := f.sub("find", false); find != nil {
		c.Find = r.find(find)
		find.done()
	}
	if n := f.take("request", c.Find == nil); n != nil {
		req := r.get(n, recordRoots)
		c.Request = &req
	}
	for _, n := range f.list("also", false) {
		c.Also = append(c.Also, r.recordPart(n))
	}
	c.Missing = f.statuses("missing", 400, 499)
	return c
}

func (r *reader) find(f *fields) *Find {
	c := r.listing(f)
	c.Whole = f.yesNo("whole", false)
	for _, n := range f.list("match", true) {
		way := r.mapping(n, "each of match")
		if way == nil {
			continue
		}
		var pairs []Pair
		for _, name := range way.names {
			r.checkPlace(n, name)
			value := way.value(name, true, "Input SP")
			pairs = append(pairs, Pair{Name: name, Value: value})
		}
		if len(pairs) == 0 {
			r.fail(n, "each of match has to name a place and its value")
			continue
		}
		c.Match = append(c.Match, pairs)
	}
	return c
}

// listing reads what every list has.
func (r *reader) listing(f *fields) *Find {
	c := &Find{Items: f.place("items", false)}
	if n := f.take("request", true); n != nil {
		c.Request = r.get(n, listRoots)
	}
	if page := f.sub("paging", false); page != nil {
		c.Paging = &Paging{Style: page.oneOf("style", true, PageNumber, PageOffset, PageCursor, PageURL, PageLink)}
		style := c.Paging.Style
		c.Paging.Query = page.line("query", style == PageNumber || style == PageOffset || style == PageCursor)
		c.Paging.First = page.number("first", 1, 0, 1)
		c.Paging.SizeQuery = page.line("size_query", false)
		c.Paging.Size = page.number("size", 0, 1, 1000)
		c.Paging.Pages = page.place("pages", false)
		c.Paging.Total = page.place("total", false)
		c.Paging.Next = page.place("next", style == PageCursor || style == PageURL)
		c.Paging.More = page.place("more", false)
		if (c.Paging.SizeQuery == "") != (c.Paging.Size == 0) {
			r.fail(page.node, "size_query and size go together")
		}
		page.done()
	}
	return c
}

func (r *reader) people(f *fields) *PeopleCall {
	c := &PeopleCall{List: *r.listing(f), Email: f.place("email", true), Status: f.place("status", false),
		Inactive: f.texts("inactive"), KeepsPassword: f.flag("keeps_password", false)}
	if len(c.Inactive) > 0 && c.Status == "" {
		r.fail(f.node, "inactive names values of status, and no status is there")
	}
	return c
}

// checkRecords sees that what asks for one record by its id can know the id.
func (r *reader) checkRecords(p *Profile, f *fields) {
	if p.API == nil {
		return
	}
	byID := false
	for _, later := range r.values {
		for _, part := range later.t {
			if part.root == "Call" && part.name == "resource" {
				byID = true
				if p.API.Answer.Resource == "" {
					r.fail(later.node, "%s is known only when answer says where the id stands, in resource", part)
				}
			}
		}
	}
	if byID && p.API.Read.Find == nil && usesResource(p.API.Read.Request) {
		r.fail(find(f.byName["api"], "read", "request"), "the record's id is not known before a first read; say with find how to look it up")
	}
}

func usesResource(q *Request) bool {
	if q == nil {
		return false
	}
	texts := []string{q.Path}
	for _, pair := range q.Query {
		texts = append(texts, pair.Value)
	}
	for _, text := range texts {
		t, err := parseTemplate(text)
		if err != nil {
			continue
		}
		for _, p := range t {
			if p.root == "Call" && p.name == "resource" {
				return true
			}
		}
	}
	return false
}
