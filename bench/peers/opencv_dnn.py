"""The same work in Python: OpenCV reads the clip, its DNN module runs the model, paho publishes each result."""

import argparse
import json
import time

import cv2
import numpy as np
import paho.mqtt.client as mqtt

SIZE = 416
SCORE = 0.35
IOU = 0.45


def grid():
    """Column, row and stride of each of the 3549 cells."""
    levels = []
    for stride in (8, 16, 32):
        cells = SIZE // stride
        y, x = np.mgrid[0:cells, 0:cells]
        levels.append(np.stack([x.ravel(), y.ravel(), np.full(cells * cells, stride)], axis=1))
    return np.concatenate(levels).astype(np.float32)


def letterbox(picture, scale):
    height, width = picture.shape[:2]
    size = (round(width * scale), round(height * scale))
    canvas = np.full((SIZE, SIZE, 3), 114, dtype=np.uint8)
    canvas[: size[1], : size[0]] = cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR)
    return cv2.dnn.blobFromImage(canvas)


def decode(rows, cells, scale, width, height):
    """[x1, y1, x2, y2, score, class] in pixels of the source."""
    rows = rows.reshape(-1, 85)
    rows_cells = cells
    near = rows[:, 4] >= SCORE
    rows, rows_cells = rows[near], cells[near]
    classes = rows[:, 5:].argmax(axis=1)
    scores = rows[:, 4] * rows[np.arange(len(rows)), 5 + classes]
    good = scores >= SCORE
    rows, rows_cells, classes, scores = rows[good], rows_cells[good], classes[good], scores[good]
    stride = rows_cells[:, 2:3]
    centre = (rows[:, 0:2] + rows_cells[:, 0:2]) * stride
    half = np.exp(rows[:, 2:4]) * stride / 2
    corners = np.concatenate([centre - half, centre + half], axis=1) / scale
    corners[:, 0::2] = corners[:, 0::2].clip(0, width)
    corners[:, 1::2] = corners[:, 1::2].clip(0, height)
    return [
        [*map(float, corners[i]), float(scores[i]), int(classes[i])] for i in suppress(corners, scores, classes)
    ]


def suppress(corners, scores, classes):
    """NMSBoxes knows no classes: each class is moved to a place of its own, so that only its own boxes overlap."""
    if len(corners) == 0:
        return []
    shifted = corners + (classes * 10000)[:, None]
    boxes = np.concatenate([shifted[:, :2], shifted[:, 2:] - shifted[:, :2]], axis=1)
    return np.asarray(cv2.dnn.NMSBoxes(boxes.tolist(), scores.tolist(), SCORE, IOU)).ravel()


def main():
    arguments = argparse.ArgumentParser()
    for name in ("clip", "model", "pace", "host", "results"):
        arguments.add_argument(f"--{name}", required=True)
    for name in ("frames", "port"):
        arguments.add_argument(f"--{name}", type=int, required=True)
    given = arguments.parse_args()

    net = cv2.dnn.readNetFromONNX(given.model)
    client = mqtt.Client()
    client.connect(given.host, given.port)
    client.loop_start()
    clip = cv2.VideoCapture(given.clip)
    fps = clip.get(cv2.CAP_PROP_FPS)
    cells = grid()
    lines = []
    started = time.monotonic()
    for seq in range(given.frames):
        if given.pace == "realtime":
            time.sleep(max(0.0, started + seq / fps - time.monotonic()))
        there, picture = clip.read()
        if not there:
            break
        captured_at = time.time()
        height, width = picture.shape[:2]
        scale = min(SIZE / width, SIZE / height)
        net.setInput(letterbox(picture, scale))
        detections = decode(net.forward(), cells, scale, width, height)
        latency_ms = (time.time() - captured_at) * 1000
        line = json.dumps(
            {"seq": seq, "capturedAt": captured_at * 1000, "latencyMs": latency_ms, "detections": detections}
        )
        client.publish("opencv/detections", line)
        lines.append(line)
    client.disconnect()
    client.loop_stop()
    with open(given.results, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


main()
