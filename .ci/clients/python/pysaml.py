"""pysaml2 signs in from both sides with the org's metadata as it is served,
sends a signed request, and logs out."""
import os
import subprocess
import tempfile

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.client import Saml2Client
from saml2.config import SPConfig

from lib import ORG, Browser, Form, LOGIN, RUN, api, metadata, remove, saml_app

ACS = "https://sp.example.com/pysaml2/acs"
LOGOUT = "https://sp.example.com/pysaml2/slo"
ENTITY = "urn:example:pysaml2"


def key_pair(folder):
    key, cert = os.path.join(folder, "sp.key"), os.path.join(folder, "sp.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=pysaml2",
                    "-keyout", key, "-out", cert], check=True, capture_output=True)
    return key, cert


def service_provider(xml, key, cert, folder, **changes):
    path = os.path.join(folder, "idp.xml")
    with open(path, "w") as f:
        f.write(xml)
    sp = {
        "endpoints": {"assertion_consumer_service": [(ACS, BINDING_HTTP_POST)],
                      "single_logout_service": [(LOGOUT, BINDING_HTTP_POST), (LOGOUT, BINDING_HTTP_REDIRECT)]},
        "want_response_signed": True, "want_assertions_signed": True, "allow_unsolicited": True,
        "authn_requests_signed": False, "logout_requests_signed": True, **changes,
    }
    return Saml2Client(SPConfig().load({
        "entityid": ENTITY, "metadata": {"local": [path]}, "service": {"sp": sp}, "key_file": key, "cert_file": cert,
        "xmlsec_binary": "/usr/bin/xmlsec1", "allow_unknown_attributes": True, "accepted_time_diff": 5,
    }))


def person_of(client, form, outstanding=None):
    answer = client.parse_authn_request_response(form.fields["SAMLResponse"], BINDING_HTTP_POST, outstanding or {})
    assert answer.name_id.text == LOGIN, answer.name_id
    assert answer.ava["firstName"], answer.ava
    return answer


def started(client, browser, **options):
    idp, = client.metadata.identity_providers()
    session, request = client.prepare_for_authenticate(idp, relay_state="back/here?x=1&y=2", binding=BINDING_HTTP_REDIRECT, **options)
    status, _, page = browser.open(dict(request["headers"])["Location"])
    assert status == 200, page
    form = Form(page)
    assert form.action == ACS and form.fields["RelayState"] == "back/here?x=1&y=2", form.fields
    return form, {session: "/"}


def main(folder):
    key, cert = key_pair(folder)
    body = "".join(line for line in open(cert).read().splitlines() if "CERT" not in line)
    app = saml_app(f"pysaml2 {RUN}", ACS, ENTITY, spCertificate={"x5c": [body]},
                   slo={"enabled": True, "issuer": ENTITY, "logoutUrl": LOGOUT})
    try:
        xml = metadata(app)
        client = service_provider(xml, key, cert, folder)
        browser = Browser().sign_in()

        answer = person_of(client, *started(client, browser))
        assert answer.came_from == "/", answer.came_from
        _, _, page = browser.open(app["_links"]["appLinks"][0]["href"])
        person_of(client, Form(page))

        signed = dict(app)
        signed["settings"]["signOn"]["samlSignedRequestEnabled"] = True
        api("PUT", f"/api/v1/apps/{app['id']}", signed)
        signing = service_provider(metadata(app), key, cert, folder, authn_requests_signed=True)
        person_of(signing, *started(signing, browser, sign=True, sigalg="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"))
        try:
            started(client, browser, sign=False)
        except AssertionError:
            pass
        else:
            raise SystemExit("a request without a signature was accepted")

        logged_out(signing, browser, answer)
    finally:
        remove(app)


def logged_out(client, browser, answer):
    """Single Logout: the org takes the request, ends the session, and answers
    with a message that pysaml2 verifies."""
    idp, = client.metadata.identity_providers()
    out = client.do_logout(answer.name_id, [idp], "done", expire="2100-01-01T00:00:00Z", sign=True, expected_binding=BINDING_HTTP_POST)
    _, request = out[idp]
    asked = Form(request["data"])
    status, _, page = browser.open(asked.action, asked.fields)
    assert status == 200, page
    reply = Form(page)
    assert reply.action == LOGOUT, reply.action
    assert client.parse_logout_request_response(reply.fields["SAMLResponse"], BINDING_HTTP_POST).status_ok()
    _, url, _ = browser.open(ORG + "/app/UserHome")
    assert "/login/" in url, f"still signed in: {url}"


with tempfile.TemporaryDirectory() as temporary:
    main(temporary)
print("pysaml2: signs in from both sides, signs its request, logs out")
