"""xmlsec1 verifies what the org signs, with the certificate of its metadata."""
import subprocess
import tempfile
import textwrap
import re

from lib import Browser, Form, RUN, metadata, remove, saml_app

ACS = "https://sp.example.com/acs"


def verify(xml, certificate, node):
    with tempfile.NamedTemporaryFile(suffix=".xml") as message, tempfile.NamedTemporaryFile(suffix=".pem") as pem:
        message.write(xml)
        message.flush()
        body = "\n".join(textwrap.wrap(re.sub(r"\s", "", certificate), 64))
        pem.write(f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n".encode())
        pem.flush()
        return subprocess.run([
            "xmlsec1", "--verify", "--pubkey-cert-pem", pem.name, "--enabled-key-data", "rsa",
            "--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:Response",
            "--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion",
            "--node-xpath", node, message.name], capture_output=True, text=True)


RESPONSE = "/*[local-name()='Response']/*[local-name()='Signature']"
ASSERTION = "/*[local-name()='Response']/*[local-name()='Assertion']/*[local-name()='Signature']"
browser = Browser().sign_in()
for name, sign_on, nodes in [
    ("both", {}, [RESPONSE, ASSERTION]),
    ("response", {"assertionSigned": False}, [RESPONSE]),
    ("assertion", {"responseSigned": False}, [ASSERTION]),
    ("SHA-1", {"signatureAlgorithm": "RSA_SHA1", "digestAlgorithm": "SHA1"}, [RESPONSE, ASSERTION]),
]:
    app = saml_app(f"xmlsec {name} {RUN}", ACS, "urn:example:xmlsec", **sign_on)
    certificate = re.search(r"X509Certificate>([^<]+)<", metadata(app)).group(1)
    _, _, page = browser.open(app["_links"]["appLinks"][0]["href"])
    xml = Form(page).xml()
    for node in nodes:
        result = verify(xml, certificate, node)
        assert result.returncode == 0, f"{name} {node}: {result.stderr}"
        changed = verify(xml.replace(b"urn:example:xmlsec", b"urn:example:changed"), certificate, node)
        assert changed.returncode != 0, f"{name} {node}: a changed message passed"
    remove(app)
print("xmlsec1: verifies both signatures, and sees what was changed")
