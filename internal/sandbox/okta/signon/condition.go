package signon

// Condition reads an expression about a person, such as that of a group rule,
// and gives what tells whether it holds of somebody. An expression that cannot
// be read is an error.
func Condition(expression string) (func(p Person, groups []string) bool, error) {
	n, err := parseExpression(expression)
	if err != nil {
		return nil, err
	}
	return func(p Person, groups []string) bool {
		return truth(n.eval(&env{person: p, userName: p.Login, groups: groups}))
	}, nil
}
