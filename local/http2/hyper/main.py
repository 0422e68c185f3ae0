"""hyper-h2 as either side, told by lines of JSON what to say: `client ADDRESS`, or `server ADDRESS`.

It raises on whatever the RFC forbids; that is the answer then, and the connection is left. Otherwise the answer to a
batch of messages is what came in return, message by message.
"""

import json
import socket
import sys
import traceback

from peer import Peer

# For what the other side owes.
PATIENCE_S = 10


def say(value):
    print(json.dumps(value), flush=True)


def main(role, address):
    listener = None
    if role == "server":
        listener = socket.create_server((address, 0))
        say({"port": listener.getsockname()[1]})
    peer = None
    for line in sys.stdin:
        batch = json.loads(line)
        try:
            if batch["opens"]:
                if peer:
                    peer.sock.close()
                sock = listener.accept()[0] if listener else socket.create_connection((address, batch["port"]))
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.settimeout(PATIENCE_S)
                peer = Peer(sock, listener is None)
            say({"came": peer.exchange(batch)})
        except Exception:
            say({"fault": traceback.format_exc()})


main(sys.argv[1], sys.argv[2])
