package okta

import (
	"fmt"
	"net/http"
)

// apiError is an answer that is not the one wished for.
type apiError struct {
	status  int
	code    string
	summary string
	causes  []string
	header  http.Header
}

func (e *apiError) Error() string { return e.code + ": " + e.summary }

func (e *apiError) body(id string) object {
	causes := make([]object, 0, len(e.causes))
	for _, c := range e.causes {
		causes = append(causes, object{{"errorSummary", c}})
	}
	return object{
		{"errorCode", e.code},
		{"errorSummary", e.summary},
		{"errorLink", e.code},
		{"errorId", id},
		{"errorCauses", causes},
	}
}

// errorID is like oaeZ3v_WoNvQniMOTNPhuUKXQ: 25 characters.
func (o *Org) errorID() string { return "oae" + o.random.url(17)[:22] }

func fail(status int, code, summary string, causes ...string) *apiError {
	return &apiError{status: status, code: code, summary: summary, causes: causes}
}

// invalid is Okta's answer to a field it does not take.
func invalid(object string, causes ...string) *apiError {
	return fail(http.StatusBadRequest, "E0000001", "Api validation failed: "+object, causes...)
}

func notFound(id, kind string) *apiError {
	return fail(http.StatusNotFound, "E0000007", fmt.Sprintf("Not found: Resource not found: %s (%s)", id, kind))
}

func blank(field string) string { return field + ": The field cannot be left blank" }

func malformed() *apiError {
	return fail(http.StatusBadRequest, "E0000003", "The request body was not well-formed.")
}

func invalidSession() *apiError {
	return fail(http.StatusForbidden, "E0000005", "Invalid session")
}

func denied() *apiError {
	return fail(http.StatusForbidden, "E0000006", "You do not have permission to perform the requested action")
}

func noSuchPath() *apiError {
	return fail(http.StatusNotFound, "E0000008", "The requested path was not found")
}

func internalError() *apiError {
	return fail(http.StatusInternalServerError, "E0000009", "Internal Server Error")
}

func invalidToken() *apiError {
	return fail(http.StatusUnauthorized, "E0000011", "Invalid token provided")
}

func noSuchMethod() *apiError {
	return fail(http.StatusMethodNotAllowed, "E0000022", "The endpoint does not support the provided HTTP method")
}

func invalidCursor() *apiError {
	return fail(http.StatusBadRequest, "E0000029", "Invalid paging request.", "Invalid cursor.")
}

func invalidSearch(causes ...string) *apiError {
	return fail(http.StatusBadRequest, "E0000031", "Invalid search criteria.", causes...)
}

// headersWrong is the answer to an Accept or Content-Type that is missing
// (E0000018) or not served (E0000019, E0000021). It comes before the limiter
// and so has no rate-limit headers.
func headersWrong(code string) *apiError {
	if code == "E0000018" {
		return fail(http.StatusBadRequest, code, "Bad request. Accept and/or Content-Type headers are likely not set.")
	}
	return fail(http.StatusBadRequest, code, "Bad request. Accept and/or Content-Type headers likely do not match supported values.")
}
