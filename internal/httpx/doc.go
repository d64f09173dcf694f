// Package httpx is how the clients of this program reach the network: one Net
// that says which hosts exist and whom to trust, and layers over it that wait
// for rate limits, repeat what may be repeated and write a redacted trace. Every
// layer is an http.RoundTripper, so a consumer needs to know none of them.
//
// A program puts them together in this order, innermost first:
//
//	rt := httpx.Retry(trace.Wrap(net.Transport()), httpx.RetryOptions{})
package httpx
