"""One connection of hyper-h2's, and what comes on it."""

import socket

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    PingAckReceived,
    RequestReceived,
    ResponseReceived,
    SettingsAcknowledged,
    StreamEnded,
    StreamReset,
)

from sending import Sender

CANCEL = 8
HEAD_BYTES = 9
PREFACE_BYTES = 24


class Peer:
    def __init__(self, sock, is_client):
        self.sock = sock
        self.is_client = is_client
        config = H2Configuration(client_side=is_client, header_encoding="utf-8")
        self.h2 = H2Connection(config)
        self.h2.initiate_connection()
        self.is_settled = False
        self.held = b""
        self.farewell = None
        if not is_client:
            self.h2.receive_data(sock.recv(PREFACE_BYTES, socket.MSG_WAITALL))

    def exchange(self, batch):
        self.batch = batch
        self.sender = Sender(self.h2, self.reset)
        self.came, self.indexes = {}, {}
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
        # hpack/table.py forgets a size that it has not told yet when it is given the same again.
        if self.batch["table"] not in (None, self.h2.encoder.header_table_size):
            self.h2.encoder.header_table_size = self.batch["table"]

    def is_through(self):
        is_all = len(self.came) == len(self.batch["messages"])
        return is_all and not self.sender.waiting and all(map(is_over, self.came.values()))

    def read_until(self, is_enough):
        while True:
            self.sender.pump()
            self.sock.sendall(self.h2.data_to_send())
            if is_enough():
                return
            data = self.sock.recv(65536)
            if not data:
                raise EOFError(f"it closed the connection: {self.farewell}")
            self.held += data
            for frame in self.frames():
                events = self.h2.receive_data(frame)
                ends = [event for event in events if isinstance(event, (StreamEnded, StreamReset))]
                for event in events:
                    self.take(event, is_last=len(ends) > 0)

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
        self.sender.say(stream, message, message["fields"])
        if message["reset"] == "at once":
            self.reset(stream)

    def answer(self, stream):
        message = self.batch["messages"][self.indexes[stream]]
        if message["reset"] == "at once":
            return self.reset(stream)
        for status in message["interim"]:
            self.sender.headers(stream, message, {":status": status, "link": "</x>"})
        self.sender.say(stream, message, {":status": "200", **message["fields"]})

    def open(self, index, stream):
        self.indexes[stream] = index
        self.came[stream] = {"fields": {}, "body": "", "ended": False, "code": None}

    def reset(self, stream):
        self.h2.reset_stream(stream, CANCEL)
        self.take_reset(stream, CANCEL)

    def take_reset(self, stream, code):
        self.sender.waiting.pop(stream, None)
        self.came[stream]["code"] = code

    def take(self, event, is_last):
        if isinstance(event, PingAckReceived):
            self.pinged = False
        elif isinstance(event, ConnectionTerminated):
            self.farewell = event
        elif isinstance(event, SettingsAcknowledged):
            self.is_settled = True
        elif isinstance(event, RequestReceived):
            self.open(int(dict(event.headers)[":path"][1:]), event.stream_id)
            self.came[event.stream_id]["fields"] = dict(event.headers)
        elif isinstance(event, ResponseReceived):
            self.came[event.stream_id]["fields"] = dict(event.headers)
        elif isinstance(event, DataReceived):
            self.take_data(event, is_last)
        elif isinstance(event, StreamReset):
            self.take_reset(event.stream_id, event.error_code)
        elif isinstance(event, StreamEnded):
            self.came[event.stream_id]["ended"] = True
            if not self.is_client:
                self.answer(event.stream_id)

    def take_data(self, event, is_last):
        stream, length = event.stream_id, event.flow_controlled_length
        message = self.batch["messages"][self.indexes[stream]]
        self.came[stream]["body"] += event.data.hex()
        if length:
            self.h2.increment_flow_control_window(length)
        if is_last:
            return
        if self.is_client and message["reset"] == "in the middle":
            self.reset(stream)
        elif length:
            self.h2.increment_flow_control_window(length, stream)


def is_over(came):
    return came["ended"] or came["code"] is not None
