"""hyper-h2 as either side, told by lines of JSON what to say: `client`, or `server ADDRESS`.

It raises on whatever the RFC forbids; that is the answer then, and the connection is left. Otherwise the answer to a
batch of messages is what came in return, message by message.
"""

import json
import socket
import sys
import traceback

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import (
    DataReceived,
    InformationalResponseReceived,
    PingAckReceived,
    RequestReceived,
    ResponseReceived,
    SettingsAcknowledged,
    StreamEnded,
    StreamReset,
)
from hpack import HeaderTuple, NeverIndexedHeaderTuple

CANCEL = 8
# A header block in more frames than this is held for an attack.
BLOCK_FRAMES = 20
HEAD_BYTES = 9
PREFACE_BYTES = 24
# Beside a header's name and value, at most.
HEADER_BYTES = 12


class Peer:
    """A connection; what is still to be sent on its streams, and what has come on them."""

    def __init__(self, sock, is_client):
        self.sock = sock
        self.is_client = is_client
        config = H2Configuration(client_side=is_client, header_encoding="utf-8")
        self.h2 = H2Connection(config)
        self.h2.initiate_connection()
        self.is_settled = False
        self.held = b""
        if not is_client:
            self.h2.receive_data(sock.recv(PREFACE_BYTES, socket.MSG_WAITALL))
        self.sending = {}
        self.came = {}
        self.indexes = {}

    def exchange(self, batch):
        self.batch = batch
        self.sending, self.came, self.indexes = {}, {}, {}
        # h2/settings.py counts no acknowledgements: it would take that of its first settings for the next ones'.
        self.read_until(lambda: self.is_settled)
        if not batch["late"]:
            self.settle()
        if self.is_client:
            for index, message in enumerate(batch["messages"]):
                self.ask(index, message)
        if batch["late"]:
            self.settle()
        self.read_until(self.is_through)
        # What it has said until now is judged before the next batch.
        self.pinged = True
        self.h2.ping(b"judgment")
        self.read_until(lambda: not self.pinged)
        if batch["leaves"]:
            self.h2.close_connection()
            self.sock.sendall(self.h2.data_to_send())
        return [self.came[stream] for stream in sorted(self.came, key=self.indexes.get)]

    def settle(self):
        settings = {int(name): value for name, value in self.batch["settings"].items()}
        self.h2.update_settings(settings)
        if self.batch["table"] is not None:
            self.h2.encoder.header_table_size = self.batch["table"]

    def is_through(self):
        is_all = len(self.came) == len(self.batch["messages"])
        return is_all and not self.sending and all(map(is_over, self.came.values()))

    def read_until(self, is_enough):
        while True:
            self.pump()
            self.sock.sendall(self.h2.data_to_send())
            if is_enough():
                return
            data = self.sock.recv(65536)
            if not data:
                raise EOFError("it closed the connection")
            self.held += data
            for frame in self.frames():
                events = self.h2.receive_data(frame)
                over = {event.stream_id for event in events if isinstance(event, (StreamEnded, StreamReset))}
                for event in events:
                    self.take(event, over)

    def frames(self):
        """What has come, frame by frame: a larger frame is taken only from the call on after its leave was."""
        while len(self.held) >= HEAD_BYTES:
            end = HEAD_BYTES + int.from_bytes(self.held[:3], "big")
            if len(self.held) < end:
                return
            frame, self.held = self.held[:end], self.held[end:]
            yield frame

    def ask(self, index, message):
        stream = self.h2.get_next_available_stream_id()
        self.open(index, stream)
        self.say_headers(stream, message, message["fields"], ends=is_bare(message))
        if message["reset"] == "at once":
            self.reset(stream)
        elif not is_bare(message):
            self.queue(stream, message)

    def open(self, index, stream):
        self.indexes[stream] = index
        self.came[stream] = {"fields": {}, "body": "", "interim": 0, "ended": False, "code": None}

    def queue(self, stream, message):
        pieces = [bytes([index + 1]) * size for index, size in enumerate(message["pieces"])]
        self.sending[stream] = (message, pieces)

    def say_headers(self, stream, message, fields, ends):
        kind = NeverIndexedHeaderTuple if message["secret"] else HeaderTuple
        headers = [kind(name, value) for name, value in fields.items()]
        size = sum(len(name) + len(value) + HEADER_BYTES for name, value in fields.items())
        whole = self.h2.max_outbound_frame_size
        cut = min(whole, max(message["frame"] or whole, size // BLOCK_FRAMES + 1))
        self.h2.max_outbound_frame_size = cut
        if stream in self.h2.streams:
            self.h2.streams[stream].max_outbound_frame_size = cut
        self.h2.send_headers(stream, headers, end_stream=ends)
        self.h2.max_outbound_frame_size = whole

    def pump(self):
        for stream, (message, pieces) in list(self.sending.items()):
            while pieces and self.send_piece(stream, message, pieces):
                pass
            if pieces:
                continue
            del self.sending[stream]
            if message["reset"] == "in the middle" and not self.is_client:
                self.reset(stream)
            elif message["trailers"]:
                self.say_headers(stream, message, message["trailers"], ends=True)
            else:
                self.h2.end_stream(stream)

    def send_piece(self, stream, message, pieces):
        padding = message["padding"]
        head = 0 if padding is None else padding + 1
        window = self.h2.local_flow_control_window(stream)
        room = min(window, self.h2.max_outbound_frame_size, message["frame"] or window + head) - head
        if room < min(1, len(pieces[0])):
            # A frame may be smaller than the padding is.
            room = min(window - head, 1)
            if room < min(1, len(pieces[0])):
                return False
        chunk, rest = pieces[0][:room], pieces[0][room:]
        self.h2.send_data(stream, chunk, pad_length=padding)
        pieces[:1] = [rest] if rest else []
        return True

    def reset(self, stream):
        self.h2.reset_stream(stream, CANCEL)
        self.sending.pop(stream, None)
        self.came[stream]["code"] = CANCEL

    def take(self, event, over):
        if isinstance(event, PingAckReceived):
            self.pinged = False
        elif isinstance(event, SettingsAcknowledged):
            self.is_settled = True
        elif isinstance(event, RequestReceived):
            self.open(int(dict(event.headers)[":path"][1:]), event.stream_id)
            self.came[event.stream_id]["fields"] = fields_of(event.headers)
        elif isinstance(event, InformationalResponseReceived):
            self.came[event.stream_id]["interim"] += 1
        elif isinstance(event, ResponseReceived):
            self.came[event.stream_id]["fields"] = fields_of(event.headers)
        elif isinstance(event, DataReceived):
            self.take_data(event, over)
        elif isinstance(event, StreamReset) and event.stream_id in self.came:
            self.came[event.stream_id]["code"] = event.error_code
            self.sending.pop(event.stream_id, None)
        elif isinstance(event, StreamEnded):
            self.came[event.stream_id]["ended"] = True
            if not self.is_client:
                self.answer(event.stream_id)

    def take_data(self, event, over):
        came = self.came.get(event.stream_id)
        length = event.flow_controlled_length
        if length:
            self.h2.increment_flow_control_window(length)
        if came is None:
            return
        came["body"] += event.data.hex()
        message = self.batch["messages"][self.indexes[event.stream_id]]
        if event.stream_id in over or came["code"] is not None:
            return
        if self.is_client and message["reset"] == "in the middle":
            self.reset(event.stream_id)
        elif length:
            self.h2.increment_flow_control_window(length, event.stream_id)

    def answer(self, stream):
        message = self.batch["messages"][self.indexes[stream]]
        if message["reset"] == "at once":
            return self.reset(stream)
        for status in message["interim"]:
            self.say_headers(stream, message, {":status": status, "link": "</x>"}, ends=False)
        fields = {":status": "200", **message["fields"]}
        self.say_headers(stream, message, fields, ends=is_bare(message))
        if not is_bare(message):
            self.queue(stream, message)


def fields_of(headers):
    return {name: value for name, value in headers}


def is_over(came):
    return came["ended"] or came["code"] is not None


def is_bare(message):
    return not message["pieces"] and not message["trailers"] and message["reset"] != "in the middle"


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
                sock.settimeout(10)
                peer = Peer(sock, listener is None)
            say({"came": peer.exchange(batch)})
        except Exception:
            say({"fault": traceback.format_exc()})


main(sys.argv[1], sys.argv[2])
