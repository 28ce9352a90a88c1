"""What `sepconv run MODEL --images FOLDER --preparation imagenet --output results.csv` does, with
ONNX Runtime and Pillow: for docs/performance.md. Each of the threads decodes, prepares and runs
pictures of its own. Needs numpy, onnxruntime and Pillow; make_pictures.py makes a folder.

    python ort_folder.py MODEL FOLDER results.csv [--threads N] [--intra M]

Prints pictures a second from the first picture to the last row, without the start of Python, the
imports and the loading of the model."""
import argparse
import csv
import json
import os
import pathlib
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnxruntime
from PIL import Image

MEAN = np.array([0.485, 0.456, 0.406], np.float32)[:, None, None]
STD = np.array([0.229, 0.224, 0.225], np.float32)[:, None, None]


def prepare(file):
    """Shorter side to 256, of that the middle 224x224, as torchvision's presets have it."""
    image = Image.open(file).convert("RGB")
    w, h = image.size
    scale = 256 / min(w, h)
    image = image.resize((max(256, int(w * scale + 1e-6)), max(256, int(h * scale + 1e-6))), Image.BILINEAR)
    w, h = image.size
    left, top = round((w - 224) / 2), round((h - 224) / 2)
    image = image.crop((left, top, left + 224, top + 224))
    array = np.asarray(image, np.float32).transpose(2, 0, 1) / np.float32(255)
    return ((array - MEAN) / STD)[None]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="pictures at once")
    parser.add_argument("--intra", type=int, default=1, help="ONNX Runtime's threads for each run")
    parser.add_argument("--rounds", type=int, default=1, help="how often, each from the start")
    args = parser.parse_args()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = args.intra
    options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    session = onnxruntime.InferenceSession(args.model, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    files = sorted(p for p in args.folder.rglob("*") if p.is_file())

    def run(file):
        scores = session.run(None, {name: prepare(file)})[0][0]
        best = np.argpartition(-scores, 5)[:5]
        return file, [(int(i), float(scores[i])) for i in best[np.argsort(-scores[best])]]

    run(files[0])
    for _ in range(args.rounds):
        start = time.perf_counter()
        with ThreadPoolExecutor(args.threads) as threads, open(args.output, "w", newline="") as out:
            rows = csv.writer(out)
            rows.writerow(["picture", "error"] + [f"{what}{i}" for i in range(1, 6) for what in ("class", "score")])
            for file, top in threads.map(run, files):
                rows.writerow([file, ""] + [cell for each in top for cell in each])
        seconds = time.perf_counter() - start
        print(json.dumps({"pictures": len(files), "picturesPerSecond": len(files) / seconds}))


main()
