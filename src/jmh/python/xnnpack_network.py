"""Times an ONNX network in TensorFlow Lite, whose convolutions are XNNPACK's: `scripts/bench
--networks --steady --peer xnnpack` calls it. Needs tensorflow, onnx and numpy.

    python xnnpack_network.py MODEL.onnx FOLDER --result FILE [--threads N] [--seconds S] [--every MS]

FOLDER has input0.npy, input1.npy... and output0.npy..., in the network's order. The network becomes
a TensorFlow graph (channels last), that one a TensorFlow Lite model; its outputs are compared with
those of FOLDER before and after it is timed. FILE gets the median of a run in milliseconds."""
import argparse
import pathlib
import statistics
import sys
import time

import numpy as np
import onnx
import onnx.numpy_helper
import tensorflow as tf

TOLERANCE = 1e-4


class Graph:
    """The network by TensorFlow's operations: arrays of four dimensions lie NHWC."""

    def __init__(self, model):
        self.graph = model.graph
        self.constants = {t.name: onnx.numpy_helper.to_array(t) for t in self.graph.initializer}
        self.inputs = [i for i in self.graph.input if i.name not in self.constants]

    def __call__(self, *given):
        values = dict(zip((i.name for i in self.inputs), given))
        for node in self.graph.node:
            attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            operation = getattr(self, "op_" + node.op_type.lower(), None)
            if operation is None:
                sys.exit(f"xnnpack: {node.op_type} is not one of the operations that {pathlib.Path(__file__).name} knows")
            inputs = [values.get(name, self.constants.get(name)) if name else None for name in node.input]
            values[node.output[0]] = operation(attributes, *inputs)
        return [first(values[o.name]) for o in self.graph.output]

    def op_constant(self, a):
        return onnx.numpy_helper.to_array(a["value"])

    def op_identity(self, a, x):
        return x

    def op_conv(self, a, x, w, b=None):
        strides = a.get("strides", [1, 1])
        dilations = a.get("dilations", [1, 1])
        group = a.get("group", 1)
        top, left, bottom, right = pads(a, x, w.shape[2:], strides, dilations)
        same = [max((-(-n // s) - 1) * s + (k - 1) * d + 1 - n, 0)
                for n, s, k, d in zip(x.shape[1:3], strides, w.shape[2:], dilations)]
        padding = "VALID"
        if [top + bottom, left + right] == same and [top, left] == [s // 2 for s in same]:
            padding = "SAME"  # XNNPACK pads while it reads
        elif top + left + bottom + right:
            x = tf.pad(x, [[0, 0], [top, bottom], [left, right], [0, 0]])
        if group == x.shape[3] and w.shape[1] == 1 and group > 1:
            filters = w.transpose(2, 3, 0, 1).reshape(*w.shape[2:], group, w.shape[0] // group)
            y = tf.nn.depthwise_conv2d(x, filters, [1, *strides, 1], padding, dilations=dilations)
        else:
            y = tf.nn.conv2d(x, w.transpose(2, 3, 1, 0), strides, padding, dilations=dilations)
        return y if b is None else y + b

    def op_batchnormalization(self, a, x, scale, bias, mean, variance):
        factor = scale / np.sqrt(variance + a.get("epsilon", 1e-5))
        return x * factor + (bias - mean * factor)

    def op_relu(self, a, x):
        return tf.nn.relu(x)

    def op_clip(self, a, x, low=None, high=None):
        low, high = a.get("min", low), a.get("max", high)
        if low == 0 and high == 6:
            return tf.nn.relu6(x)
        return tf.clip_by_value(x, -np.inf if low is None else low, np.inf if high is None else high)

    def op_sigmoid(self, a, x):
        return tf.sigmoid(x)

    def op_hardsigmoid(self, a, x):
        return tf.nn.relu6(x * (6 * a.get("alpha", 0.2)) + 6 * a.get("beta", 0.5)) / 6

    def op_hardswish(self, a, x):
        return x * tf.nn.relu6(x + 3) / 6

    def op_add(self, a, x, y):
        return x + y

    def op_mul(self, a, x, y):
        return x * y

    def op_globalaveragepool(self, a, x):
        return tf.reduce_mean(x, [1, 2], keepdims=True)

    def op_reducemean(self, a, x, axes=None):
        axes = a.get("axes", axes)
        if len(x.shape) != 4 or sorted(int(i) % 4 for i in axes) != [2, 3]:
            sys.exit("xnnpack: ReduceMean is known over height and width only")
        y = tf.reduce_mean(x, [1, 2], keepdims=True)
        return y if a.get("keepdims", 1) else tf.reshape(y, [y.shape[0], y.shape[3]])

    def op_averagepool(self, a, x):
        if any(a.get("pads", [])):
            sys.exit("xnnpack: AveragePool is known without pads only")
        return tf.nn.avg_pool2d(x, a["kernel_shape"], a.get("strides", [1, 1]), "VALID")

    def op_maxpool(self, a, x):
        strides = a.get("strides", [1, 1])
        top, left, bottom, right = pads(a, x, a["kernel_shape"], strides, [1, 1])
        x = tf.pad(x, [[0, 0], [top, bottom], [left, right], [0, 0]], constant_values=-3e38)
        return tf.nn.max_pool2d(x, a["kernel_shape"], strides, "VALID")

    def op_concat(self, a, *xs):
        axis = a["axis"]
        return tf.concat(xs, {0: 0, 1: 3, 2: 1, 3: 2}[axis % 4] if len(xs[0].shape) == 4 else axis)

    def op_flatten(self, a, x):
        x = first(x)
        return tf.reshape(x, [x.shape[0], -1])

    def op_reshape(self, a, x, shape):
        x = first(x)
        y = tf.reshape(x, [x.shape[i] if n == 0 else int(n) for i, n in enumerate(shape)])
        return last(y)

    def op_squeeze(self, a, x, axes=None):
        return tf.squeeze(first(x), [int(i) for i in a.get("axes", axes)])

    def op_gemm(self, a, x, w, b=None):
        y = tf.matmul(x, w.T if a.get("transB", 0) else w)
        return y if b is None else y + b

    def op_matmul(self, a, x, w):
        return tf.matmul(x, w)

    def op_softmax(self, a, x):
        if len(x.shape) != 2:
            sys.exit("xnnpack: Softmax is known for two dimensions only")
        return tf.nn.softmax(x)


def first(x):
    """As ONNX has it: channels before height and width."""
    return tf.transpose(x, [0, 3, 1, 2]) if len(x.shape) == 4 else x


def last(x):
    return tf.transpose(x, [0, 2, 3, 1]) if len(x.shape) == 4 else x


def pads(a, x, kernel, strides, dilations):
    kind = a.get("auto_pad", b"NOTSET").decode()
    if kind in ("NOTSET", "VALID"):
        return a.get("pads", [0, 0, 0, 0])
    both = [max((-(-n // s) - 1) * s + (k - 1) * d + 1 - n, 0)
            for n, s, k, d in zip(x.shape[1:3], strides, kernel, dilations)]
    less = [n // 2 for n in both]
    more = [n - n // 2 for n in both]
    return [*less, *more] if kind == "SAME_UPPER" else [*more, *less]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--result", type=pathlib.Path, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--every", type=int, default=0)
    args = parser.parse_args()
    graph = Graph(onnx.load(args.model))
    if len(graph.inputs) != 1:
        sys.exit(f"xnnpack: the network has {len(graph.inputs)} inputs; networks of one are known")
    inputs = [np.load(args.folder / f"input{i}.npy") for i in range(len(graph.inputs))]
    exact = [np.load(args.folder / f"output{i}.npy") for i in range(len(graph.graph.output))]
    # pictures lie as TensorFlow's users have them
    inputs = [np.ascontiguousarray(x.transpose(0, 2, 3, 1)) if x.ndim == 4 else x for x in inputs]
    function = tf.function(graph, input_signature=[tf.TensorSpec(x.shape, tf.float32) for x in inputs])
    lite = tf.lite.TFLiteConverter.from_concrete_functions([function.get_concrete_function()]).convert()
    interpreter = tf.lite.Interpreter(model_content=lite, num_threads=args.threads)
    interpreter.allocate_tensors()
    ins = interpreter.get_input_details()
    outs = interpreter.get_output_details()

    def run():
        for detail, x in zip(ins, inputs):
            interpreter.set_tensor(detail["index"], x)
        interpreter.invoke()
        return [interpreter.get_tensor(detail["index"]) for detail in outs]

    def check():
        for got, right in zip(run(), exact):
            error = np.abs(got.reshape(right.shape) - right).max() / np.abs(right).max()
            if not error <= TOLERANCE:
                sys.exit(f"xnnpack: it is off by {error:.1e} of its largest value, allowed are {TOLERANCE:.0e}")

    def runs():
        times = []
        start = time.perf_counter()
        while time.perf_counter() - start < args.seconds:
            before = time.perf_counter()
            run()
            after = time.perf_counter()
            times.append(after - before)
            time.sleep(max(0, args.every / 1000 - (after - before)))
        return times

    check()
    runs()
    times = runs()
    check()
    args.result.write_text(f"{statistics.median(times) * 1000}\n")


main()
