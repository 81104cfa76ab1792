"""The server of each made-up provider under this folder: it checks a request by its own few lines, and keeps what it found.

GET /verdicts gives, of each request so far, the provider, the endpoint's path and the faults that it has.
"""
import base64
import hashlib
import hmac
import http.server
import json
import re
import time
import urllib.parse
from xml.etree import ElementTree

SECRET = "c2VjcmV0IHNlY3JldCBzZWNyZXQ="  # a text, and base64
APP = "an-app"
verdicts = []
seen = set()


def near(written):
    return abs(int(written) - time.time()) < 60


def once(nonce, form):
    is_new = nonce not in seen
    seen.add(nonce)
    return is_new and re.fullmatch(form, nonce)


UUID = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


def header_of_parts(request):
    """Key, time, nonce and signature are in one header, and nowhere else."""
    found = re.fullmatch(r'id="an-app", ts="(\d+)", nonce="(.+)", sig="(.+)"', request["head"]["X-Auth"])
    ts, nonce, sig = found.groups()
    text = f"{request['method']}|{request['path']}|{ts}|{nonce}|{request['body']}"
    digest = hmac.new(SECRET.encode(), text.encode(), hashlib.sha512).digest()
    yield "sig", sig == base64.urlsafe_b64encode(digest).decode()
    yield "ts", near(ts)
    yield "nonce", once(nonce, UUID)
    yield "form", set(request["form"]) == {"name"}


def secret_in_order(request):
    """The secret is sorted among the parameters, and so are a constant that is not sent and the app's id."""
    form = dict(request["form"])
    sign = form.pop("sign")
    yield "unsent", not {"key", "kind"} & set(form)
    yield "nonce", once(form["nonce"], "[1-9][0-9]{8}")
    form.update(key=SECRET, kind="web")
    text = "&".join(f"{name}={value}" for name, value in sorted(form.items()))
    yield "sign", sign == hashlib.md5(text.encode()).hexdigest().upper()
    yield "app", form["appid"] == APP


def encoded_as_a_whole(request):
    form = request["form"]
    text = urllib.parse.quote_plus(form["msgData"] + form["timestamp"] + SECRET, safe="*-._").replace("~", "%7E")
    yield "digest", form["msgDigest"] == base64.b64encode(hashlib.md5(text.encode()).digest()).decode()
    yield "data", json.loads(form["msgData"])["name"] == "张 三&=+/%~"
    yield "time", near(form["timestamp"])


def digits_in_base64(request):
    form = request["form"]
    digits = hashlib.md5((form["RequestData"] + SECRET).encode()).hexdigest()
    yield "sign", form["DataSign"] == base64.b64encode(digits.encode()).decode()
    yield "type", form["RequestType"] == "1002"


def hash_of_the_body(request):
    """The digest of the body is signed and not sent."""
    head = request["head"]
    digest = hashlib.sha512(request["body"].encode()).hexdigest()
    text = "\n".join([request["method"], request["path"], request["query"], digest, head["Timestamp"]])
    yield "sign", head["SIGN"] == hmac.new(SECRET.encode(), text.encode(), hashlib.sha512).hexdigest()
    yield "key", head["KEY"] == APP
    yield "body", json.loads(request["body"] or "{}") == ({} if request["method"] == "DELETE" else {"name": "张 三&=+/%~"})


def key_in_base64(request):
    head = request["head"]
    text = f"{head['msg-id']}.{head['msg-time']}.{request['body']}"
    digest = hmac.new(base64.b64decode(SECRET), text.encode(), hashlib.sha256).digest()
    yield "sign", head["msg-signature"] == "v1," + base64.b64encode(digest).decode()
    yield "session", head.get("session") in (None, "given")
    yield "body", request["body"].startswith("<request><name>") and request["body"].endswith("</request>")
    yield "name", ElementTree.fromstring(request["body"]).find("name").text == "张 三&=+/%~"


def key_of_the_time(request):
    """The key has the time in it, and the text is empty."""
    body = json.loads(request["body"])
    key = f"{body['timestamp']}\n{SECRET}"
    yield "sign", body["sign"] == base64.b64encode(hmac.new(key.encode(), b"", hashlib.sha384).digest()).decode()
    yield "time", near(body["timestamp"])


