"""Makes the small models of this folder with PyTorch's two exporters, and what PyTorch computes.

No test needs this; ExportedModelsTest reads what it wrote. Run it as `python make.py` with torch,
onnx and onnxscript; made with PyTorch 2.13.0, onnx 1.23.1, onnxscript 0.7.2.

For each model and way to export it: NAME-EXPORTER-OPSET[-open].onnx, with weights from seed 7.
For each model: NAME.txt with its input and its outputs, computed in float64.
"""

import io
import pathlib
import warnings

import onnx
import torch
import torch.nn.functional as F
from torch import nn

HERE = pathlib.Path(__file__).parent
MOST_BYTES = 200_000


class Separable(nn.Module):
    """Depthwise-separable blocks, squeeze and excite, as MobileNets have them."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.Hardswish())
        self.expand = nn.Sequential(nn.Conv2d(8, 16, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU6())
        self.depthwise = nn.Sequential(nn.Conv2d(16, 16, 5, 1, 2, groups=16, bias=False), nn.BatchNorm2d(16), nn.SiLU())
        self.squeeze = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(16, 4, 1), nn.ReLU(), nn.Conv2d(4, 16, 1), nn.Hardsigmoid())
        self.project = nn.Sequential(nn.Conv2d(16, 8, 1, bias=False), nn.BatchNorm2d(8))
        self.grouped = nn.Conv2d(8, 8, 3, padding=1, groups=2)
        self.pool = nn.MaxPool2d(3, 2, 1, ceil_mode=True)
        self.classify = nn.Linear(8, 5)

    def forward(self, x):
        x = self.stem(x)
        y = self.depthwise(self.expand(x))
        x = x + self.project(y * self.squeeze(y))
        x = F.leaky_relu(self.grouped(x))
        x = x.reshape(-1, 2, 4, *x.shape[2:]).transpose(1, 2).flatten(1, 2)  # a channel shuffle
        x = self.pool(x)
        return F.softmax(self.classify(x.mean((2, 3))), dim=1)


class Attention(nn.Module):
    """A patch embedding and two kinds of attention, as vision transformers have them."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 12, 4, 4)
        self.position = nn.Parameter(torch.randn(1, 16, 12))
        self.norm = nn.LayerNorm(12)
        self.qkv = nn.Linear(12, 36)
        self.mix = nn.Linear(12, 12)
        self.up = nn.Linear(12, 24)
        self.down = nn.Linear(24, 12)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2) + self.position
        q, k, v = self.qkv(self.norm(x)).reshape(-1, 16, 3, 2, 6).permute(2, 0, 3, 1, 4).unbind(0)
        scores = torch.einsum("bhqd,bhkd->bhqk", q, k) * 6 ** -0.5
        seen = torch.ones(16, 16, dtype=torch.bool).tril()
        scores = scores.masked_fill(~seen, float("-inf")).softmax(-1)
        x = x + self.mix(torch.einsum("bhqk,bhkd->bqhd", scores, v).reshape(-1, 16, 12))
        return x + self.down(F.gelu(self.up(self.norm(x))))


class Dot(nn.Module):
    """Attention as PyTorch has it as one function."""

    def __init__(self):
        super().__init__()
        self.qkv = nn.Conv2d(3, 24, 4, 4)

    def forward(self, x):
        q, k, v = self.qkv(x).reshape(-1, 3, 2, 4, 16).transpose(3, 4).unbind(1)
        return F.scaled_dot_product_attention(q, k, v)


class Segment(nn.Module):
    """Down, and up again in the ways that interpolate has; classes of pixels."""

    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(3, 6, 3, 2, 1)
        self.up = nn.ConvTranspose2d(6, 6, 4, 2, 1)
        self.shuffle = nn.Conv2d(6, 12, 1)
        self.classes = nn.Conv2d(18, 4, 1)

    def forward(self, x):
        y = F.elu(self.down(x))
        size = x.shape[-2:]
        ways = [
            self.up(y),
            F.interpolate(y, size=size, mode="bicubic", align_corners=False)[:, :3],
            F.interpolate(y, size=size, mode="bilinear", align_corners=True)[:, 3:],
            F.interpolate(y, scale_factor=2.0, mode="nearest")[:, :3],
            F.pixel_shuffle(self.shuffle(y), 2),
        ]
        logits = self.classes(torch.cat(ways, 1))
        return logits, logits.argmax(1).float()


class Select(nn.Module):
    """Comparisons and choices when the network runs."""

    def __init__(self):
        super().__init__()
        self.score = nn.Linear(10, 7)

    def forward(self, x):
        scores = F.log_softmax(self.score(x), -1)
        values, places = scores.topk(3, dim=-1)
        best = F.one_hot(scores.argmax(-1), 7).float()
        kept = torch.where(scores > scores.mean(-1, keepdim=True), scores, torch.zeros_like(scores))
        both = ((scores < -1.0) & ~(scores <= -3.0)).float()
        return (values, places.float(), best, kept, both, scores.cumsum(-1), x.prod(1),
                F.hardshrink(x), x.norm(dim=1), F.mish(x), F.softplus(x))


