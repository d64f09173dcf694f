package browser

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
)

// DevTools is the way to a browser that was started with Drive: commands of the
// Chrome DevTools Protocol go in, answers and events come out. It is a pipe and
// no port, so nobody else on the machine can look on, and a browser whose pipe
// is gone ends by itself. It is safe for concurrent use.
type DevTools struct {
	events chan Event
	done   chan struct{} // the pipe is at its end
	stop   chan struct{} // nobody listens any more
	once   sync.Once

	writing sync.Mutex // one command at a time goes into the pipe
	to      io.WriteCloser

	mu      sync.Mutex
	last    int
	waiting map[int]chan<- Reply
}

// Event is something that a target of the browser tells unasked.
type Event struct {
	Session string // of the target; "" is the browser itself
	Method  string // such as Fetch.requestPaused
	Params  json.RawMessage
}

// ErrGone is the error of a call to a browser that has ended.
var ErrGone = errors.New("the browser has ended")

// Reply is the answer to one command.
type Reply struct {
	Result json.RawMessage
	Err    error
}

// message is one in either direction.
type message struct {
	ID      int             `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

func newDevTools(to io.WriteCloser, from io.ReadCloser) *DevTools {
	d := &DevTools{events: make(chan Event), done: make(chan struct{}), stop: make(chan struct{}),
		to: to, waiting: map[int]chan<- Reply{}}
	heard := make(chan Event)
	go d.read(from, heard)
	go d.pass(heard)
	return d
}

// Events are what the browser tells, in order and without loss. They end when
// the browser does.
func (d *DevTools) Events() <-chan Event { return d.events }

// Call carries out a command at a target and puts its result into result,
// unless that is nil. No error holds what was sent.
func (d *DevTools) Call(ctx context.Context, session, method string, params, result any) error {
	answer, err := d.Send(session, method, params)
	if err != nil {
		return err
	}
	var r Reply
	select {
	case r = <-answer:
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-d.done:
		select { // the answer may have been the last word
		case r = <-answer:
		default:
			r.Err = ErrGone
		}
	}
	if r.Err == nil && result != nil {
		r.Err = json.Unmarshal(r.Result, result)
	}
	if r.Err != nil {
		return fmt.Errorf("%s: %w", method, r.Err)
	}
	return nil
}

// Send sends a command. Its reply comes on the channel, unless the browser ends
// before. Commands are carried out in the order in which they were sent; a page
// about to be left carries none out before what holds it up goes on.
func (d *DevTools) Send(session, method string, params any) (<-chan Reply, error) {
	m := message{Session: session, Method: method}
	if params != nil {
		var err error
		if m.Params, err = json.Marshal(params); err != nil {
			return nil, fmt.Errorf("%s: its parameters cannot be encoded", method)
		}
	}
	answer := make(chan Reply, 1)
	d.writing.Lock()
	defer d.writing.Unlock()
	m.ID = d.expect(answer)
	text, err := json.Marshal(m)
	if err == nil {
		_, err = d.to.Write(append(text, 0))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", method, ErrGone)
	}
	return answer, nil
}

// expect gives the number of the next command, whose answer is then waited for.
func (d *DevTools) expect(answer chan<- Reply) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.last++
	d.waiting[d.last] = answer
	return d.last
}

// read takes messages, each ended by a zero byte, until the pipe ends.
func (d *DevTools) read(from io.ReadCloser, heard chan<- Event) {
	defer from.Close()
	defer close(heard)
	defer close(d.done)
	r := bufio.NewReaderSize(from, 1<<16)
	for {
		text, err := r.ReadBytes(0)
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(bytes.TrimSuffix(text, []byte{0}), &m) != nil {
			continue
		}
		if m.ID == 0 {
			select {
			case heard <- Event{m.Session, m.Method, m.Params}:
			case <-d.stop:
				return
			}
			continue
		}
		d.mu.Lock()
		answer := d.waiting[m.ID]
		delete(d.waiting, m.ID)
		d.mu.Unlock()
		if answer == nil {
			continue
		}
		out := Reply{Result: m.Result}
		if m.Error != nil {
			out.Err = errors.New(m.Error.Message)
		}
		answer <- out // has room for it
	}
}

// pass hands events on. It holds as many as there are, because whoever listens
// also makes calls, whose answers come through the same pipe.
func (d *DevTools) pass(heard <-chan Event) {
	defer close(d.events)
	var held []Event
	for heard != nil || len(held) > 0 {
		var to chan<- Event
		var next Event
		if len(held) > 0 {
			to, next = d.events, held[0]
		}
		select {
		case e, ok := <-heard:
			if !ok {
				heard = nil
				continue
			}
			held = append(held, e)
		case to <- next:
			held = held[1:]
		case <-d.stop:
			return
		}
	}
}

// close ends the pipe, and with it the browser.
func (d *DevTools) close() {
	d.once.Do(func() {
		close(d.stop)
		_ = d.to.Close()
	})
}
