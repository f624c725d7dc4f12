"""Sends once more what a peer sent before: python3 replay.py CAPTURE UNTIL ike|esp SERVICE-ADDRESS. Run at the peer.

CAPTURE is a pcap file of the peer's link; of it all is taken that went to the address's port 4500 before UNTIL (seconds since the epoch): IKE requests but IKE_SA_INIT, or ESP.
Prints `SENT ANSWERS ANEW`: what was sent, how many IKE answers came, and how many of these were not, octet by octet, an answer of before. Ends with 1 where there was nothing to send.
"""
import socket
import struct
import sys

MARKER, IKE_SA_INIT, RESPONSE = b"\0\0\0\0", 34, 0x20


def datagrams(path):
    """(time, source, destination, payload) of all UDP over IPv4 on port 4500."""
    data = open(path, "rb").read()
    at = 24
    while at + 16 <= len(data):
        seconds, micros, length, _ = struct.unpack_from("<IIII", data, at)
        frame, at = data[at + 16:at + 16 + length], at + 16 + length
        if len(frame) < 42 or frame[12:14] != b"\x08\x00" or frame[23] != 17:
            continue
        udp = 14 + (frame[14] & 15) * 4
        if 4500 in struct.unpack_from("!HH", frame, udp):
            size = struct.unpack_from("!H", frame, udp + 4)[0]
            yield seconds + micros / 1e6, socket.inet_ntoa(frame[26:30]), socket.inet_ntoa(frame[30:34]), frame[udp + 8:udp + size]


def is_request(payload):
    return len(payload) > 32 and payload[:4] == MARKER and payload[4 + 18] != IKE_SA_INIT and not payload[4 + 19] & RESPONSE


def main(path, until, kind, address):
    seen, old = set(), []
    for time, source, destination, payload in datagrams(path):
        if source == address:
            seen.add(payload)
        elif destination == address and time < float(until) and (is_request(payload) if kind == "ike" else payload[:4] != MARKER and len(payload) > 40):
            old.append(payload)
    peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    peer.settimeout(1)
    for payload in old[-100:]:
        peer.sendto(payload, (address, 4500))
    answers = anew = 0
    try:
        while True:
            answer = peer.recv(65535)
            answers += 1
            anew += answer not in seen
    except socket.timeout:
        pass
    print(len(old[-100:]), answers, anew)
    return 0 if old else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
