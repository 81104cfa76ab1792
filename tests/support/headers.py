# A server that judges the headers of two specs of tests/expand, `digests` and `basic`, by its own few
# lines. It prints its port.
import base64, datetime, hashlib, hmac, http.server, json

SECRET = "the secret"


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def do_GET(self):
        self.answer(b"")

    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers["content-length"])))

    def answer(self, body):
        head, faults = self.headers, []
        kind, _, said = head["authorization"].partition(" ")
        if kind == "Basic":
            if base64.b64decode(said).decode() != "7:" + SECRET:
                faults.append("secret")
        else:
            md5 = hashlib.md5(body)
            if head["content-md5"] != base64.b64encode(md5.digest()).decode():
                faults.append("content-md5")
            if head["x-md5"] != md5.hexdigest():
                faults.append("md5")
            if head["x-sha256"] != "sha256=" + hashlib.sha256(body).hexdigest():
                faults.append("sha256")
            now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
            time = datetime.datetime.strptime(head["date"], "%a, %d %b %Y %H:%M:%S GMT")
            # The weekday is read, and not compared.
            if abs((now - time).total_seconds()) > 60 or time.strftime("%a") != head["date"][:3]:
                faults.append("date")
            text = "\n".join([self.command, head["content-md5"], head["date"], self.path])
            digest = hmac.new(SECRET.encode(), text.encode(), hashlib.sha1).digest()
            if (kind, said) != ("demo", "7:" + base64.b64encode(digest).decode()):
                faults.append("sign")
        seen = {"id": self.path}
        text = json.dumps({"code": 401, "message": " ".join(faults)} if faults else seen).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
