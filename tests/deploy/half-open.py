"""Begins IKE_SAs at a gateway and leaves them: half-open.py PORT NUMBER sends as many IKE_SA_INIT requests to loopback, each of another peer, and no more."""
import os, socket, struct, sys

TRANSFORMS = [(1, 20, 256), (2, 6, None), (4, 31, None)]  # AES-GCM with 16 octets of ICV, PRF_HMAC_SHA2_384, Curve25519


def payload(following, body):
    return struct.pack("!BBH", following, 0, 4 + len(body)) + body


def transform(last, kind, identifier, bits):
    attribute = b"" if bits is None else struct.pack("!HH", 0x8000 | 14, bits)
    return struct.pack("!BBHBBH", 0 if last else 3, 0, 8 + len(attribute), kind, 0, identifier) + attribute


def request():
    transforms = b"".join(transform(t is TRANSFORMS[-1], *t) for t in TRANSFORMS)
    proposal = struct.pack("!BBHBBBB", 0, 0, 8 + len(transforms), 1, 1, 0, len(TRANSFORMS)) + transforms
    body = payload(34, proposal) + payload(40, struct.pack("!HH", 31, 0) + os.urandom(32)) + payload(0, os.urandom(32))
    return os.urandom(8) + bytes(8) + struct.pack("!BBBBII", 33, 0x20, 34, 0x08, 0, 28 + len(body)) + body


for _ in range(int(sys.argv[2])):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.settimeout(5)
        peer.sendto(request(), ("127.0.0.1", int(sys.argv[1])))
        peer.recv(4096)
