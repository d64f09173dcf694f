// The calls of Terraform's okta provider, in its order and with its bodies, for
// a SAML app, an OIDC app, group assignments, a group, people and memberships:
// create, read again and find nothing to change, update, read again, destroy.
import assert from 'node:assert/strict';
import { api, org, run, token } from './lib.mjs';

const label = `tf ${run}`;
const state = {};

// refresh keeps what a read gave, and says what differs from the read before.
function refresh(name, value) {
  const before = state[name];
  state[name] = structuredClone(value);
  if (before !== undefined) assert.deepEqual(value, before, `${name} changed between two reads: the plan would not be empty`);
}

function forget(...names) { for (const name of names) delete state[name]; }

// read is one refresh of everything there is.
async function read({ saml, oidc, group, user }) {
  refresh('saml', needed(await api('GET', `/api/v1/apps/${saml}`)));
  const kid = state.saml.credentials.signing.kid;
  refresh('metadata', await xml(`/api/v1/apps/${saml}/sso/saml/metadata?kid=${encodeURIComponent(kid)}`));
  const keys = await api('GET', `/api/v1/apps/${saml}/credentials/keys`);
  refresh('keys', keys);
  const active = keys.find((k) => k.kid === kid);
  assert.ok(active?.created && active.lastUpdated && active.expiresAt, 'the active key lacks what the provider reads');
  assert.ok(Buffer.from(active.x5c[0], 'base64').length > 500);
  refresh('assignment', await api('GET', `/api/v1/apps/${saml}/groups/${group}`));
  refresh('oidc', needed(await api('GET', `/api/v1/apps/${oidc}`)));
  assert.equal(state.oidc.credentials.oauthClient.client_secret, undefined, 'the secret belongs into the answers to POST and PUT alone');
  refresh('idToken', await api('GET', `/api/v1/internal/apps/${oidc}/settings/oauth/idToken`));
  refresh('group', await api('GET', `/api/v1/groups/${group}`));
  refresh('user', await api('GET', `/api/v1/users/${user}`));
  refresh('members', (await api('GET', `/api/v1/groups/${group}/users?limit=200`)).map((u) => u.id));
}

// needed is what the provider follows without a look, and dies of.
function needed(app) {
  assert.ok(app.settings.app && app.credentials.userNameTemplate && app.credentials.signing && app.visibility.hide, JSON.stringify(app));
  return app;
}

async function xml(path) {
  const response = await fetch(org + path, { headers: { Authorization: `SSWS ${token}`, Accept: 'application/xml' } });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'application/xml;charset=ISO-8859-1');
  return response.text();
}

function samlBody(changes = {}) {
  return {
    accessibility: { selfService: false },
    credentials: { userNameTemplate: { template: '${source.login}', type: 'BUILT_IN' }, ...changes.credentials },
    label: changes.label ?? label,
    settings: {
      app: {}, implicitAssignment: false, notes: { admin: null, enduser: null },
      signOn: {
        acsEndpoints: [], allowMultipleAcsEndpoints: false, assertionSigned: true,
        attributeStatements: [
          { name: 'mail', namespace: 'urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified', type: 'EXPRESSION', values: ['user.email'] },
          { filterType: 'REGEX', filterValue: '.*', name: 'teams', namespace: 'urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified', type: 'GROUP' },
        ],
        audience: 'https://tf.example/sp', audienceOverride: '', authnContextClassRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
        defaultRelayState: '', destination: 'https://tf.example/acs', destinationOverride: '', digestAlgorithm: 'SHA256', honorForceAuthn: true,
        idpIssuer: 'http://www.okta.com/${org.externalKey}', recipient: 'https://tf.example/acs', recipientOverride: '', responseSigned: true,
        samlSignedRequestEnabled: false, signatureAlgorithm: 'RSA_SHA256', slo: { enabled: false }, ssoAcsUrl: 'https://tf.example/acs',
        ssoAcsUrlOverride: '', subjectNameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress', subjectNameIdTemplate: '${user.email}',
        ...changes.signOn,
      },
    },
    signOnMode: 'SAML_2_0',
    visibility: { autoSubmitToolbar: false, hide: { iOS: false, web: false } },
  };
}

function oidcBody(changes = {}) {
  return {
    accessibility: { selfService: false },
    credentials: {
      oauthClient: { autoKeyRotation: true, pkce_required: false, token_endpoint_auth_method: 'client_secret_basic', ...changes.client },
      userNameTemplate: { template: '${source.login}', type: 'BUILT_IN' },
    },
    label: `${label} oidc`, name: 'oidc_client',
    settings: {
      app: {}, implicitAssignment: false, notes: { admin: null, enduser: null },
      oauthClient: {
        application_type: 'web', consent_method: 'TRUSTED', grant_types: ['authorization_code'], issuer_mode: 'ORG_URL',
        redirect_uris: changes.redirects ?? ['https://tf.example/cb'], post_logout_redirect_uris: [], response_types: ['code'],
        initiate_login_uri: '', logo_uri: '', tos_uri: '', policy_uri: '', client_uri: '', wildcard_redirect: 'DISABLED',
      },
    },
    signOnMode: 'OPENID_CONNECT',
    visibility: { autoSubmitToolbar: false, hide: { iOS: true, web: true } },
  };
}

