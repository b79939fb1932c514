"""A client of the stage that is not OpenSSH: paramiko.

Arguments: the private key, the address to come from, what to do, and for `hold`, `shell` and `put`
the seconds between keep-alives, 0 for none. It says "ready" once it is logged in and the thing is
under way.
  hold   opens the connection and rests
  shell  opens a shell on a pseudo-terminal and passes lines of its standard input on to it
  put    writes a file of 40 MB over sftp, some 400 KB a second
"""
import socket
import sys
import time

import paramiko


def connect(key, source, keepalive):
    client = paramiko.SSHClient()
    # The stage is a network of its own, and has made its host key a moment ago.
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    client.connect(
        "127.0.0.1",
        username="alice",
        pkey=paramiko.Ed25519Key.from_private_key_file(key),
        sock=socket.create_connection(("127.0.0.1", 22), source_address=(source, 0)),
        allow_agent=False,
        look_for_keys=False,
    )
    client.get_transport().set_keepalive(keepalive)
    return client


def main(key, source, deed, keepalive="0"):
    client = connect(key, source, int(keepalive))
    if deed == "shell":
        shell = client.invoke_shell()
        shell.recv(1)
        print("ready", flush=True)
        for line in sys.stdin:
            shell.send(line)
    elif deed == "put":
        with client.open_sftp().open("put-by-paramiko", "wb") as file:
            print("ready", flush=True)
            for _ in range(100):
                file.write(bytes(400_000))
                time.sleep(1)
    else:
        print("ready", flush=True)
    # Until the connection is closed from the other side.
    while client.get_transport().is_active():
        time.sleep(0.2)


main(*sys.argv[1:])
