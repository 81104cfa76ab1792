"""An HTTP server that counts the calls of each name, and answers each after 20 ms.

A path below /used-up gets the status that nothing is left of the order, one below /busy the HTTP status
429 without a body, and one below /slow its answer after half a second.
"""

import asyncio
import json
import urllib.parse

COUNTS = {}
USED_UP = json.dumps({"codeid": 10018, "message": "none left", "retdata": ""})
ANSWER = json.dumps({
    "codeid": 10000,
    "message": "ok",
    "retdata": {"bank_status": "01", "bank_msg": "ok"},
})


async def serve(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            first, *lines = head.decode().split("\r\n")
            length = sum(int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length:"))
            body = (await reader.readexactly(length)).decode()
            path = first.split()[1]
            if path == "/counts":
                answer = json.dumps(COUNTS)
            elif path == "/names":
                answer = str(len(COUNTS))
            else:
                query = urllib.parse.parse_qs(body or urllib.parse.urlsplit(path).query)
                name = query["bank_name"][0]
                COUNTS[name] = COUNTS.get(name, 0) + 1
                await asyncio.sleep(0.5 if path.startswith("/slow") else 0.02)
                answer = "" if path.startswith("/busy") else USED_UP if path.startswith("/used-up") else ANSWER
            text = answer.encode()
            status = b"429 Too Many Requests" if path.startswith("/busy") else b"200 OK"
            writer.write(
                b"HTTP/1.1 " + status + b"\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(text), text))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
