"""Makes deliveries by its own few lines, right and altered ones, and prints each answer."""
import base64, hashlib, hmac, json, sys, urllib.error, urllib.parse, urllib.request
SECRET = "the secret"
digest = lambda name, text: hashlib.new(name, text.encode()).hexdigest()
keyed = lambda text: hmac.new(SECRET.encode(), text.encode(), "sha256")
def send(target, body=None, headers={}):
    request = urllib.request.Request(sys.argv[1] + target, body.encode() if body is not None else None, headers)
    try:
        with urllib.request.urlopen(request) as answer: print(json.dumps([answer.status, answer.read().decode()]))
    except urllib.error.HTTPError as error: print(json.dumps([error.code, error.read().decode()]))
def form(values, change={}, drop=()):
    text = "&".join(f"{key}={values[key]}" for key in sorted(values) if values[key] and key != "sign_type") + SECRET
    sent = {**values, "sign": digest("md5", text), **change}
    send("/form?shop=1", urllib.parse.urlencode({key: value for key, value in sent.items() if key not in drop}),
         {"content-type": "application/x-www-form-urlencoded"})
values = {"order": "a&b=张 三", "paid": "12.50", "state": "done", "items": '[{"sku":"x"},{"sku":"y"}]', "note": "unlisted",
          "empty": "", "sign_type": "MD5"}
form(values)
form(values, {"sign_type": "RSA"})
form(values, {"paid": "125.0", "order": "secret-value"})
form(values, {"added": "1"})
form(values, drop=["note"])
form(values, drop=["sign"])
form(values, {"sign": "0" * 32})
form(values, {"sign": ""})
form({**values, "paid": "secret-value"})
def body(text, time="1577695766", signed_time=None, path="/json", prefix="v1="):
    sign = base64.b64encode(keyed(f"{signed_time or time}.POST./json.{text}").digest()).decode()
    send(path, text, {"content-type": "application/json", "X-Time": time, "X-Signature": prefix + sign})
text = json.dumps({"count": 3, "detail": {"text": "张", "amount": 1.5}, "more": None}, ensure_ascii=False)
body(text)
body(text.replace("1.5", "1.50"))
body(text, "1577695767", "1577695766")
body(text, prefix="")
body('{"count": 3, "count": 4}')
def query(z, a, token=None):
    token = token or digest("sha1", f"{z}|{a}|7|{SECRET}").upper()
    send("/query?" + urllib.parse.urlencode({"a": a, "token": token, "z": z}))
query("1", "2")
query("1", "2", digest("sha1", f"2|1|7|{SECRET}").upper())
def checked(sent, signed=None, time="1"):
    md5 = digest("md5", signed or sent)
    headers = {"content-type": "application/json", "MD5": md5, "CurTime": time, "CheckSum": digest("sha1", SECRET + md5 + "1")}
    send("/digest", sent, headers)
event = json.dumps({"eventType": "张"})
checked(event)
checked(event.replace("eventType", "other"), event)
checked(event, time="2")
def get(attach, fee, more="", sign=None):
    sign = sign or digest("md5", f"attach={attach}&total_fee={fee}&key={SECRET}")
    send("/get?" + urllib.parse.urlencode({"total_fee": fee, "attach": attach, "sign": sign}) + more)
get("a b", 1)
get("a b", 2, sign=digest("md5", f"attach=a b&total_fee=1&key={SECRET}"))
# The buyer's own text has a pair in it: what is signed can be split in two ways.
theirs = "x&total_fee=100000&zz="
get(theirs, 1)
get("x", 100000, "&" + urllib.parse.urlencode({"zz": "&total_fee=1"}), digest("md5", f"attach={theirs}&total_fee=1&key={SECRET}"))
# What is signed is the bytes: no header says how they are read.
send("/json", text, {"content-type": "application/json;charset=gb18030", "X-Time": "1577695766", "X-Signature": "v1=" +
     base64.b64encode(keyed(f"1577695766.POST./json.{text}").digest()).decode()})
def beside(time, body, signed_time=None, before="t="):
    sign = hmac.new(SECRET.encode(), f"{signed_time or time}.{body}".encode(), "sha512").hexdigest()
    send("/beside", body, {"content-type": "application/json", "X-Signature": f"{before}{time},v1={sign}"})
event = json.dumps({"event": "张"}, ensure_ascii=False)
beside("7", event)
beside("8", event, "7")
beside("7", event, before="")
beside("7", '{"event": "x", "t": "9"}')
def in_order(timestamp, nonce, values):
    sign = digest("sha1", "".join(sorted(values)))
    send("/sorted?" + urllib.parse.urlencode({"signature": sign, "timestamp": timestamp, "nonce": nonce, "echostr": "x"}))
in_order("zz", "1", ["zz", "1", SECRET])
in_order("zz", "1", ["zz", "1"])
def xml(sign):
    send("/xml", f"<xml><return_code><![CDATA[SUCCESS]]></return_code><total_fee>100</total_fee><sign>{sign}</sign></xml>",
         {"content-type": "text/xml"})
text = f"return_code=SUCCESS&total_fee=100&key={SECRET}"
xml(digest("md5", text).upper())
xml(keyed(text).hexdigest().upper())
xml(digest("md5", text))
