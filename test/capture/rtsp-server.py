"""A camera for tests: an RTSP server (GStreamer's) with one H.264 stream at /cam.

usage: rtsp-server.py PORT    0 takes a free one; prints "ready PORT"
       rtsp-server.py PORT CERTIFICATE KEY    as rtsps, with these files
       rtsp-server.py check   exit code 0 if its parts are installed
"""

import sys
import time

try:
    import gi

    gi.require_version("Gst", "1.0")
    gi.require_version("GstRtspServer", "1.0")
    from gi.repository import GLib, Gst, GstRtspServer
except (ImportError, ValueError) as error:
    sys.exit(f"no GStreamer RTSP server: {error}")

PIPELINE = (
    "( videotestsrc is-live=true pattern=ball"
    " ! video/x-raw,width=320,height=240,framerate=25/1"
    " ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=12 bitrate=200"
    " ! rtph264pay name=pay0 pt=96 config-interval=1 )"
)

Gst.init(None)
for element in ("videotestsrc", "x264enc", "rtph264pay"):
    if Gst.ElementFactory.find(element) is None:
        sys.exit(f"GStreamer has no {element}")
if sys.argv[1] == "check":
    sys.exit(0)

server = GstRtspServer.RTSPServer.new()
server.set_address("127.0.0.1")
server.set_service(sys.argv[1])
factory = GstRtspServer.RTSPMediaFactory.new()
factory.set_launch(PIPELINE)
factory.set_shared(True)
if len(sys.argv) > 3:
    gi.require_version("Gio", "2.0")
    from gi.repository import Gio

    auth = GstRtspServer.RTSPAuth.new()
    auth.set_tls_certificate(Gio.TlsCertificate.new_from_files(sys.argv[2], sys.argv[3]))
    anybody = GstRtspServer.RTSPToken.new()
    anybody.set_string("media.factory.role", "anybody")
    auth.set_default_token(anybody)
    server.set_auth(auth)
    factory.add_role_from_structure(Gst.Structure.from_string(
        "anybody, media.factory.access=(boolean)true, media.factory.construct=(boolean)true")[0])
server.get_mount_points().add_factory("/cam", factory)
for attempt in range(100):  # the port of a killed server may be held for a moment
    if server.attach(None) != 0:
        break
    time.sleep(0.1)
else:
    sys.exit(f"port {sys.argv[1]} stays taken")
print(f"ready {server.get_bound_port()}", flush=True)
GLib.MainLoop().run()
