#!/usr/bin/env python3
"""Receivers of alerts that say in DIR what they got: python3 receiver.py DIR http|smtp|reset ADDRESS [CERTIFICATE]

DIR/port      once it listens
DIR/log       one JSON object a request or mail
DIR/answer    what it does, read anew each time:
              http: a status | hold (answers nothing, keeps the connection) | drop (closes it) | endless (200, no end)
              smtp: 250 | 451
CERTIFICATE   a PEM of certificate and key: https, or STARTTLS and the user `dyetrace` with the password `open sesame`
"""
import asyncio
import email
import email.policy
import http.server
import json
import os
import socket
import ssl
import struct
import sys
import time

folder, kind, address = sys.argv[1:4]
certificate = sys.argv[4] if len(sys.argv) > 4 else None


def answer():
    with open(f"{folder}/answer", encoding="ascii") as f:
        return f.read().strip()


def note(**what):
    with open(f"{folder}/log", "a", encoding="utf-8") as f:
        f.write(json.dumps(what, ensure_ascii=False) + "\n")


def listening(port):
    with open(f"{folder}/port.new", "w", encoding="ascii") as f:
        f.write(str(port))
    os.rename(f"{folder}/port.new", f"{folder}/port")


def context():
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    return tls


class Hook(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode("utf-8")
        what = answer()
        note(path=self.path, headers={k.lower(): v for k, v in self.headers.items()}, body=body, answer=what, at=time.time())
        if what == "hold":
            while answer() == "hold":
                time.sleep(0.05)
        if what in ("hold", "drop"):
            self.close_connection = True
            return
        self.send_response(200 if what == "endless" else int(what))
        if what.startswith("3"):
            self.send_header("Location", "/elsewhere")
        if what != "endless":
            self.send_header("Content-Length", "0")
        self.end_headers()
        try:
            while what == "endless":
                self.wfile.write(b"x" * 65536)
        except OSError:
            pass

    do_GET = do_POST

    def log_message(self, *args):
        pass


def serve_http():
    server = http.server.ThreadingHTTPServer((address, 0), Hook)
    server.daemon_threads = True
    if certificate:
        server.socket = context().wrap_socket(server.socket, server_side=True)
    listening(server.server_address[1])
    server.serve_forever()


class Mailbox:
    async def handle_DATA(self, server, session, envelope):
        what = answer()
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        text, attached = list(mail.iter_parts())
        note(sender=envelope.mail_from, to=envelope.rcpt_tos, subject=str(mail["Subject"]), id=str(mail["Message-ID"]),
             date=str(mail["Date"]), defects=[str(d) for d in mail.defects], text=text.get_content(),
             attached=attached.get_content().decode() if attached.get_content_maintype() != "text" else attached.get_content(),
             tls=session.ssl is not None, user=(session.auth_data or b"").decode(), answer=what)
        return "250 taken" if what == "250" else "451 later"


def serve_smtp():
    from aiosmtpd.smtp import SMTP, AuthResult

    def know(server, session, envelope, mechanism, data):
        right = (data.login, data.password) == (b"dyetrace", b"open sesame")
        return AuthResult(success=right, auth_data=data.login)

    def session():
        if not certificate:
            return SMTP(Mailbox())
        return SMTP(Mailbox(), tls_context=context(), require_starttls=True, auth_required=True, authenticator=know)

    async def run():
        server = await asyncio.get_running_loop().create_server(session, address, 0)
        listening(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


def serve_reset():
    """Takes a connection, lets bytes come, and resets it without having read any: a receiver that was killed."""
    server = socket.create_server((address, 0))
    listening(server.getsockname()[1])
    while True:
        connection, _ = server.accept()
        time.sleep(0.2)
        note(reset=True)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()


{"http": serve_http, "smtp": serve_smtp, "reset": serve_reset}[kind]()
