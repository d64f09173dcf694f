package catalog

// API describes a service provider's settings API, so that one driver can run
// any of them.
type API struct {
	// BaseURL is used when the admin gives none; "" means that the API is
	// used only when an address is given.
	BaseURL string
	// TokenEnv names the environment variable that the token comes from, and
	// TokenHelp says where a person gets one and with which right.
	TokenEnv  string
	TokenHelp string
	Auth      Auth
	// Headers are sent with every request; their values are templates.
	Headers []Pair
	Read    ReadCall
	// Save, Enable, Disable and Clear are calls made in order; those whose
	// Only does not fit are left out.
	Save    []Call
	Enable  []Call
	Disable []Call
	Clear   []Call
	// Trusted are the calls for a service provider where each certificate is a
	// resource of its own, nil for any other.
	Trusted *TrustedCalls
	Test    *TestCalls
	// People tells who signs in there, nil where that cannot be read.
	People *PeopleCall
	Answer Answer
	Errors Errors
}

// Auth is the form of the header that carries the token.
type Auth struct {
	Header string // Authorization unless said otherwise
	Scheme string // such as Bearer; "" for the bare token
	Base64 bool   // the token is encoded, as Basic wants it
}

// Request is one request. Path is a template whose placeholders are escaped;
// the values of Query and the leaves of Body are templates too.
type Request struct {
	Method string
	Path   string
	Query  []Pair
	Body   *Tree // nil: no body
	// ContentType is that of the body.
	ContentType string
	// Keep lays the body over the record that was read, so that what the
	// profile does not know stays as it is.
	Keep    bool
	Success []int // nil: every 2xx
	// Absent says what becomes of a body leaf whose setting has no value:
	// "omit" (left out), "empty" (""), or "json-null".
	Absent string
}

// Content types of a body, beside others that end in json.
const (
	JSONType = "application/json"
	FormType = "application/x-www-form-urlencoded"
)

// Pair is a name and the template of its value.
type Pair struct{ Name, Value string }

// Call is a request of an operation.
type Call struct {
	// Only is "new" where the service provider must have no record yet,
	// "existing" where it must have one, "" for both.
	Only    string
	Request Request
	// Answers is true when the answer holds the record.
	Answers bool
}

// Values of Call.Only.
const (
	OnlyNew      = "new"
	OnlyExisting = "existing"
)

// ReadCall says how to read what the service provider holds. With Find, the
// record is looked up in a list, and Request, if there is one, reads it alone
// by {{ .Call.resource }}.
type ReadCall struct {
	Find    *Find
	Request *Request
	// Also are further answers that belong to the record.
	Also []RecordPart
	// Missing are the statuses that mean: nothing is set up. They are no errors.
	Missing []int
}

// RecordPart is a further answer that belongs to the record, in which it stands
// under Name.
type RecordPart struct {
	Name    string
	Request Request
}

// TrustedCalls add and remove single certificates, which together are the text
// of Setting. Items is the place of their list in the record; ID and Value are
// places in one of them. Add knows {{ .Call.certificate }}, and Remove
// {{ .Call.certificate_id }}.
type TrustedCalls struct {
	Setting     string
	Items       string
	ID, Value   string
	Add, Remove Request
}

// Find looks a record up in a list, over pages.
type Find struct {
	Request Request
	Items   string // where the list stands
	// Match is a list of ways to know the record, each a set of places and
	// the values they must have; the first way that fits a record wins.
	Match  [][]Pair
	Paging *Paging
	// Whole is true when an item of the list is the whole record, so that the
	// request for one record is needed only to look again.
	Whole bool
}

// PeopleCall lists the people who have an account at the service provider. Of
// List only the request, the items and the paging count.
type PeopleCall struct {
	List Find
	// Email and Status are places in an item.
	Email  string
	Status string
	// Inactive are the values of Status of people who cannot sign in at all.
	Inactive []string
	// KeepsPassword is where it stands who may go on without the identity
	// provider.
	KeepsPassword Flag
}

// Paging says how a list goes on.
type Paging struct {
	Style string // number, offset, cursor, url, link
	Query string // query parameter of the page number, offset or cursor
	First int    // number of the first page
	// SizeQuery and Size ask for a page size.
	SizeQuery string
	Size      int
	// Pages is where the number of pages stands (number), Total where that of
	// all items stands (offset), and Next where the next cursor or the next
	// page's address stands (cursor, url). More is where it stands whether
	// there is a further page.
	Pages string
	Total string
	Next  string
	More  string
}

// Paging styles.
const (
	PageNumber = "number"
	PageOffset = "offset" // number of the first item
	PageCursor = "cursor"
	PageURL    = "url"  // address in the answer
	PageLink   = "link" // Link header, rel="next"
)

// Answer says where things stand in a record. Places are dotted paths
// (settings.login_url) or, with a leading slash, JSON pointers.
type Answer struct {
	Record     string // the record within an answer to one record; "": all of it
	Resource   string // the record's id
	Configured Flag   // Flag.At "": configured when there is a record
	Enabled    Flag
	Settings   map[string]Flag
	Offered    map[string]string
	Options    map[string]string
}

// Flag is a place in a record, and whether the truth value there has to be
// turned round. With Is it is true when the text there is that word.
type Flag struct {
	At  string
	Is  string
	Not bool
}

// TestCalls describes the service provider's own test.
type TestCalls struct {
	Start    Request
	ID       string // places in the answer to Start
	StartURL string
	Verdict  Request // knows {{ .Call.test }}
	Status   string  // places in the answer to Verdict
	Code     string
	Message  string
	Person   string
	// Words of Status. One that is in none of the lists is an error.
	Pending []string
	Passed  []string
	Failed  []string
}

// Errors says where an error body has its texts. Message is a list of places,
// of which the first that holds a text counts; a step * stands for every entry
// of a list, and then all texts count.
type Errors struct {
	Message []string
	Code    string
	Field   string
	// Failed is where it stands, in an answer with a status of success, that the
	// request has failed all the same. Where nothing stands there it has not.
	Failed Flag
	// Fields gives the setting for the names that Field uses, where these
	// are not the setting's id.
	Fields map[string]string
	// Advice is what to do about certain errors; the first that fits counts.
	Advice []ErrorAdvice
}

// ErrorAdvice is what to do about an error with this status, code and refused
// setting. What is empty or 0 fits all.
type ErrorAdvice struct {
	Status  int
	Code    string
	Setting string
	Says    string
}

// Tree is the body of a request: an object, a list, a literal or a template.
// Exactly one of its members is set; a nil Literal with no other member is null.
type Tree struct {
	Members []Member
	Items   []*Tree
	Text    string // template
	Literal any    // bool, int64, float64 or nil
	kind    treeKind
}

// Member is one member of an object, in the order of the profile.
type Member struct {
	Name string
	Tree *Tree
}

type treeKind int

const (
	treeLiteral treeKind = iota
	treeObject
	treeList
	treeText
)
