package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/signin"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/words"
)

// byHandFlags are those of commands that can have a person make the sign-ins.
type byHandFlags struct {
	offered   bool // the command has them
	on        bool
	responses []string
}

func (a *answerFlags) registerByHand(cmd *cobra.Command) {
	a.hand.offered = true
	cmd.Flags().BoolVar(&a.hand.on, "by-hand", false, "sign in yourself, in your own browser, and bring Okta's answer: the same as --test by-hand")
	cmd.Flags().StringArrayVar(&a.hand.responses, "response", nil,
		"with --by-hand: file with Okta's answer (SAMLResponse, the page that posts it, a HAR file; of OpenID Connect the address with the code), - is standard input; one for each sign-in, in their order")
}

// answer makes the way of testing of the flags.
func (b byHandFlags) answer(answers *ask.Answers) error {
	if !b.on && len(b.responses) == 0 {
		return nil
	}
	flag := "--by-hand"
	if !b.on {
		flag = "--response"
	}
	have, given := answers.Get(ask.Test)
	if given && have.From == ask.FromFlag && answers.Text(ask.Test) != string(sso.TestByHand) {
		return hint.New(hint.Usage, fmt.Sprintf("%s and --test %s contradict each other", flag, answers.Text(ask.Test)), "leave one of the two out")
	}
	return answers.Set(ask.Test, ask.FromFlag, string(sso.TestByHand))
}

// hand is the way to the person at the terminal, or to what they brought along.
type hand struct {
	p       *program
	brought []signin.Brought // of the files, in order
	names   []string         // of the files
	used    int              // of brought
	letIn   bool             // --confirmed test
	asked   int              // hand-overs so far
	useless []error          // of files, for the sign-in at hand
}

// byHand makes the hand of a command. Files are read, and refused, before
// anything is written.
func (p *program) byHand(flags *answerFlags) (signin.Hand, error) {
	if flags == nil || !flags.hand.offered {
		return nil, nil //nolint:nilnil // without the flags there is no hand
	}
	h := &hand{p: p}
	if confirmed := flags.lists[ask.Confirmed]; confirmed != nil {
		h.letIn = slices.Contains(*confirmed, string(plan.StepTest))
	}
	for _, name := range flags.hand.responses {
		data, err := p.readHanded(name)
		if err != nil {
			return nil, hint.With(hint.Usage, fmt.Errorf("--response: %w", err), "give the path of a file with Okta's answer, or - for standard input")
		}
		h.brought, h.names = append(h.brought, signin.Brought{Data: data, Earlier: true}), append(h.names, name)
	}
	return h, nil
}

// readHanded reads a file that a person names, or standard input.
func (p *program) readHanded(name string) ([]byte, error) {
	var r io.Reader = p.In
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil && info.IsDir() {
			return nil, errors.New("it is a folder")
		}
		r = f
	}
	return io.ReadAll(io.LimitReader(r, signin.MaxHanded+1))
}

// Ready tells whether a file is left.
func (h *hand) Ready() bool { return h.used < len(h.brought) }

// Check refuses files that can be no answer before anything is asked or written.
func (h *hand) Check(check func(data []byte) error) error {
	for i, b := range h.brought {
		if err := check(b.Data); err != nil {
			return fmt.Errorf("--response %s: %w", h.names[i], err)
		}
	}
	return nil
}

// Bring gives the next file, asks at the terminal, or stops the run with what a
// person has to do.
func (h *hand) Bring(ctx context.Context, o signin.HandOver) (signin.Brought, error) {
	if o.Problem == nil {
		h.useless = nil
	} else if h.used > 0 && !h.p.canAsk() {
		h.useless = append(h.useless, fmt.Errorf("--response %s: %w", h.names[h.used-1], o.Problem))
	}
	switch {
	case o.Wants == signin.WantsWord && h.letIn:
		return signin.Brought{}, nil
	case h.Ready() && o.Wants != signin.WantsWord && (o.Problem == nil || !h.p.canAsk()):
		// A file that is no use may be for a sign-in that an earlier run has had.
		h.used++
		return h.brought[h.used-1], nil
	}
	if !h.p.canAsk() {
		if o.Problem != nil {
			return signin.Brought{}, errors.Join(h.useless...)
		}
		return signin.Brought{}, h.waiting(o)
	}
	return h.ask(ctx, o)
}

// canAsk tells whether somebody is there to be asked.
func (p *program) canAsk() bool { return (p.InTerminal || p.accessible) && p.output != "json" }

