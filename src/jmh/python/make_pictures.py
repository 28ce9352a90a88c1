"""Photographs are not ours to give away: makes 500 JPEGs like them, 500x375, some 60 kB each."""
import sys, random, pathlib
import numpy as np
from PIL import Image, ImageFilter
out = pathlib.Path(sys.argv[1]); out.mkdir(parents=True, exist_ok=True)
count = int(sys.argv[2]) if len(sys.argv) > 2 else 500
rng = np.random.default_rng(1)
for i in range(count):
    w, h = (500, 375) if i % 4 else (375, 500)
    total = np.zeros((h, w, 3), np.float32)
    for octave in range(1, 8):
        n = 2 ** octave
        noise = rng.uniform(0, 255, (n, n, 3)).astype(np.uint8)
        total += np.asarray(Image.fromarray(noise).resize((w, h), Image.BICUBIC), np.float32) * 2.0 ** -octave * (1.5 if octave < 5 else .8)
    total += rng.normal(0, 4, total.shape)
    lo, hi = np.percentile(total, [1, 99])
    Image.fromarray(np.clip((total - lo) / (hi - lo) * 255, 0, 255).astype(np.uint8)).save(out / f"{i:04d}.jpg", quality=90)
