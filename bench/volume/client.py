"""A cheap client, in a process of its own: raw sockets that are kept open, one thread for all of them.

`python -m bench.volume.client` reads a task as JSON from standard input and writes its findings as JSON.
"""

import json
import selectors
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import Any

_CHUNK = 1 << 18


@dataclass(slots=True)
class Talk:
    """One open connection, and the answer that it is reading."""

    sock: socket.socket
    began: float = 0.0
    data: bytearray = field(default_factory=bytearray)

    def send(self, request: bytes) -> None:
        self.data.clear()
        self.began = time.perf_counter()
        self.sock.sendall(request)

    def answer(self) -> bytes | None:
        """The whole answer once it is there."""
        part = self.sock.recv(_CHUNK)
        if not part:
            raise SystemExit("The server closed the connection.")
        self.data += part
        head, found, body = self.data.partition(b"\r\n\r\n")
        if not found:
            return None
        return bytes(self.data) if len(body) >= _length(bytes(head)) else None


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0


def ask(port: int, requests: list[bytes], clients: int, expected: bytes) -> dict[str, Any]:
    """Each request once, over `clients` connections; milliseconds of each and the seconds of all."""
    times: list[float] = []
    waiting = list(reversed(requests))
    with selectors.DefaultSelector() as selector:
        talks = [Talk(socket.create_connection(("127.0.0.1", port), timeout=60)) for _number in range(clients)]
        began = time.perf_counter()
        for talk in talks[: len(waiting)]:
            selector.register(talk.sock, selectors.EVENT_READ, talk)
            talk.send(waiting.pop())
        while selector.get_map():
            for key, _events in selector.select(60):
                answer = key.data.answer()
                if answer is None:
                    continue
                times.append((time.perf_counter() - key.data.began) * 1000)
                if not answer.startswith(b"HTTP/1.1 " + expected):
                    raise SystemExit(f"The server answers {answer[:300]!r}")
                if waiting:
                    key.data.send(waiting.pop())
                else:
                    selector.unregister(key.data.sock)
        seconds = time.perf_counter() - began
        for talk in talks:
            talk.sock.close()
    return {"times": times, "seconds": seconds}


def main() -> None:
    task = json.load(sys.stdin)
    requests = [text.encode() for text in task["requests"]]
    json.dump(ask(task["port"], requests, task["clients"], task["expected"].encode()), sys.stdout)


if __name__ == "__main__":
    main()
