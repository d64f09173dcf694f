// What a person does on a page, by the labels and fields that it shows. It runs
// beside the page's own scripts, in a world of its own.
(what, a) => {
  const shown = e => !e.disabled && !e.readOnly && e.type !== "hidden" && e.checkVisibility({ visibilityProperty: true });
  const first = queries => {
    for (const q of queries) for (const e of document.querySelectorAll(q)) if (shown(e)) return e;
    return null;
  };
  const clean = s => (s || "").replace(/\s+/g, " ").trim().replace(/[:*\s]+$/, "").toLowerCase();
  const same = (x, y) => clean(x) !== "" && clean(x) === clean(y);
  // A page that remembers what it wrote into a field hears of another value.
  const fill = (e, value) => {
    e.focus();
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(e, value);
    for (const kind of ["input", "change", "keyup"]) e.dispatchEvent(new Event(kind, { bubbles: true }));
  };
  const buttons = inside => [...inside.querySelectorAll("button, input[type=submit], input[type=image], a[href], [role=button]")].filter(shown);
  const written = e => e.getAttribute("aria-label") || (e.tagName === "INPUT" ? e.value : e.textContent);
  const labelled = label => label && buttons(document).find(e => same(written(e), label));
  const send = (e, label) => {
    const form = e.closest("form");
    const all = form ? [...form.querySelectorAll("button:not([type]), button[type=submit], input[type=submit], input[type=image]")].filter(shown) : [];
    const button = all.find(b => same(written(b), label)) || all[0] || labelled(label);
    if (button) button.click();
    else if (form) form.requestSubmit();
  };

  const login = () => first(['input[name="identifier"]', "#okta-signin-username", "#idp-discovery-username", 'input[name="username"]', 'input[autocomplete~="username"]']);
  const password = () => first(['input[name="credentials.passcode"][type="password"]', "#okta-signin-password", 'input[name="password"][type="password"]']);

  const field = label => {
    const texts = [...document.querySelectorAll('input:not([type]), input[type="text"], input[type="email"]')].filter(shown);
    const names = e => [e.getAttribute("aria-label"), ...[...(e.labels || [])].map(l => l.textContent), e.placeholder];
    return texts.find(e => names(e).some(n => same(n, label))) || texts.find(e => e.type === "email") || null;
  };

  switch (what) {
    case "born":
      return performance.timeOrigin;
    case "page":
      return { url: location.href, html: document.documentElement.outerHTML.slice(0, 4 << 20) };
    case "press": {
      const button = labelled(a.label);
      if (button) button.click();
      return !!button;
    }
    case "enter": {
      const e = field(a.label);
      if (e) fill(e, a.email);
      return !!e;
    }
    case "send": {
      const e = field(a.label);
      if (e) send(e, a.button);
      return !!e;
    }
  }

  // The rest is Okta's sign-in page, and no other page gets to know anything.
  if (location.origin !== a.okta || window.top !== window) return { here: false };
  const user = login(), pass = password();
  switch (what) {
    case "fields":
      return {
        here: true, login: !!user, password: !!pass,
        newPassword: !!first(['input[name="credentials.newPassword"]', 'input[name="newPassword"]', 'input[name="confirmPassword"]']),
        problem: [...document.querySelectorAll('[role="alert"], .infobox-error, .okta-form-infobox-error')]
          .filter(e => e.checkVisibility()).map(e => e.textContent).join(" ").replace(/\s+/g, " ").trim().slice(0, 300),
      };
    case "login":
      if (user) fill(user, a.login);
      if (user && pass) pass.focus();
      return !!user;
    case "password":
      if (pass) fill(pass, a.password);
      return !!pass;
    case "go on":
      if (pass || user) send(pass || user, "");
      return true;
  }
}
