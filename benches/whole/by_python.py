"""Whole calls as Python makes them: a form by urllib, a connection for each call."""

import hashlib
import json
import sys
import time
import urllib.parse
import urllib.request

url, app, secret, calls = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
latencies, began = [], time.perf_counter()
for _ in range(calls):
    call = time.perf_counter()
    fields = {"appid": app, "bank_id": "11010519491231002X", "bank_name": "张三", "format": "json", "time": str(int(time.time()))}
    text = "".join(key + fields[key] for key in sorted(fields, key=str.encode))
    fields["sign"] = hashlib.md5((text + secret).encode()).hexdigest()
    with opener.open(url + "/pyi/62/169", urllib.parse.urlencode(fields).encode()) as answer:
        reply = json.loads(answer.read())
    assert int(reply["codeid"]) == 10000 and reply["retdata"]["bank_status"]
    latencies.append((time.perf_counter() - call) * 1e6)
latencies.sort()
seconds = time.perf_counter() - began
print(json.dumps({"client": "Python", "in_flight": 1, "calls_s": calls / seconds, "calls_core_s": calls / time.process_time(),
                  "p50_us": int(latencies[calls // 2]), "p99_us": int(latencies[calls * 99 // 100])}))
