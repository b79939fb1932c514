"""A client of the stage that is not OpenSSH: asyncssh.

Arguments: the private key, the address to come from, what to do, and the seconds between
keep-alives, 0 for none. It says "ready" once it is logged in and the thing is under way.
  hold       opens the connection and rests
  shell      opens a shell on a pseudo-terminal and types nothing
  get        reads a file of 40 MB over sftp, some 400 KB a second
  heartbeat  has a command on the host answer the same few bytes every two seconds
"""
import asyncio
import sys

import asyncssh


async def do(connection, deed):
    if deed == "shell":
        shell = await connection.create_process(term_type="xterm")
        await shell.stdout.read(1)
        print("ready", flush=True)
    elif deed == "get":
        sftp = await connection.start_sftp_client()
        async with sftp.open("big", "rb") as file:
            print("ready", flush=True)
            while await file.read(200_000):
                await asyncio.sleep(0.5)
    elif deed == "heartbeat":
        process = await connection.create_process("exec cat")
        print("ready", flush=True)
        while True:
            process.stdin.write('{"type":"ping"}\n')
            await process.stdout.readline()
            await asyncio.sleep(2)
    else:
        print("ready", flush=True)


async def main(key, source, deed, keepalive="0"):
    connection = await asyncssh.connect(
        "127.0.0.1",
        username="alice",
        client_keys=[key],
        # The stage is a network of its own, and has made its host key a moment ago.
        known_hosts=None,
        local_addr=(source, 0),
        keepalive_interval=int(keepalive),
        config=None,
    )
    async with connection:
        closed = asyncio.ensure_future(connection.wait_closed())
        await asyncio.wait(
            [asyncio.ensure_future(do(connection, deed)), closed],
            return_when=asyncio.FIRST_EXCEPTION,
        )
        await closed


asyncio.run(main(*sys.argv[1:]))
