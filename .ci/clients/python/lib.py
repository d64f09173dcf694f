"""What the scripts in Python need: the org's API as a plain program calls it,
and a person's browser that keeps cookies."""
import base64
import html.parser
import http.cookiejar
import json
import os
import urllib.error
import urllib.parse
import urllib.request

ORG = os.environ["ORG_URL"]
RUN = os.environ.get("RUN", "1")
LOGIN, PASSWORD = os.environ["PERSON_LOGIN"], os.environ["PERSON_PASSWORD"]
DIRECT = urllib.request.ProxyHandler({})


def api(method, path, body=None, accept="application/json"):
    request = urllib.request.Request(ORG + path, method=method, data=json.dumps(body).encode() if body is not None else None)
    request.add_header("Authorization", "SSWS " + os.environ["API_TOKEN"])
    request.add_header("Accept", accept)
    if body is not None:
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.build_opener(DIRECT).open(request) as answer:
            text = answer.read().decode()
    except urllib.error.HTTPError as e:
        raise SystemExit(f"{method} {path}: {e.code} {e.read().decode()}")
    return json.loads(text) if text and accept == "application/json" else text


def saml_app(label, acs, audience, **sign_on):
    settings = {
        "ssoAcsUrl": acs, "recipient": acs, "destination": acs, "audience": audience,
        "idpIssuer": "http://www.okta.com/${org.externalKey}", "subjectNameIdTemplate": "${user.email}",
        "subjectNameIdFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
        "responseSigned": True, "assertionSigned": True, "signatureAlgorithm": "RSA_SHA256", "digestAlgorithm": "SHA256",
        "honorForceAuthn": True,
        "authnContextClassRef": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
        "attributeStatements": [
            {"type": "EXPRESSION", "name": "firstName", "values": ["user.firstName"],
             "namespace": "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"},
        ],
        **sign_on,
    }
    app = api("POST", "/api/v1/apps", {
        "label": label, "signOnMode": "SAML_2_0",
        "visibility": {"autoSubmitToolbar": False, "hide": {"iOS": False, "web": False}},
        "settings": {"app": {}, "signOn": settings},
    })
    me = api("GET", "/api/v1/users/" + urllib.parse.quote(LOGIN))
    api("POST", f"/api/v1/apps/{app['id']}/users", {"id": me["id"], "scope": "USER"})
    return app


def metadata(app):
    return api("GET", f"/api/v1/apps/{app['id']}/sso/saml/metadata", accept="application/xml")


def remove(app):
    api("POST", f"/api/v1/apps/{app['id']}/lifecycle/deactivate")
    api("DELETE", f"/api/v1/apps/{app['id']}")


class Form(html.parser.HTMLParser):
    """The first form of a page."""

    def __init__(self, page):
        super().__init__()
        self.action, self.fields = None, {}
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form" and self.action is None:
            self.action = given.get("action")
        if tag == "input" and given.get("name"):
            self.fields[given["name"]] = given.get("value", "")

    def xml(self):
        return base64.b64decode(self.fields["SAMLResponse"])


class Browser:
    """Somebody at the org and at service providers, who follows redirects."""

    def __init__(self):
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(DIRECT, urllib.request.HTTPCookieProcessor(self.jar))

    def open(self, url, fields=None):
        data = urllib.parse.urlencode(fields).encode() if fields is not None else None
        try:
            with self.opener.open(url, data) as page:
                return page.status, page.geturl(), page.read().decode()
        except urllib.error.HTTPError as e:
            return e.code, e.geturl(), e.read().decode()

    def sign_in(self):
        answer = urllib.request.Request(ORG + "/api/v1/authn", method="POST",
                                        data=json.dumps({"username": LOGIN, "password": PASSWORD}).encode(),
                                        headers={"Content-Type": "application/json", "Accept": "application/json"})
        with urllib.request.build_opener(DIRECT).open(answer) as reply:
            token = json.load(reply)["sessionToken"]
        back = urllib.parse.quote(ORG + "/app/UserHome", safe="")
        self.open(f"{ORG}/login/sessionCookieRedirect?token={token}&redirectUrl={back}")
        return self
