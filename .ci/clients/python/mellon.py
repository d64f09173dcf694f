"""mod_auth_mellon in an Apache of its own on loopback lets a person in who has
signed in to the org, and nobody else."""
import glob
import os
import socket
import subprocess
import tempfile
import time
import urllib.parse

from lib import LOGIN, RUN, Browser, Form, metadata, remove, saml_app

MODULES = "/usr/lib/apache2/modules"

CONFIG = """
ServerRoot {folder}
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile {folder}/pid
ErrorLog {folder}/error.log
LogLevel warn auth_mellon:debug
Mutex file:{folder} default
User www-data
Group www-data
{modules}
DocumentRoot {folder}/www
<Location />
    Require all granted
    MellonEnable info
    MellonEndpointPath /mellon
    MellonSPPrivateKeyFile {folder}/sp.key
    MellonSPCertFile {folder}/sp.pem
    MellonSPMetadataFile {folder}/sp.xml
    MellonIdPMetadataFile {folder}/idp.xml
    MellonSecureCookie Off
    MellonSignatureMethod rsa-sha256
</Location>
<Location /secret>
    MellonEnable auth
    AuthType Mellon
    Require valid-user
    MellonUser NAME_ID
    Header always set X-Person "%{{MELLON_NAME_ID}}e"
    Header always set X-First-Name "%{{MELLON_firstName}}e"
</Location>
"""

SP_METADATA = """<EntityDescriptor entityID="{origin}/mellon/metadata" xmlns="urn:oasis:names:tc:SAML:2.0:metadata">
<SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
<SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{origin}/mellon/logout"/>
<NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</NameIDFormat>
<AssertionConsumerService index="0" isDefault="true" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{origin}/mellon/postResponse"/>
</SPSSODescriptor></EntityDescriptor>
"""


def modules():
    wanted = ["mpm_event", "authn_core", "authz_core", "authz_user", "headers", "dir", "auth_mellon"]
    return "\n".join(f"LoadModule {m}_module {MODULES}/mod_{m}.so" for m in wanted)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def write(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)
    os.chmod(path, 0o644)


def main(folder):
    os.chmod(folder, 0o777)  # Apache's workers are somebody else
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=mellon",
                    "-keyout", f"{folder}/sp.key", "-out", f"{folder}/sp.pem"], check=True, capture_output=True)
    certificate = "".join(line for line in open(f"{folder}/sp.pem").read().splitlines() if "CERT" not in line)
    app = saml_app(f"mellon {RUN}", f"{origin}/mellon/postResponse", f"{origin}/mellon/metadata",
                   spCertificate={"x5c": [certificate]}, samlSignedRequestEnabled=True)
    write(folder, "idp.xml", metadata(app))
    write(folder, "sp.xml", SP_METADATA.format(origin=origin, certificate=certificate))
    write(folder, "www/secret/index.html", "the secret page")
    os.chmod(f"{folder}/sp.key", 0o644)
    for path in glob.glob(f"{folder}/www*") + [f"{folder}/www/secret"]:
        os.chmod(path, 0o755)
    write(folder, "httpd.conf", CONFIG.format(folder=folder, port=port, modules=modules()))
    server = subprocess.Popen(["/usr/sbin/apache2", "-f", f"{folder}/httpd.conf", "-DFOREGROUND"], stderr=subprocess.PIPE, text=True)
    try:
        wait_for(port, server)
        visit(origin)
    except BaseException:
        print(open(f"{folder}/error.log").read()[-4000:] if os.path.exists(f"{folder}/error.log") else "")
        raise
    finally:
        server.terminate()
        server.wait()
        remove(app)


def wait_for(port, server):
    for _ in range(100):
        if server.poll() is not None:
            raise SystemExit(f"apache2 ended: {server.stderr.read()}")
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("apache2 does not listen")


def visit(origin):
    status, url, page = Browser().open(f"{origin}/secret/")
    assert "/login/" in url and "okta-signin-username" in page, f"a stranger came to {status} {url}"

    browser = Browser().sign_in()
    status, url, page = browser.open(f"{origin}/secret/?page=1&x=a%20b")
    form = Form(page)
    assert form.action == f"{origin}/mellon/postResponse", f"{status} {url} {page}"
    with browser.opener.open(form.action, urllib.parse.urlencode(form.fields).encode()) as answer:
        text = answer.read().decode()
        assert answer.geturl() == f"{origin}/secret/?page=1&x=a%20b", answer.geturl()
        assert "the secret page" in text, text
        assert answer.headers["X-Person"] == LOGIN, answer.headers
        assert answer.headers["X-First-Name"] not in ("", "(null)", None), answer.headers

    other = dict(form.fields, SAMLResponse=form.fields["SAMLResponse"][:-40] + "A" * 40)
    status, _, page = Browser().open(form.action, other)
    assert status >= 400, f"a broken answer gave {status}"


with tempfile.TemporaryDirectory() as temporary:
    main(temporary)
print("mod_auth_mellon: lets in whom the org signed in, and nobody else")