class Audio(nn.Module):
    """One dimension, as keyword spotting has it."""

    def __init__(self):
        super().__init__()
        self.wide = nn.Conv1d(2, 8, 5, stride=2, padding=2)
        self.group = nn.GroupNorm(2, 8)
        self.depthwise = nn.Conv1d(8, 8, 3, padding=2, dilation=2, groups=8)
        self.instance = nn.InstanceNorm1d(4, affine=True)
        self.slopes = nn.PReLU(4)
        self.back = nn.ConvTranspose1d(4, 2, 4, stride=2, padding=1)

    def forward(self, x):
        x = F.glu(self.depthwise(self.group(self.wide(x))), 1)
        x = self.slopes(self.instance(x))
        return self.back(F.avg_pool1d(x, 2)), F.interpolate(x, scale_factor=2.0, mode="linear")


class Branch(nn.Module):
    """Sizes that decide, which the older exporter writes as If."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)

    def forward(self, x):
        y = self.conv(x)
        return even(y) + x.mean()


@torch.jit.script_if_tracing
def even(y):
    if y.shape[2] % 2 == 0:
        y = F.max_pool2d(y, 2)
    else:
        y = F.avg_pool2d(y, 3, 1, 1)
    return y


PICTURE = (2, 3, 16, 16)
MODELS = {
    "separable": (Separable, PICTURE),
    "attention": (Attention, PICTURE),
    "dot": (Dot, PICTURE),
    "segment": (Segment, (1, 3, 12, 14)),
    "select": (Select, (3, 10)),
    "audio": (Audio, (2, 2, 40)),
    "branch": (Branch, (1, 3, 10, 9)),
}
WAYS = [("script", 11), ("script", 13), ("script", 17), ("script", 20),
        ("dynamo", 18), ("dynamo", 21), ("dynamo", 23)]


def numbers(of):
    return " ".join("%.9g" % number for number in of.flatten().tolist())


def export(net, x, exporter, opset, opened):
    out = io.BytesIO()
    count = len(net(x)) if isinstance(net(x), tuple) else 1
    names = ["y%d" % i for i in range(count)]
    given = {}
    if opened:
        axes = {0: "batch"}
        if exporter == "script":
            given["dynamic_axes"] = {"x": axes}
        else:
            given["dynamic_shapes"] = {"x": {0: torch.export.Dim("batch", min=1, max=64)}}
    if exporter == "script":
        torch.onnx.export(net, (x,), out, input_names=["x"], output_names=names,
                          opset_version=opset, dynamo=False, **given)
    else:
        torch.onnx.export(net, (x,), input_names=["x"], output_names=names, opset_version=opset,
                          dynamo=True, verbose=False, **given).save(out)
    return out.getvalue()


def plain(model):
    """Without what tells of the machine that made it: places in source files."""
    loaded = onnx.load_model_from_string(model)
    for node in loaded.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    for each in [*loaded.graph.input, *loaded.graph.output, *loaded.graph.value_info, *loaded.graph.initializer]:
        each.doc_string = ""
        del each.metadata_props[:]
    del loaded.graph.value_info[:]
    del loaded.graph.metadata_props[:]
    del loaded.metadata_props[:]
    return loaded.SerializeToString()


def main():
    warnings.simplefilter("ignore")
    for name, (kind, sizes) in MODELS.items():
        torch.manual_seed(7)
        net = kind().eval()
        x = torch.randn(sizes)
        with torch.no_grad():
            wide = net.double()(x.double())
        net.float()
        outputs = wide if isinstance(wide, tuple) else (wide,)
        with open(HERE / (name + ".txt"), "w") as file:
            for label, array in [("x", x)] + [("y%d" % i, y) for i, y in enumerate(outputs)]:
                file.write("%s [%s] %s\n" % (label, ",".join(map(str, array.shape)), numbers(array)))
        for exporter, opset in WAYS:
            for opened in (False, True):
                if opened and opset not in (17, 18, 23):
                    continue
                what = "%s-%s-%d%s" % (name, exporter, opset, "-open" if opened else "")
                try:
                    model = plain(export(net, x, exporter, opset, opened))
                except Exception as e:  # an exporter that can't: said, and left out
                    print("can't export", what, str(e).splitlines()[0][:150])
                    continue
                assert len(model) < MOST_BYTES, (what, len(model))
                (HERE / (what + ".onnx")).write_bytes(model)
                kinds = sorted({node.op_type for node in onnx.load_model_from_string(model).graph.node})
                print(what, len(model), " ".join(kinds))


if __name__ == "__main__":
    main()
