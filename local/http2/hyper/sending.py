"""What is to be said on the streams of a connection, as far as windows let it go out."""

from hpack import HeaderTuple, NeverIndexedHeaderTuple

# A header block in more frames than this is held for an attack.
BLOCK_FRAMES = 20
# Beside a header's name and value, at most.
HEADER_BYTES = 12


class Sender:
    """`reset` is told of streams that are to be reset before their end."""

    def __init__(self, h2, reset):
        self.h2 = h2
        self.reset = reset
        self.waiting = {}

    def say(self, stream, message, fields):
        ends = not message["pieces"] and not message["trailers"] and message["reset"] == "no"
        self.headers(stream, message, fields, ends)
        if not ends:
            pieces = [bytes([index + 1]) * size for index, size in enumerate(message["pieces"])]
            self.waiting[stream] = (message, pieces)

    def headers(self, stream, message, fields, ends=False):
        kind = NeverIndexedHeaderTuple if message["secret"] else HeaderTuple
        headers = [kind(name, value) for name, value in fields.items()]
        size = sum(len(name) + len(value) + HEADER_BYTES for name, value in fields.items())
        whole = self.h2.max_outbound_frame_size
        cut = min(whole, max(message["frame"] or whole, size // BLOCK_FRAMES + 1))
        # The library cuts a block by the connection's size on a stream that it opens, else by the stream's.
        self.h2.max_outbound_frame_size = cut
        if stream in self.h2.streams:
            self.h2.streams[stream].max_outbound_frame_size = cut
        self.h2.send_headers(stream, headers, end_stream=ends)
        self.h2.max_outbound_frame_size = whole

    def pump(self):
        for stream, (message, pieces) in list(self.waiting.items()):
            while pieces and self.send_piece(stream, message, pieces):
                pass
            if not pieces:
                del self.waiting[stream]
                self.end(stream, message)

    def end(self, stream, message):
        if message["reset"] == "in the middle" and not self.h2.config.client_side:
            self.reset(stream)
        elif message["trailers"]:
            self.headers(stream, message, message["trailers"], ends=True)
        else:
            self.h2.end_stream(stream)

    def send_piece(self, stream, message, pieces):
        padding = message["padding"]
        head = 0 if padding is None else padding + 1
        window = self.h2.local_flow_control_window(stream)
        frame = min(message["frame"] or window, self.h2.max_outbound_frame_size)
        # Where the padding alone is a frame, one more byte makes it a larger one.
        room = min(window - head, max(frame - head, 1))
        if room < min(1, len(pieces[0])):
            return False
        chunk, rest = pieces[0][:room], pieces[0][room:]
        self.h2.send_data(stream, chunk, pad_length=padding)
        pieces[:1] = [rest] if rest else []
        return True
