#!/usr/bin/env python3
"""A detector worker in Python: onnxruntime + numpy, with whatever providers that build of onnxruntime has.

    detector:
      command: [python3, scripts/workers/onnxruntime_worker.py]
      providers:
        - name: tensorrt
          options: {trt_fp16_enable: true, trt_engine_cache_enable: true, trt_engine_cache_path: /var/cache/engines}
        - cuda
        - cpu

Unlike the built-in worker it hands every provider option on, under onnxruntime's own names
(https://onnxruntime.ai/docs/execution-providers). It speaks docs/worker-protocol.md on file descriptor 3.
"""

import glob
import hashlib
import json
import os
import re
import struct
import sys
import tempfile
import time

# since 1.29 ONNX Runtime sends usage data to its maker, unless told before it is loaded
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

try:
    import numpy as np
    import onnxruntime as ort
except ImportError as error:
    sys.exit(
        f"{sys.executable} has no package {error.name}: install numpy and onnxruntime for it "
        "(onnxruntime-gpu for CUDA and TensorRT; on a Jetson the wheel made for its JetPack)"
    )

HEADER = struct.Struct("<4sBBHIII")  # magic, version, type, flags, id, JSON bytes, payload bytes
MAGIC, VERSION = b"EDGW", 1
LOAD, DETECT, PING, CLOSE = 0x01, 0x02, 0x03, 0x04
HELLO, LOADED, DETECTIONS, PONG, ERROR = 0x81, 0x82, 0x83, 0x84, 0x85
MAX_JSON, MAX_PAYLOAD = 1 << 20, 256 << 20
MAX_CANDIDATES = 1024

PROVIDERS = {
    "tensorrt": "TensorrtExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "webgpu": "WebGpuExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "qnn": "QNNExecutionProvider",
    "dml": "DmlExecutionProvider",
    "cpu": "CPUExecutionProvider",
}
FUSING = ("tensorrt", "coreml", "qnn")
HEAVY = re.compile("Conv|MatMul|Gemm|Attention")
EXTRA_TYPES = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(float16)": np.float16,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(uint8)": np.uint8,
    "tensor(bool)": np.bool_,
}
ELEMENT_TYPES = {"float32": np.float32, "float16": np.float16, "uint8": np.uint8}


class ModelError(Exception):
    """The model or every provider is refused: trying again cannot help."""


# --- decoding: each family gives boxes [n, 4] (x1, y1, x2, y2 in pixels of the input), scores [n], classes [n] ---


def corners(centres):
    """cx, cy, w, h -> x1, y1, x2, y2"""
    half = centres[:, 2:4] / 2
    return np.concatenate([centres[:, :2] - half, centres[:, :2] + half], axis=1)


def best_class(scores):
    classes = scores.argmax(axis=1)
    return scores[np.arange(len(scores)), classes], classes


def decode_roadside(outputs, picture, request):
    rows = pick(outputs, lambda a: a.ndim == 3 and a.shape[2] == 4 + len(request["classes"]))[picture]
    return (rows[:, :4], *best_class(rows[:, 4:]))


def decode_yolov8(outputs, picture, request):
    rows = pick(outputs, lambda a: a.ndim == 3 and a.shape[1] == 4 + len(request["classes"]))[picture].T
    return (corners(rows[:, :4]), *best_class(rows[:, 4:]))


def decode_yolov5(outputs, picture, request):
    rows = pick(outputs, lambda a: a.ndim == 3 and a.shape[2] == 5 + len(request["classes"]))[picture]
    scores, classes = best_class(rows[:, 5:])
    return corners(rows[:, :4]), scores * rows[:, 4], classes


def decode_rows(outputs, picture, request):
    """End-to-end exports, and graphs with a reduced output: [batch, K, 6]."""
    rows = pick(outputs, lambda a: a.ndim == 3 and a.shape[2] == 6)[picture]
    return rows[:, :4], rows[:, 4], np.rint(rows[:, 5]).astype(int)


