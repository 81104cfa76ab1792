"""Verifies a delivery by its own few lines."""
import base64, hashlib, hmac, json, sys, urllib.parse
from xml.etree import ElementTree
SECRET = "the secret"
digest = lambda name, text: hashlib.new(name, text.encode()).hexdigest()
target, headers, body = json.load(sys.stdin)
path, _, query = target.partition("?")
if path == "/form":
    sent = dict(urllib.parse.parse_qsl(body, strict_parsing=True))
    sign = sent.pop("sign")
    text = "&".join(f"{key}={sent[key]}" for key in sorted(sent) if key != "sign_type") + SECRET
    print(sign == digest("md5", text), sent["order"], json.loads(sent["items"])[0]["sku"], query)
elif path == "/json":
    text = f"{headers['x-time']}.POST./json.{body}"
    sign = base64.b64encode(hmac.new(SECRET.encode(), text.encode(), "sha256").digest()).decode()
    print(headers["x-signature"] == "v1=" + sign, json.loads(body)["detail"]["text"])
elif path == "/query":
    sent = dict(urllib.parse.parse_qsl(query, strict_parsing=True))
    print(sent["token"] == digest("sha1", f"{sent['z']}|{sent['a']}|7|{SECRET}").upper())
elif path == "/beside":
    before, _, sign = headers["x-signature"].partition(",v1=")
    text = before.removeprefix("t=") + "." + body
    print(sign == hmac.new(SECRET.encode(), text.encode(), "sha512").hexdigest() and json.loads(body) == {"event": "张"})
elif path == "/sorted":
    sent = dict(urllib.parse.parse_qsl(query, strict_parsing=True))
    print(sent["signature"] == digest("sha1", "".join(sorted([SECRET, sent["timestamp"], sent["nonce"]]))))
else:
    sent = {e.tag: e.text for e in ElementTree.fromstring(body)}
    print(sent["sign"] == digest("md5", f"return_code={sent['return_code']}&total_fee={sent['total_fee']}&key={SECRET}").upper())
