// Package browser finds a Chrome, Chromium or Edge and starts it in a world of
// its own: it reaches the hosts that it is told of and nothing else, trusts one
// authority more, and leaves nothing of itself behind.
package browser
