// node-saml: SP-initiated and IdP-initiated sign-on, each way of signing, and
// refusals of what was changed on the way.
import assert from 'node:assert/strict';
import { SAML } from '@node-saml/node-saml';
import { Browser, form, metadata, person, remove, run, samlApp } from './lib.mjs';

const acs = 'https://sp.example.com/node-saml/acs';
const audience = 'urn:example:node-saml';

async function serviceProvider(app, options = {}) {
  const xml = await metadata(app.id);
  const idpCert = /X509Certificate>([^<]+)</.exec(xml)[1];
  const entryPoint = /SingleSignOnService [^>]*HTTP-Redirect"[^>]*Location="([^"]+)"/.exec(xml)[1];
  const idpIssuer = /entityID="([^"]+)"/.exec(xml)[1];
  return new SAML({
    callbackUrl: acs, issuer: audience, audience, idpCert, entryPoint, idpIssuer, validateInResponseTo: 'ifPresent',
    wantAssertionsSigned: true, wantAuthnResponseSigned: true,
    identifierFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress', disableRequestedAuthnContext: true, ...options,
  });
}

const browser = new Browser();

async function started(sp) {
  const page = await browser.signIn(await sp.getAuthorizeUrlAsync('where/I was?a=b&c', undefined, {}));
  return form(page);
}

const app = await samlApp(`node-saml ${run}`, acs, audience);
try {
  const sp = await serviceProvider(app);
  const answer = await started(sp);
  assert.equal(answer.action, acs);
  assert.equal(answer.fields.RelayState, 'where/I was?a=b&c');
  const { profile } = await sp.validatePostResponseAsync(answer.fields);
  assert.equal(profile.nameID, person.login);
  assert.equal(profile.nameIDFormat, 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress');
  assert.ok(profile.sessionIndex, 'no SessionIndex');
  assert.ok(profile.firstName, 'no attribute');
  assert.ok([profile.groups].flat().every((g) => g.startsWith('Support')), `groups ${profile.groups}`);
  await assert.rejects(sp.validatePostResponseAsync(answer.fields), /InResponseTo/, 'the same answer twice');

  const fromTile = form(await browser.signIn(app._links.appLinks[0].href));
  const { profile: again } = await (await serviceProvider(app)).validatePostResponseAsync(fromTile.fields);
  assert.equal(again.nameID, person.login);
  assert.equal(again.inResponseTo, undefined);

  const changed = Buffer.from(fromTile.fields.SAMLResponse, 'base64').toString().replaceAll(person.login, 'mallory@acme.example');
  await assert.rejects((await serviceProvider(app)).validatePostResponseAsync({ SAMLResponse: Buffer.from(changed).toString('base64') }), /signature/i);
  await assert.rejects((await serviceProvider(app, { audience: 'urn:example:other' })).validatePostResponseAsync(fromTile.fields), /audience/i);
} finally {
  await remove(app.id);
}

for (const [what, signOn, options] of [
  ['assertion alone', { responseSigned: false }, { wantAuthnResponseSigned: false }],
  ['response alone', { assertionSigned: false }, { wantAssertionsSigned: false }],
  ['SHA-1', { signatureAlgorithm: 'RSA_SHA1', digestAlgorithm: 'SHA1' }, {}],
]) {
  const one = await samlApp(`node-saml ${what} ${run}`, acs, audience, signOn);
  try {
    const sp = await serviceProvider(one, options);
    const { profile } = await sp.validatePostResponseAsync((await started(sp)).fields);
    assert.equal(profile.nameID, person.login, what);
  } finally {
    await remove(one.id);
  }
}
console.log('node-saml: signs in from both sides, with each way of signing');
