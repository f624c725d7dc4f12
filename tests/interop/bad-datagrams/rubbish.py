"""Sends bounded rubbish to an IKE responder: noise, and true messages cut and changed. Arguments: address, IKE_SA_INIT and IKE_AUTH in hex."""
import random
import socket
import sys

random.seed(1)
address = sys.argv[1]
samples = [bytes.fromhex(text.strip().removeprefix("00000000")) for text in sys.argv[2:]]
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def send(octets, port=500):
    sock.sendto(octets[:60000], (address, port))


for length in range(0, 64):
    send(random.randbytes(length))
    send(b"\0\0\0\0" + random.randbytes(length), 4500)
    send(b"\xff" * length, 4500)
send(random.randbytes(60000))
for sample in samples:
    for length in range(0, len(sample), 3):
        send(sample[:length])
    for _ in range(500):
        changed = bytearray(sample)
        for _ in range(random.randint(1, 4)):
            changed[random.randrange(len(changed))] = random.randrange(256)
        send(bytes(changed))
        send(b"\0\0\0\0" + bytes(changed), 4500)
    for version in (0x00, 0x10, 0x30, 0xf0):
        send(sample[:17] + bytes([version]) + sample[18:])