def sorted_values(request):
    """The values alone are sorted, and the secret among them."""
    body = json.loads(request["body"], parse_float=str, parse_int=str)
    sign = body.pop("sign")
    body["more"] = re.search(r'"more":(\{.*?\})', request["body"]).group(1)
    values = sorted([SECRET, *body.values()], key=str.encode)
    yield "price", body["price"] == "1.50"
    yield "more", body["more"] == '{"big":12345678901234567890.10,"x":[1.0]}'
    yield "sign", sign == hashlib.sha1("&".join(values).encode()).hexdigest()
    yield "unsent", SECRET not in body.values()


def parts_anywhere(request):
    query = dict(urllib.parse.parse_qsl(request["query"]))
    quote = lambda text: urllib.parse.quote_plus(text, safe="*-._").replace("~", "%7E")
    city = urllib.parse.unquote(request["path"].removeprefix("/look/"))
    signed = [("X-Key", request["head"]["X-Key"]), ("day", query["day"]), ("name", request["form"]["name"]), ("city", city), ("page", query["page"])]
    text = "&".join(quote(name) + "=" + quote(value) for name, value in signed) + SECRET
    yield "sign", query["sign"] == hashlib.sha1(text.encode()).hexdigest()
    yield "unsigned", (query["size"], request["form"]["note"], len(query["trace"])) == ("3", "a b", 32)
    yield "stamp", abs(int(request["form"]["stamp"]) - time.time() * 1000) < 60000
    yield "city", city == "北 京"


def lists_alone(request):
    yield "key", request["head"]["X-Key"] == "Bearer " + SECRET


def written_otherwise(request):
    sent = base64.b64decode(request["head"]["Authorization"]).decode()
    key, sign = re.fullmatch('api_key="(.*)", signature="(.*)"', sent).groups()
    body = json.loads(request["body"])
    text = f"{body['timestamp']}\nPOST /look\n{body['param']}\n{body['data']}"
    digest = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest()
    yield "sign", sign == urllib.parse.quote(base64.b64encode(digest).decode(), safe="")
    yield "numbers", (type(body["timestamp"]), body["version"], body["kind"], key) == (int, 2.0, 7, APP)
    yield "param", body["param"] == '{"name":"张 三&=+/%~\\"\\\\","size":1.50}'
    yield "data", json.loads(base64.b64decode(body["data"])) == {"text": "示例"}
    yield "note", base64.b64decode(request["head"]["X-Note"]).decode() == "一句话"


def reply_of(provider, method, path):
    data = {"name": "示例"}
    if provider == "encoded_as_a_whole":
        inside = {"success": True, "errorCode": "", "data": json.dumps(data)}
        return {"resultCode": "A1", "resultData": json.dumps(inside, ensure_ascii=False)}
    if provider == "parts_anywhere":
        return {"Response": {**data, "RequestId": "1"}}
    if provider == "lists_alone":
        return [data, data] if path == "look" else {**data, "id": 7}
    if method == "DELETE":
        return None
    return {"code": 0, "message": "", "data": data}


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def do_GET(self):
        if self.path == "/verdicts":
            self.answer(json.dumps(verdicts))
        else:
            self.do_POST()

    def do_DELETE(self):
        self.do_POST()

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        target, _, query = self.path.partition("?")
        _, provider, path = target.split("/", 2)
        form = dict(urllib.parse.parse_qsl(body, keep_blank_values=True)) if "=" in body else {}
        request = {"method": self.command, "path": "/" + path, "query": query, "body": body, "form": form, "head": self.headers}
        try:
            faults = [name for name, is_right in globals()[provider](request) if not is_right]
        except Exception as error:
            faults = [repr(error)]
        verdicts.append([provider, path, faults])
        refused = {"code": 401, "message": "refused", "resultCode": "401", "Response": {"Error": {"Code": "401"}}}
        reply = refused if faults else reply_of(provider, self.command, path)
        self.answer("" if reply is None else json.dumps(reply), 204 if reply is None else 200)

    def answer(self, text, status=200):
        self.send_response(status)
        self.send_header("content-type", "application/json")
        if status != 204:
            self.send_header("content-length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
