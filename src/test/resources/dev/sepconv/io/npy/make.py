"""Writes the .npy files beside it with NumPy: what NpyTest reads. Run it in this folder; needs numpy only."""

import numpy as np

a = (np.arange(24, dtype=np.float64).reshape(2, 3, 4) - 7.25) / 2  # exact in float16
ints = np.arange(-3, 3).reshape(2, 3)

np.save("float32.npy", a.astype("<f4"))
np.save("float32_big_endian.npy", a.astype(">f4"))
np.save("float32_fortran.npy", np.asfortranarray(a.astype("<f4")))
np.save("float64.npy", a)
np.save("float64_big_endian_fortran.npy", np.asfortranarray(a.astype(">f8")))
np.save("float16.npy", a.astype("<f2"))
for code in ("i1", "i2", "i4", "i8"):
    np.save(f"{np.dtype(code)}.npy", ints.astype(code))
    unsigned = code.replace("i", "u")
    np.save(f"{np.dtype(unsigned)}.npy", ints.astype(code).view(unsigned))
np.save("bool.npy", ints > 0)
np.save("nan_and_infinities.npy", np.array([np.nan, np.inf, -np.inf, -0.0, 1e-45], dtype="<f4"))
np.save("one_number.npy", np.float32(3.5))
np.save("no_numbers.npy", np.zeros((2, 0, 3), dtype="<f4"))
np.save("complex64.npy", np.zeros(2, dtype="<c8"))
np.save("text.npy", np.array(["a", "bc"]))
np.save("dates.npy", np.array(["2026-11-23"], dtype="M8[D]"))
np.save("structured.npy", np.zeros(2, dtype=[("x", "<f4"), ("shape", "<i4")]))
np.save("objects.npy", np.array([None, "x"], dtype=object), allow_pickle=True)
for version in ((1, 0), (2, 0), (3, 0)):
    with open(f"version{version[0]}.npy", "wb") as f:
        np.lib.format.write_array(f, a.astype("<f4"), version=version)
with open("two_arrays.npy", "wb") as f:
    np.save(f, a.astype("<f4"))
    np.save(f, a.astype("<f4"))
