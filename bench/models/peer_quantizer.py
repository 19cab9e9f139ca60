"""ONNX Runtime's own quantizer: static, QDQ, weights per channel, activations of 8 bits without a sign.

Reads the input tensors that the caller prepared (files 0.f32, 1.f32 ... of raw float32), and prints one line of JSON per
method: {"method", "file", "seconds"} or {"method", "error"}. Whatever comes after the last convolutions, the decoding of
boxes, stays in float: where boxes in pixels and scores share a tensor, its scale would leave nothing of the scores. With
":all" behind the method's name it is quantized as well, as the quantizer does when it is told nothing.
"""

import argparse
import json
import logging
import os
import sys
import time

import numpy as np
import onnx
import onnx.version_converter
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

# pictures whose activations the calibrator holds at a time
CHUNK = 8
LEAST_OPSET = 13


class Tensors(CalibrationDataReader):
    def __init__(self, folder, name, dims):
        count = len([file for file in os.listdir(folder) if file.endswith(".f32")])
        self.files = [os.path.join(folder, f"{i}.f32") for i in range(count)]
        self.name = name
        self.dims = dims
        self.set_range(0, count)

    def __len__(self):
        return len(self.files)

    def set_range(self, start_index, end_index):
        self.rest = iter(self.files[start_index:end_index])

    def get_next(self):
        file = next(self.rest, None)
        if file is None:
            return None
        return {self.name: np.fromfile(file, dtype=np.float32).reshape(self.dims)}


def prepared(file, folder):
    """What the quantizer's guide asks for first: operators that know scales per channel, shapes, an optimized graph."""
    path = os.path.join(folder, "peer-prepared.onnx")
    model = onnx.load(file)
    if model.opset_import[0].version < LEAST_OPSET:
        file = os.path.join(folder, "peer-converted.onnx")
        onnx.save(onnx.version_converter.convert_version(model, LEAST_OPSET), file)
    quant_pre_process(file, path, skip_symbolic_shape=True)
    return path


def decoding(path):
    """Names of the nodes from which no convolution is reached."""
    graph = onnx.load(path).graph
    wanted = set()
    names = []
    for node in reversed(graph.node):
        heavy = node.op_type in ("Conv", "ConvTranspose", "Gemm", "MatMul")
        if heavy or wanted.intersection(node.output):
            wanted.update(node.input)
        else:
            names.append(node.name)
    return names


def main():
    arguments = argparse.ArgumentParser()
    for name in ("model", "inputs", "dims", "methods", "output"):
        arguments.add_argument(f"--{name}", required=True)
    given = arguments.parse_args()
    logging.disable(logging.WARNING)
    # the quantizer prints as it goes; stdout is for the answers
    answers, sys.stdout = sys.stdout, sys.stderr

    dims = [int(size) for size in given.dims.split(",")]
    picture = onnx.load(given.model).graph.input[0].name
    model = prepared(given.model, given.output)
    tensors = Tensors(given.inputs, picture, dims)
    chunk = max(size for size in range(1, CHUNK + 1) if len(tensors) % size == 0)
    for method in given.methods.split(","):
        name, _, everything = method.partition(":")
        path = os.path.join(given.output, f"peer-{method.lower().replace(':', '-')}.onnx")
        tensors.set_range(0, len(tensors))
        began = time.monotonic()
        try:
            quantize_static(
                model,
                path,
                tensors,
                quant_format=QuantFormat.QDQ,
                per_channel=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                calibrate_method=CalibrationMethod[name],
                nodes_to_exclude=[] if everything else decoding(model),
                extra_options={"CalibStridedMinMax": chunk},
            )
            answer = {"method": method, "file": path, "seconds": time.monotonic() - began}
        except Exception as error:  # one method that fails is no reason to leave out the others
            answer = {"method": method, "error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


main()