def decode_yolox(outputs, picture, request):
    rows = pick(outputs, lambda a: a.ndim == 3 and a.shape[2] == 5 + len(request["classes"]))[picture]
    cells = []
    for stride in (8, 16, 32):
        y, x = np.mgrid[: request["input"]["height"] // stride, : request["input"]["width"] // stride]
        cells.append(np.stack([np.full(x.size, stride), x.ravel(), y.ravel()], axis=1))
    grid = np.concatenate(cells).astype(np.float32)
    stride = grid[:, :1]
    boxes = np.concatenate([(rows[:, :2] + grid[:, 1:]) * stride, np.exp(rows[:, 2:4]) * stride], axis=1)
    scores, classes = best_class(rows[:, 5:])
    return corners(boxes), scores * rows[:, 4], classes


def decode_detr(outputs, picture, request):
    boxed = [name for name, array in outputs.items() if array.ndim == 3 and array.shape[2] == 4]
    boxed.sort(key=lambda name: "box" not in name.lower())
    boxes = outputs[boxed[0]][picture] if boxed else pick(outputs, lambda a: False)
    named = {word: array for word in ("label", "score") for name, array in outputs.items() if word in name.lower()}
    if len(named) == 2 and all(array.ndim == 2 for array in named.values()):
        return boxes, named["score"][picture], named["label"][picture].astype(int)
    others = {name: array for name, array in outputs.items() if name != boxed[0]}
    logits = pick(others, lambda a: a.ndim == 3 and a.shape[2] == len(request["classes"]))[picture]
    size = np.array([request["input"]["width"], request["input"]["height"]] * 2, np.float32)
    scores, classes = best_class(logits)
    return corners(boxes * size), 1 / (1 + np.exp(-scores)), classes


DECODERS = {
    "roadside": (decode_roadside, True),
    "yolox": (decode_yolox, True),
    "yolov5": (decode_yolov5, True),
    "yolov8": (decode_yolov8, True),
    "yolov10": (decode_rows, False),
    "detr": (decode_detr, False),
}


ONCE_EACH = ("rf-detr", "efficientnms")


def decoder_of(request):
    """The decoder, and whether one vehicle comes as many overlapping boxes."""
    family, output = request["family"], request.get("output", "raw")
    if output == "raw" and (family not in DECODERS or request.get("decoding")):
        raise ModelError(f"this worker reads {', '.join(DECODERS)} as they usually are, not {family} as it is told here")
    decode, overlapping = DECODERS.get(family, (decode_rows, family not in ONCE_EACH))
    return (decode, overlapping) if output == "raw" else (decode_rows, overlapping and output == "candidates")


def pick(outputs, fits):
    for array in outputs.values():
        if fits(array):
            return array
    shapes = ", ".join(f"{name} {list(array.shape)}" for name, array in outputs.items())
    raise ModelError(f"this family cannot read the outputs {shapes}")


def suppress(boxes, classes, threshold, limit):
    """Class-aware NMS over boxes that are sorted by score. Gives the indices to keep."""
    kept = []
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    alive = np.ones(len(boxes), bool)
    for i in range(len(boxes)):
        if not alive[i]:
            continue
        kept.append(i)
        if len(kept) == limit:
            break
        shared = np.clip(np.minimum(boxes[i, 2:], boxes[:, 2:]) - np.maximum(boxes[i, :2], boxes[:, :2]), 0, None)
        overlap = shared[:, 0] * shared[:, 1]
        alive &= ~((classes == classes[i]) & (overlap > threshold * (area[i] + area - overlap)))
    return kept


def rows_of(outputs, picture, request):
    """The boxes of one picture, float32 rows of x1, y1, x2, y2, score, class, strongest first; and the highest score in it."""
    decode, overlapping = decoder_of(request)
    boxes, scores, classes = decode(outputs, picture, request)
    width, height = request["input"]["width"], request["input"]["height"]
    x1, y1, x2, y2 = boxes.T
    # empty boxes and those outside the picture are none; a comparison with NaN is false
    valid = (x2 > x1) & (y2 > y1) & (x2 > 0) & (y2 > 0) & (x1 < width) & (y1 < height) & np.isfinite((x2 - x1) * (y2 - y1))
    valid &= (classes >= 0) & (classes < len(request["classes"]))
    thresholds = np.array(request["scoreThresholds"], np.float32)[np.where(valid, classes, 0)]
    chosen = np.flatnonzero(valid & (scores > 0) & (scores >= thresholds))
    chosen = chosen[np.argsort(-scores[chosen], kind="stable")][:MAX_CANDIDATES]
    limit = request["maxDetections"]
    if overlapping:
        chosen = chosen[suppress(boxes[chosen], classes[chosen], request["iouThreshold"], limit)]
    chosen = chosen[:limit]
    clipped = np.clip(boxes[chosen], 0, [width, height, width, height])
    rows = np.concatenate([clipped, scores[chosen, None], classes[chosen, None]], axis=1).astype("<f4")
    finite = scores[np.isfinite(scores)]
    return rows, max(0.0, float(finite.max())) if finite.size > 0 else None


# --- session ---


class Session:
    """A model that has run once at every batch size."""

    def __init__(self, request):
        for expected in [request, *request.get("externalData", [])]:
            check_file(expected)
        self.request = request
        self.refused = []
        began = time.perf_counter()
        for rung in request["session"]["providers"]:
            try:
                self.open(rung)
                break
            except Exception as error:  # whatever a provider throws, the next one may work
                reason = next((line for line in str(error).splitlines() if line.strip()), repr(error))
                self.refused.append({"provider": rung["name"], "reason": reason[:300]})
        else:
            reasons = "".join(f"\n  {r['provider']}: {r['reason']}" for r in self.refused)
            raise ModelError(f"no execution provider could load and run the model:{reasons}")
        self.load_ms = (self.created - began) * 1000
        self.warmup_ms = (time.perf_counter() - self.created) * 1000

    def open(self, rung):
        options, ladder = self.request["session"], self.request["session"]["providers"]
        if PROVIDERS[rung["name"]] not in ort.get_available_providers():
            raise ModelError(f"this onnxruntime {ort.__version__} has no {rung['name']}")
        rungs = [rung] + [r for r in ladder if rung["name"] == "tensorrt" and r["name"] == "cuda"]
        providers = [(PROVIDERS[r["name"]], {k: as_text(v) for k, v in r["options"].items()}) for r in rungs]
        if rung["name"] != "cpu":
            providers.append(("CPUExecutionProvider", {}))
        with tempfile.TemporaryDirectory(prefix="edge-profile-") as folder:
            settings = ort.SessionOptions()
            settings.intra_op_num_threads = options["intraOpThreads"]
            settings.inter_op_num_threads = 1
            settings.enable_cpu_mem_arena = options["arena"]
            settings.enable_mem_pattern = options["memoryPattern"]
            settings.add_session_config_entry("session.intra_op.allow_spinning", "1" if options["spinning"] else "0")
            settings.enable_profiling = True
            settings.profile_file_prefix = os.path.join(folder, "run")
            self.session = ort.InferenceSession(self.request["file"], settings, providers=providers)
            self.created = time.perf_counter()
            self.names = [output.name for output in self.session.get_outputs()]
            grey = np.full(self.request["input"]["width"] * self.request["input"]["height"] * 3, 114, np.uint8)
            for index, size in enumerate(self.request["batchSizes"]):
                outputs = self.run(self.tensor(np.tile(grey, size), size))
                if index == 0:
                    self.check_placement(rung["name"], folder)
                rows_of(outputs, size - 1, self.request)
        self.provider = rung["name"]

    def check_placement(self, name, folder):
        """onnxruntime silently leaves to the CPU what a provider does not take: its profile tells."""
        self.session.end_profiling()
        with open(glob.glob(os.path.join(folder, "run*"))[0], encoding="utf8") as file:
            kernels = [event["args"] for event in json.load(file) if event.get("cat") == "Node"]
        kernels = [kernel for kernel in kernels if "provider" in kernel]
        own = [k for k in kernels if k["provider"] == PROVIDERS[name]]
        heavy_on_cpu = [
            k for k in kernels if k["provider"] == PROVIDERS["cpu"] and HEAVY.search(k.get("op_name", ""))
        ]
        work = own if name in FUSING else [k for k in own if HEAVY.search(k.get("op_name", ""))]
        if name != "cpu" and (not own or len(heavy_on_cpu) > len(work)):
            raise ModelError(
                f"the session was made, but ran {len(heavy_on_cpu)} convolutions or matrix products on the CPU "
                f"and {len(own)} kernels on {name}"
            )

    def tensor(self, pixels, count):
        """RGB bytes to the model's input."""
        spec = self.request["input"]
        images = np.frombuffer(pixels, np.uint8).reshape(count, spec["height"], spec["width"], 3)
        if spec["colour"] == "bgr":
            images = images[..., ::-1]
        plain = spec["scale"] == 1 and not any(spec["mean"]) and all(std == 1 for std in spec["std"])
        if not plain:
            mean, std = np.array(spec["mean"], np.float32), np.array(spec["std"], np.float32)
            images = (images * np.float32(spec["scale"]) - mean) / std
        if spec["layout"] == "nchw":
            images = images.transpose(0, 3, 1, 2)
        return np.ascontiguousarray(images, ELEMENT_TYPES[spec["type"]])

    def feeds(self, tensor):
        """The picture, and what the model wants besides it."""
        spec = self.request["input"]
        fills = {extra["name"]: extra["values"] for extra in spec.get("extra") or []}
        feeds = {}
        for wanted in self.session.get_inputs():
            if wanted.name not in fills:
                feeds[wanted.name] = tensor
                continue
            values = [spec[value] if isinstance(value, str) else value for value in fills[wanted.name]]
            dims = extra_dims(wanted.shape, len(values), spec, len(tensor))
            feeds[wanted.name] = np.resize(np.array(values), dims).astype(EXTRA_TYPES[wanted.type])
        if len(feeds) - len(set(fills) & set(feeds)) != 1:
            raise ModelError(f"one input is for the picture, and input.extra fills {list(fills)}; it has {list(feeds)}")
        return feeds

    def run(self, tensor):
        outputs = self.session.run(self.names, self.feeds(tensor))
        return {
            name: output.astype(np.float32) if output.dtype == np.float16 else output
            for name, output in zip(self.names, outputs)
        }

    def info(self):
        request = self.request
        return {
            "model": request["model"],
            "variant": request["variant"],
            "provider": self.provider,
            "refused": self.refused,
            "inputWidth": request["input"]["width"],
            "inputHeight": request["input"]["height"],
            "classes": request["classes"],
            "runtime": f"onnxruntime {ort.__version__} (Python)",
            "loadMs": self.load_ms,
            "warmupMs": self.warmup_ms,
        }


def extra_dims(shape, values, spec, count):
    """An open size is the batch where it comes first, the picture's in a mask, else what the values need."""
    if len(shape) == 1:
        return [shape[0] if isinstance(shape[0], int) else values]
    usual = [count, spec["height"], spec["width"]] if len(shape) == 3 else [count] + [1] * (len(shape) - 2) + [values]
    return [dim if isinstance(dim, int) and dim > 0 else usual[at] for at, dim in enumerate(shape)]


def as_text(value):
    return str(value) if not isinstance(value, bool) else ("1" if value else "0")


def check_file(request):
    digest = hashlib.sha256()
    try:
        with open(request["file"], "rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    except OSError as error:
        raise ModelError(f"model file {request['file']} cannot be read: {error.strerror}") from error
    if digest.hexdigest() != request["sha256"].lower():
        raise ModelError(
            f"model file {request['file']} has sha256 {digest.hexdigest()}, expected {request['sha256']}: "
            "it was changed or damaged"
        )


# --- protocol ---


class Worker:
    def __init__(self):
        self.stream = os.fdopen(3, "rb", buffering=1 << 16)
        self.session = None
        # where the host puts pictures that it need not send: this worker's descriptor of it
        self.pictures = int(os.environ["EDGE_PICTURES_FD"]) if "EDGE_PICTURES_FD" in os.environ else None

    def send(self, kind, request_id, head=None, payload=b""):
        text = b"" if head is None else json.dumps(head).encode()
        rest = memoryview(HEADER.pack(MAGIC, VERSION, kind, 0, request_id, len(text), len(payload)) + text + payload)
        while rest:
            rest = rest[os.write(3, rest) :]

    def read(self, length):
        data = self.stream.read(length)
        if len(data) < length:
            sys.exit(0)  # the host is gone
        return data

    def serve(self):
        hello = {"protocol": VERSION, "name": "onnxruntime_worker.py", "pid": os.getpid()}
        self.send(HELLO, 0, hello if self.pictures is None else {**hello, "pictures": "file"})
        while True:
            magic, version, kind, _, request_id, json_bytes, payload_bytes = HEADER.unpack(self.read(HEADER.size))
            if magic != MAGIC or version != VERSION or json_bytes > MAX_JSON or payload_bytes > MAX_PAYLOAD:
                text = f"this header cannot be read; this worker speaks version {VERSION}"
                self.send(ERROR, 0, {"code": "E_PROTOCOL", "message": text, "fatal": True})
                sys.exit(1)
            text, payload = self.read(json_bytes), self.read(payload_bytes)
            if kind == CLOSE:
                return
            try:
                self.answer(kind, request_id, json.loads(text or b"{}"), payload)
            except Exception as error:
                code = "E_MODEL" if isinstance(error, ModelError) else "E_DETECTOR"
                message = f"{type(error).__name__}: {error}" if code == "E_DETECTOR" else str(error)
                self.send(ERROR, request_id, {"code": code, "message": message[:10_000], "fatal": False})

    def answer(self, kind, request_id, head, payload):
        if kind == LOAD:
            self.session = Session(head)
            self.send(LOADED, request_id, self.session.info())
        elif kind == DETECT:
            self.detect(request_id, head, payload)
        elif kind == PING:
            self.send(PONG, request_id)
        else:
            raise ValueError(f"message type {kind} is unknown")

    def detect(self, request_id, head, payload):
        if self.session is None:
            raise ValueError("detect came before a model was loaded")
        request, count = self.session.request, head["count"]
        size = (request["input"]["width"], request["input"]["height"])
        if "at" in head and self.pictures is not None:
            payload = os.pread(self.pictures, count * size[0] * size[1] * 3, head["at"])
        if (head["width"], head["height"]) != size or len(payload) != count * size[0] * size[1] * 3:
            raise ValueError(f"expected {count} picture(s) of {size[0]} x {size[1]}")
        times = [time.perf_counter()]
        tensor = self.session.tensor(payload, count)
        times.append(time.perf_counter())
        outputs = self.session.run(tensor)
        times.append(time.perf_counter())
        found = [rows_of(outputs, i, request) for i in range(count)]
        times.append(time.perf_counter())
        fill, infer, decode = (1000 * (b - a) for a, b in zip(times, times[1:]))
        answer = {
            "counts": [len(rows) for rows, _ in found],
            "peakScores": [peak for _, peak in found],
            "timings": {"fillMs": fill, "inferMs": infer, "decodeMs": decode},
            "rssBytes": resident_bytes(),
        }
        self.send(DETECTIONS, request_id, answer, b"".join(rows.tobytes() for rows, _ in found))


def resident_bytes():
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return None


if __name__ == "__main__":
    Worker().serve()
