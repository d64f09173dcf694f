// Okta's SDK for Node: the round of an administrator's script.
import assert from 'node:assert/strict';
import okta from '@okta/okta-sdk-nodejs';
import { org, token, run } from './lib.mjs';

const client = new okta.Client({ orgUrl: org, token, cacheStore: new okta.MemoryStore(), cacheMiddleware: null });
const apps = client.applicationApi, groups = client.groupApi, users = client.userApi;
const label = `Node SDK ${run}`;
const login = `node.sdk.${run}@acme.example`;

async function all(collection) {
  const items = [];
  for await (const item of await collection) if (item) items.push(item);
  return items;
}

const known = await all(apps.listApplications({ limit: 2 }));
assert.ok(known.some((a) => a.name === 'saasure'), `apps: ${known.map((a) => a.name)}`);
assert.ok((await all(groups.listGroups({ q: 'Support' }))).length >= 2);
assert.ok((await all(users.listUsers({ search: 'profile.lastName sw "L"', limit: 1 }))).every((u) => u.profile.lastName.startsWith('L')));

const group = await groups.createGroup({ group: { profile: { name: label } } });
const renamed = await groups.replaceGroup({ groupId: group.id, group: { profile: { name: label, description: 'by Node' } } });
assert.equal(renamed.profile.description, 'by Node');
const user = await users.createUser({ body: { profile: { login, email: login, firstName: 'Nora', lastName: 'De Smet' } }, activate: false });
assert.equal(user.status, 'STAGED');
const updated = await users.updateUser({ userId: user.id, user: { profile: { department: 'Sales' } } });
assert.equal(updated.profile.lastName, 'De Smet');
await groups.assignUserToGroup({ groupId: group.id, userId: user.id });
assert.deepEqual((await all(groups.listGroupUsers({ groupId: group.id }))).map((u) => u.id), [user.id]);

const acs = 'https://sp.example.com/acs';
const saml = await apps.createApplication({ application: {
  label, signOnMode: 'SAML_2_0', visibility: { autoSubmitToolbar: false, hide: { iOS: false, web: false } },
  settings: { signOn: {
    ssoAcsUrl: acs, recipient: acs, destination: acs, audience: 'urn:example:node-sdk', idpIssuer: 'http://www.okta.com/${org.externalKey}',
    subjectNameIdTemplate: '${user.userName}', subjectNameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
    responseSigned: true, assertionSigned: true, signatureAlgorithm: 'RSA_SHA256', digestAlgorithm: 'SHA256', honorForceAuthn: true,
    authnContextClassRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport', requestCompressed: false,
  } },
} });
assert.equal(saml.settings.signOn.audience, 'urn:example:node-sdk');
saml.label = `${label} renamed`;
const replaced = await apps.replaceApplication({ appId: saml.id, application: saml });
assert.equal(replaced.label, `${label} renamed`);
assert.equal(replaced.settings.signOn.subjectNameIdTemplate, '${user.userName}');
assert.equal(replaced.credentials.signing.kid, saml.credentials.signing.kid);

const key = await apps.generateApplicationKey({ appId: saml.id, validityYears: 2 });
assert.equal((await all(apps.listApplicationKeys({ appId: saml.id }))).length, 2);
const xml = await apps.previewSAMLmetadataForApplication({ appId: saml.id, kid: key.kid });
assert.match(String(xml), /IDPSSODescriptor/);

const assignment = await apps.assignGroupToApplication({ appId: saml.id, groupId: group.id, applicationGroupAssignment: {} });
assert.equal(assignment.id, group.id);
assert.equal((await all(apps.listApplicationGroupAssignments({ appId: saml.id }))).length, 1);

const oidc = await apps.createApplication({ application: {
  name: 'oidc_client', label: `${label} OIDC`, signOnMode: 'OPENID_CONNECT',
  credentials: { oauthClient: { token_endpoint_auth_method: 'client_secret_basic' } },
  settings: { oauthClient: { application_type: 'web', grant_types: ['authorization_code'], response_types: ['code'], redirect_uris: ['https://sp.example.com/cb'] } },
} });
assert.ok(oidc.credentials.oauthClient.client_secret);
const direct = await apps.assignUserToApplication({ appId: oidc.id, appUser: { id: user.id, scope: 'USER', credentials: { userName: login } } });
assert.equal(direct.scope, 'USER');

await assert.rejects(apps.deleteApplication({ appId: saml.id }), (e) => e.status === 403 && e.errorCode === 'E0000056');
await assert.rejects(apps.getApplication({ appId: '0oa0000000000000none' }), (e) => e.status === 404 && e.errorCode === 'E0000007');
for (const app of [saml, oidc]) {
  await apps.deactivateApplication({ appId: app.id });
  await apps.deleteApplication({ appId: app.id });
}
await users.deactivateUser({ userId: user.id });
await users.deleteUser({ userId: user.id });
await groups.deleteGroup({ groupId: group.id });
console.log('okta-sdk-nodejs: lists, creates, updates, assigns and deletes');