async function policy(app) {
  const { pipeline } = await api('GET', '/.well-known/okta-organization');
  if (pipeline !== 'idx') return;
  const system = (await api('GET', '/api/v1/policies?type=ACCESS_POLICY')).filter((p) => p.system);
  assert.equal(system.length, 1, 'the provider looks for the one policy of the system');
  await api('PUT', `/api/v1/apps/${app}/policies/${system[0].id}`, undefined, 204);
}

async function create() {
  await api('GET', '/api/v1/users/me');
  await api('GET', '/api/v1/users/me');
  const login = `tf.${run}@acme.example`;
  const user = await api('POST', '/api/v1/users?activate=true', { profile: { email: login, firstName: 'Tea', lastName: 'Form', login } });
  const group = await api('POST', '/api/v1/groups', { profile: { description: '', name: label } });
  await api('PUT', `/api/v1/groups/${group.id}/users/${user.id}`, undefined, 204);
  const saml = await api('POST', '/api/v1/apps?activate=true', samlBody());
  await policy(saml.id);
  await api('PUT', `/api/v1/apps/${saml.id}/groups/${group.id}`, {});
  const oidc = await api('POST', '/api/v1/apps?activate=true', oidcBody());
  assert.ok(oidc.credentials.oauthClient.client_secret);
  await api('POST', `/api/v1/internal/apps/${oidc.id}/settings/oauth/idToken`,
    { issuerMode: 'ORG_URL', groupsClaim: { claimName: '', groupFilterType: '', valueType: 'GROUPS', value: '' } }, [200, 201, 204]);
  await policy(oidc.id);
  return { saml: saml.id, oidc: oidc.id, group: group.id, user: user.id, clientID: oidc.credentials.oauthClient.client_id };
}

async function update(ids) {
  const was = await api('GET', `/api/v1/apps/${ids.saml}`);
  const changed = await api('PUT', `/api/v1/apps/${ids.saml}`, samlBody({
    label: `${label} changed`, credentials: { signing: was.credentials.signing }, signOn: { audience: 'https://tf.example/other', attributeStatements: [] },
  }));
  assert.equal(changed.name, was.name, 'the name of an app stays when its label changes');
  assert.equal(changed.credentials.signing.kid, was.credentials.signing.kid);
  assert.deepEqual(changed.settings.signOn.attributeStatements, []);
  await policy(ids.saml);
  const oidc = await api('PUT', `/api/v1/apps/${ids.oidc}`, oidcBody({ redirects: ['https://tf.example/cb', 'https://tf.example/cb2'], client: { client_id: ids.clientID } }));
  assert.equal(oidc.credentials.oauthClient.client_id, ids.clientID);
  await policy(ids.oidc);
  await api('PUT', `/api/v1/groups/${ids.group}`, { profile: { description: 'changed', name: label } });
  await api('POST', `/api/v1/users/${ids.user}`, { profile: { department: 'Ops' } });
  await api('PUT', `/api/v1/apps/${ids.saml}/groups/${ids.group}`, { priority: 0 });
  forget('saml', 'metadata', 'oidc', 'group', 'user', 'assignment');
}

async function destroy({ saml, oidc, group, user }) {
  await api('DELETE', `/api/v1/apps/${saml}/groups/${group}`, undefined, 204);
  for (const id of [saml, oidc]) {
    await api('POST', `/api/v1/apps/${id}/lifecycle/deactivate`);
    await api('DELETE', `/api/v1/apps/${id}`, undefined, 204);
    assert.match((await api('GET', `/api/v1/apps/${id}`, undefined, 404)).errorSummary, /\(AppInstance\)$/);
  }
  await api('DELETE', `/api/v1/groups/${group}/users/${user}`, undefined, 204);
  await api('DELETE', `/api/v1/groups/${group}`, undefined, 204);
  await api('POST', `/api/v1/users/${user}/lifecycle/deactivate`, undefined, [200, 204]);
  await api('DELETE', `/api/v1/users/${user}`, undefined, 204);
  await api('GET', `/api/v1/users/${user}`, undefined, 404);
}

const ids = await create();
await read(ids);
await read(ids);
await update(ids);
await read(ids);
await read(ids);
await destroy(ids);
console.log("Terraform's okta provider: its calls create, find nothing to change, update, and destroy");
