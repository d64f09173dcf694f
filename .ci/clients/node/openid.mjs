// openid-client signs a person in by code flow, with each way of client
// authentication that Okta has for a web app, and is refused where Okta refuses.
import assert from 'node:assert/strict';
import * as client from 'openid-client';
import { Browser, api, assign, org, person, remove, run } from './lib.mjs';

const redirect = 'https://sp.example.com/openid/callback';

async function oidcApp(method, extra = {}) {
  return api('POST', '/api/v1/apps', {
    name: 'oidc_client', label: `openid ${method} ${run}`, signOnMode: 'OPENID_CONNECT',
    credentials: { oauthClient: { token_endpoint_auth_method: method, ...extra } },
    settings: { oauthClient: { application_type: 'web', grant_types: ['authorization_code'], response_types: ['code'], redirect_uris: [redirect] } },
  });
}

function discover(app, authentication) {
  const { client_id, client_secret } = app.credentials.oauthClient;
  return client.discovery(new URL(org), client_id, { client_secret }, authentication?.(client_secret), { execute: [client.allowInsecureRequests] });
}

async function begin(config, extra = {}) {
  const verifier = client.randomPKCECodeVerifier();
  const checks = { pkceCodeVerifier: verifier, expectedState: client.randomState(), expectedNonce: client.randomNonce() };
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirect, scope: 'openid profile email', state: checks.expectedState, nonce: checks.expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', ...extra,
  });
  return { url: url.href, checks };
}

const browser = new Browser();
for (const [method, authentication] of [['client_secret_basic', client.ClientSecretBasic], ['client_secret_post', client.ClientSecretPost]]) {
  const app = await oidcApp(method);
  try {
    const config = await discover(app, authentication);
    const refused = await begin(config);
    const page = await browser.signIn(refused.url);
    await assert.rejects(client.authorizationCodeGrant(config, new URL(page.to), refused.checks),
      (e) => e.error === 'access_denied', 'somebody who is not assigned');

    await assign(app.id);
    const { url, checks } = await begin(config);
    const answer = new URL((await browser.signIn(url)).to);
    const tokens = await client.authorizationCodeGrant(config, answer, checks);
    const claims = tokens.claims();
    assert.equal(claims.iss, org);
    assert.equal(claims.email, person.login);
    assert.equal(claims.preferred_username, person.login);
    assert.ok(claims.name && claims.auth_time && claims.amr.includes('pwd'), JSON.stringify(claims));
    const info = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
    assert.equal(info.email, person.login);
    await assert.rejects(client.authorizationCodeGrant(config, answer, checks), (e) => e.error === 'invalid_grant', 'a code for the second time');

    const again = await begin(config, { prompt: 'none' });
    const silent = await client.authorizationCodeGrant(config, new URL((await browser.get(again.url)).to), again.checks);
    assert.equal(silent.claims().sub, claims.sub);
    const nobody = await begin(config, { prompt: 'none' });
    await assert.rejects(client.authorizationCodeGrant(config, new URL((await new Browser().get(nobody.url)).to), nobody.checks),
      (e) => e.error === 'login_required');

    const wrong = await client.discovery(new URL(org), app.credentials.oauthClient.client_id, { client_secret: 'wrong' }, authentication('wrong'),
      { execute: [client.allowInsecureRequests] });
    const third = await begin(wrong);
    await assert.rejects(client.authorizationCodeGrant(wrong, new URL((await browser.get(third.url)).to), third.checks), (e) => e.error === 'invalid_client' || e.status === 401, 'a wrong secret');

    const elsewhere = await begin(config, { redirect_uri: 'https://evil.example/cb' });
    const stopped = await browser.get(elsewhere.url);
    assert.ok(stopped.status === 400 && !stopped.to, `a foreign redirect_uri gave ${stopped.status} ${stopped.to}`);
  } finally {
    await remove(app.id);
  }
}
console.log('openid-client: signs in by code flow, and is refused where Okta refuses');
