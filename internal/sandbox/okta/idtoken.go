package okta

// idTokenClaims are what the undocumented idToken settings hold: the groups
// claim of an OIDC app.
type idTokenClaims struct {
	IssuerMode      string `json:"issuerMode"`
	ValueType       string `json:"valueType"`
	Name            string `json:"name"`
	GroupFilterType string `json:"groupFilterType"`
	Value           string `json:"value"`
}

// idTokenObject has issuer and audience in the answer to GET alone.
func idTokenObject(t *idTokenClaims, issuer, audience any) object {
	o := object{
		{"issuer", issuer}, {"orgUrl", nil}, {"customUrl", nil}, {"audience", audience}, {"issuerMode", t.IssuerMode},
	}
	for _, f := range []struct{ name, value string }{
		{"valueType", t.ValueType}, {"name", t.Name}, {"groupFilterType", t.GroupFilterType}, {"value", t.Value},
	} {
		if f.value != "" {
			o.add(f.name, f.value)
		}
	}
	return o
}

func (o *Org) idTokenApp(c *call) (*app, error) {
	a := o.apps.byID[c.ids[0]]
	if a == nil || a.OAuth == nil {
		return nil, notFound(c.ids[0], "OAuth2AppInstance")
	}
	return a, nil
}

func (o *Org) getIDToken(c *call) (*reply, error) {
	a, err := o.idTokenApp(c)
	if err != nil {
		return nil, err
	}
	t := a.IDToken
	if t == nil {
		t = &idTokenClaims{IssuerMode: a.OAuth.IssuerMode}
	}
	return ok(idTokenObject(t, c.base, a.OAuth.ClientID)), nil
}

func (o *Org) setIDToken(c *call) (*reply, error) {
	old, err := o.idTokenApp(c)
	if err != nil {
		return nil, err
	}
	t := &idTokenClaims{}
	if err := c.decode(t); err != nil {
		return nil, err
	}
	if t.IssuerMode == "" {
		t.IssuerMode = old.OAuth.IssuerMode
	}
	a := old.clone()
	a.IDToken, a.Updated = t, stampOf(o.now())
	if err := o.keepApp(a); err != nil {
		return nil, err
	}
	return ok(idTokenObject(t, nil, nil)), nil
}