// waiting hands the sign-in over and ends the run.
func (h *hand) waiting(o signin.HandOver) error {
	again := strings.Repeat("--response FILE ", h.used+1)
	todo := "sign in there with the browser's developer tools open, save the SAMLResponse or a HAR file, and run the same command again with --response FILE"
	switch {
	case o.Wants == signin.WantsCode:
		again = "--response -"
		todo = "sign in there, copy the whole address of the page on which it ends, and give it at once on standard input to the same command with --response -: a code lives for a minute and works once"
	case o.Wants == signin.WantsWord:
		again = strings.Repeat("--response - ", h.used) + "--confirmed " + string(plan.StepTest)
		todo = "sign in there too; if the page lets you in, run the same command again with --confirmed " + string(plan.StepTest)
		if h.used > 0 {
			todo += " and a new answer to the sign-in before it"
		}
	case h.used > 0:
		todo = fmt.Sprintf("sign in there too, and run the same command again with one more --response FILE after the %d given", h.used)
	}
	if o.Wants != signin.WantsCode {
		todo += " (within an hour)"
	}
	h.p.report(plan.Event{Kind: plan.EventHandoff, Step: plan.StepTest, Handoff: &plan.Handoff{
		Step: plan.StepTest, Page: o.URL, Resume: "--by-hand " + strings.TrimSpace(again), Todo: todo,
		Values: []plan.HandoffValue{{Label: "Sign in at", Value: o.URL}, {Label: "as", Value: o.Login}},
	}})
	return hint.New(hint.Waiting, "waiting for a person: "+lowerFirst(words.Flow(o.Flow)), todo)
}

// ask tells what to do and takes what is pasted, or the path of a file.
func (h *hand) ask(ctx context.Context, o signin.HandOver) (signin.Brought, error) {
	if o.Problem != nil {
		h.p.complain(o.Problem)
	} else {
		h.asked++
		h.p.say("", fmt.Sprintf("Sign in by hand, %d: %s", h.asked, lowerFirst(words.Flow(o.Flow))), "")
		h.p.say(steps(o)...)
	}
	if o.Wants == signin.WantsWord {
		return signin.Brought{}, nil
	}
	what := "the SAMLResponse"
	if o.Wants == signin.WantsCode {
		what = "the address"
	}
	h.p.say("Give the path of the file, or paste " + what + " and end with an empty line.")
	data, err := h.p.readPasted(ctx)
	for errors.Is(err, fs.ErrNotExist) {
		h.p.complain(err)
		data, err = h.p.readPasted(ctx)
	}
	if err != nil {
		return signin.Brought{}, err
	}
	if len(data) == 0 {
		return signin.Brought{}, hint.New(hint.Waiting, "no answer was given: the sign-in still waits", "run the same command again when you have it; it goes on from here")
	}
	return signin.Brought{Data: data}, nil
}

// steps are what a person does.
func steps(o signin.HandOver) []string {
	open := []string{"  Open this address in a private window of your browser, and sign in as " + plain(o.Login) + ":", "", "     " + plain(o.URL), ""}
	switch o.Wants {
	case signin.WantsWord:
		return open
	case signin.WantsCode:
		return append(open, "  Then copy the whole address of the page on which it ends (that page may show an",
			"  error), and paste it at once: the code in it lives for a minute and works once.",
			"  Where the page moves on by itself, save all as HAR in the developer tools (F12),",
			"  tab Network, with the log kept over pages (Preserve log).", "")
	case signin.WantsResponse:
	}
	return []string{"  1. Open a private window of your browser, and in it the developer tools (F12),",
		"     tab Network, with the log kept over pages (Preserve log).",
		"  2. Open this address and sign in as " + plain(o.Login) + ":", "", "     " + plain(o.URL), "",
		"  3. Save all as HAR, or copy the SAMLResponse of the POST that ends at the",
		"     service provider.", ""}
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// LetIn takes the word given as a flag, or asks for it.
func (h *hand) LetIn(_ context.Context, _ signin.HandOver) (signin.Word, error) {
	switch {
	case h.letIn:
		return signin.Yes, nil
	case !h.p.canAsk():
		return signin.Unsaid, nil
	}
	yes, err := h.p.confirm("Did the page let you in, signed in as the tester?")
	if err != nil || !yes {
		return signin.No, err
	}
	return signin.Yes, nil
}
