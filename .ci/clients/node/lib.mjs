// What every client's script needs: the org's API as a plain program calls it,
// and a person's browser, without a line of the client that is tried.
import assert from 'node:assert/strict';

export const org = need('ORG_URL');
export const token = need('API_TOKEN');
export const person = { login: need('PERSON_LOGIN'), password: need('PERSON_PASSWORD') };
export const run = process.env.RUN ?? '1';

function need(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

// api calls the Management API and gives the decoded answer.
export async function api(method, path, body, want = [200]) {
  const response = await fetch(org + path, {
    method,
    headers: { Authorization: `SSWS ${token}`, Accept: 'application/json', ...(body && { 'Content-Type': 'application/json' }) },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  assert.ok([want].flat().includes(response.status), `${method} ${path}: ${response.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

// samlApp makes a SAML app, assigned to the person.
export async function samlApp(label, acs, audience, signOn = {}) {
  const app = await api('POST', '/api/v1/apps', {
    label, signOnMode: 'SAML_2_0',
    visibility: { autoSubmitToolbar: false, hide: { iOS: false, web: false } },
    settings: {
      app: {},
      signOn: {
        ssoAcsUrl: acs, recipient: acs, destination: acs, audience,
        idpIssuer: 'http://www.okta.com/${org.externalKey}',
        subjectNameIdTemplate: '${user.email}',
        subjectNameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
        responseSigned: true, assertionSigned: true, signatureAlgorithm: 'RSA_SHA256', digestAlgorithm: 'SHA256',
        honorForceAuthn: true, authnContextClassRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
        attributeStatements: [
          { type: 'EXPRESSION', name: 'firstName', namespace: 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic', values: ['user.firstName'] },
          { type: 'GROUP', name: 'groups', namespace: 'urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified', filterType: 'STARTS_WITH', filterValue: 'Support' },
        ],
        ...signOn,
      },
    },
  });
  await assign(app.id);
  return app;
}

export async function assign(appID) {
  const me = await api('GET', `/api/v1/users/${encodeURIComponent(person.login)}`);
  await api('POST', `/api/v1/apps/${appID}/users`, { id: me.id, scope: 'USER' });
}

export async function remove(appID) {
  await api('POST', `/api/v1/apps/${appID}/lifecycle/deactivate`);
  await api('DELETE', `/api/v1/apps/${appID}`, undefined, 204);
}

export async function metadata(appID) {
  const response = await fetch(`${org}/api/v1/apps/${appID}/sso/saml/metadata`, {
    headers: { Authorization: `SSWS ${token}`, Accept: 'application/xml' },
  });
  assert.equal(response.status, 200);
  return response.text();
}

// Browser keeps the org's cookies and follows its redirects, no others.
export class Browser {
  cookies = new Map();

  async get(url) {
    for (let hops = 0; hops < 10; hops++) {
      const response = await fetch(url, { redirect: 'manual', headers: { Cookie: [...this.cookies].map(([k, v]) => `${k}=${v}`).join('; ') } });
      for (const line of response.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
        this.cookies.set(name, value);
      }
      const to = response.headers.get('location') && new URL(response.headers.get('location'), url).href;
      if (!to || new URL(to).origin !== new URL(org).origin) return { url, status: response.status, to, html: await response.text() };
      url = to;
    }
    throw new Error(`too many redirects, last to ${url}`);
  }

  // signIn goes to url with a session, which it gets by authn and
  // sessionCookieRedirect the first time: an org takes four tries a second.
  async signIn(url) {
    if (this.cookies.get('sid')) return this.get(url);
    const response = await fetch(`${org}/api/v1/authn`, {
      method: 'POST', headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({ username: person.login, password: person.password }),
    });
    const answer = await response.json();
    assert.equal(answer.status, 'SUCCESS', JSON.stringify(answer));
    return this.get(`${org}/login/sessionCookieRedirect?token=${answer.sessionToken}&redirectUrl=${encodeURIComponent(url)}`);
  }
}

// form reads the page that would post itself to the service provider.
export function form(page) {
  assert.equal(page.status, 200, `${page.status} ${page.html}`);
  const action = unescape(/<form[^>]*action="([^"]*)"/i.exec(page.html)?.[1] ?? '');
  const fields = {};
  for (const [input] of page.html.matchAll(/<input[^>]*>/gi)) {
    const name = /name="([^"]*)"/i.exec(input)?.[1];
    if (name) fields[name] = unescape(/value="([^"]*)"/i.exec(input)?.[1] ?? '');
  }
  return { action, fields };
}

function unescape(text) {
  return text.replace(/&#(x?)([0-9a-f]+);/gi, (_, hex, n) => String.fromCodePoint(parseInt(n, hex ? 16 : 10)))
    .replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
