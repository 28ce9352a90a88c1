"""Makes the small models of this folder with PyTorch's two exporters, and what PyTorch computes.

No test needs this; ExportedModelsTest reads what it wrote. Run it as `python make.py [NAME…]` with
torch, onnx and onnxscript; made with PyTorch 2.13.0, onnx 1.23.1, onnxscript 0.7.2.

For each model and way to export it: NAME-EXPORTER-OPSET[-open].onnx, with weights from seed 7.
For each model: NAME.txt with its input and its outputs, computed in float64.
"""

import io
import pathlib
import sys
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


class AlexNet(nn.Sequential):
    """Two groups and local response normalisation, in small."""

    def __init__(self):
        super().__init__(
            nn.Conv2d(3, 8, 5, 2), nn.ReLU(), nn.LocalResponseNorm(5, 1e-2, 0.75, 2.0), nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 5, padding=2, groups=2), nn.ReLU(), nn.LocalResponseNorm(5), nn.MaxPool2d(2),
            nn.Conv2d(16, 24, 3, padding=1), nn.ReLU(), nn.Conv2d(24, 24, 3, padding=1, groups=2), nn.ReLU(),
            nn.Conv2d(24, 16, 3, padding=1, groups=2), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Dropout(), nn.Linear(16, 12), nn.ReLU(), nn.Dropout(), nn.Linear(12, 5))


def conv(i, o, k=1, s=1):
    return nn.Sequential(nn.Conv2d(i, o, k, s, k // 2, bias=False), nn.BatchNorm2d(o, 1e-3), nn.SiLU())


class Split(nn.Module):
    """YOLOv8's C2f: half of the channels goes through bottlenecks, all that came up is joined."""

    def __init__(self, i, o, add=True):
        super().__init__()
        self.first, self.last = conv(i, o), conv(o // 2 * 3, o)
        self.deep = nn.Sequential(conv(o // 2, o // 2, 3), conv(o // 2, o // 2, 3))
        self.add = add

    def forward(self, x):
        y = list(self.first(x).chunk(2, 1))
        y.append(y[-1] + self.deep(y[-1]) if self.add else self.deep(y[-1]))
        return self.last(torch.cat(y, 1))


class Detect(nn.Module):
    """As YOLOv8: pyramid pooling, up and down again, boxes as distributions over a grid of points."""

    def __init__(self):
        super().__init__()
        self.s3 = nn.Sequential(conv(3, 4, 3, 2), conv(4, 4, 3, 2), Split(4, 4), conv(4, 8, 3, 2), Split(8, 8))
        self.s4 = nn.Sequential(conv(8, 8, 3, 2), Split(8, 8))
        self.s5 = nn.Sequential(conv(8, 8, 3, 2), Split(8, 8))
        self.before, self.after = conv(8, 4), conv(16, 8)
        self.up = nn.Upsample(scale_factor=2)
        self.h4, self.h3 = Split(16, 8, False), Split(16, 8, False)
        self.down3, self.n4 = conv(8, 8, 3, 2), Split(16, 8, False)
        self.down4, self.n5 = conv(8, 8, 3, 2), Split(16, 8, False)
        self.box = nn.ModuleList(nn.Sequential(conv(8, 8, 3), nn.Conv2d(8, 16, 1)) for _ in range(3))
        self.kind = nn.ModuleList(nn.Sequential(conv(8, 8, 3), nn.Conv2d(8, 3, 1)) for _ in range(3))
        self.bins = nn.Conv2d(4, 1, 1, bias=False)
        self.bins.weight.data[:] = torch.arange(4.0).view(1, 4, 1, 1)

    def forward(self, x):
        p3 = self.s3(x)
        p4 = self.s4(p3)
        y = [self.before(self.s5(p4))]
        for _ in range(3):
            y.append(F.max_pool2d(y[-1], 5, 1, 2))
        p5 = self.after(torch.cat(y, 1))
        h4 = self.h4(torch.cat((self.up(p5), p4), 1))
        h3 = self.h3(torch.cat((self.up(h4), p3), 1))
        n4 = self.n4(torch.cat((self.down3(h3), h4), 1))
        n5 = self.n5(torch.cat((self.down4(n4), p5), 1))
        levels = [torch.cat((box(x), kind(x)), 1) for x, box, kind in zip((h3, n4, n5), self.box, self.kind)]
        points, strides = [], []
        for level, stride in zip(levels, (8, 16, 32)):
            h, w = level.shape[2:]
            columns = torch.arange(w, dtype=x.dtype) + 0.5
            rows = torch.arange(h, dtype=x.dtype) + 0.5
            rows, columns = torch.meshgrid(rows, columns, indexing="ij")
            points.append(torch.stack((columns, rows), -1).view(-1, 2))
            strides.append(torch.full((h * w, 1), float(stride), dtype=x.dtype))
        points, strides = torch.cat(points).t().unsqueeze(0), torch.cat(strides).t()
        box, kind = torch.cat([y.view(y.shape[0], 19, -1) for y in levels], 2).split((16, 3), 1)
        b, _, n = box.shape
        sides = self.bins(box.view(b, 4, 4, n).transpose(2, 1).softmax(1)).view(b, 4, n)
        before, after = sides.chunk(2, 1)
        first, last = points - before, points + after
        return torch.cat((torch.cat(((first + last) / 2, last - first), 1) * strides, kind.sigmoid()), 1)


class Pixels(nn.LayerNorm):
    """LayerNorm over the channels of a picture."""

    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class NextBlock(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.spatial, self.norm = nn.Conv2d(c, c, 7, padding=3, groups=c), nn.LayerNorm(c, 1e-6)
        self.up, self.down = nn.Linear(c, 4 * c), nn.Linear(4 * c, c)
        self.gamma = nn.Parameter(torch.rand(c))

    def forward(self, x):
        y = self.norm(self.spatial(x).permute(0, 2, 3, 1))
        return x + (self.gamma * self.down(F.gelu(self.up(y)))).permute(0, 3, 1, 2)


class ConvNext(nn.Sequential):
    """ConvNeXt in small."""

    def __init__(self):
        super().__init__(nn.Conv2d(3, 8, 4, 4), Pixels(8, 1e-6), NextBlock(8), Pixels(8, 1e-6), nn.Conv2d(8, 12, 2, 2),
                         NextBlock(12), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.LayerNorm(12, 1e-6), nn.Linear(12, 5))


class MobileVit(nn.Module):
    """MobileViT's block in small: attention among the pixels that lie at one place of every patch."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(conv(3, 8, 3, 2), conv(8, 8, 3))
        self.expand = nn.Sequential(conv(8, 16), nn.Conv2d(16, 16, 3, 2, 1, groups=16), nn.Conv2d(16, 8, 1))
        self.local, self.inward = conv(8, 8, 3), nn.Conv2d(8, 12, 1, bias=False)
        self.norm1, self.qkv, self.mix = nn.LayerNorm(12), nn.Linear(12, 36), nn.Linear(12, 12)
        self.norm2, self.up, self.down = nn.LayerNorm(12), nn.Linear(12, 24), nn.Linear(24, 12)
        self.outward, self.fuse = conv(12, 8), conv(16, 8, 3)
        self.classify = nn.Linear(8, 5)

    def forward(self, x):
        x = self.expand(self.stem(x))
        y = self.inward(self.local(x))
        b, c, h, w = y.shape
        rows, columns = h // 2, w // 2
        y = y.reshape(b * c * rows, 2, columns, 2).transpose(1, 2)
        y = y.reshape(b, c, rows * columns, 4).transpose(1, 3).reshape(b * 4, rows * columns, c)
        q, k, v = self.qkv(self.norm1(y)).reshape(b * 4, -1, 3, 2, 6).permute(2, 0, 3, 1, 4).unbind(0)
        y = y + self.mix(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b * 4, -1, c))
        y = y + self.down(F.silu(self.up(self.norm2(y))))
        y = y.view(b, 4, rows * columns, c).transpose(1, 3)
        y = y.reshape(b * c * rows, columns, 2, 2).transpose(1, 2).reshape(b, c, h, w)
        return self.classify(self.fuse(torch.cat((x, self.outward(y)), 1)).mean((2, 3)))


class Upscale(nn.Module):
    """EDSR in small: residual blocks without normalisation, then pixels out of channels."""

    def __init__(self):
        super().__init__()
        self.head = nn.Conv2d(3, 8, 3, padding=1)
        self.blocks = nn.ModuleList(nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1))
                                    for _ in range(2))
        self.tail = nn.Sequential(nn.Conv2d(8, 32, 3, padding=1), nn.PixelShuffle(2), nn.Conv2d(8, 3, 3, padding=1))

    def forward(self, x):
        first = x = self.head(x)
        for block in self.blocks:
            x = x + 0.1 * block(x)
        return self.tail(first + x)


class Keywords(nn.Sequential):
    """Raw sound to words (M5, Dai et al. 2017) in small."""

    def __init__(self):
        super().__init__(nn.Conv1d(1, 4, 20, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.MaxPool1d(4),
                         nn.Conv1d(4, 4, 3), nn.BatchNorm1d(4), nn.ReLU(), nn.MaxPool1d(4),
                         nn.Conv1d(4, 8, 3), nn.BatchNorm1d(8), nn.ReLU(), nn.AdaptiveAvgPool1d(1),
                         nn.Flatten(), nn.Linear(8, 5), nn.LogSoftmax(1))


class Video(nn.Module):
    """Pictures one after the other (C3D, Tran et al. 2015) in small; depthwise, dilated and strided too."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv3d(3, 6, 3, padding=1), nn.BatchNorm3d(6), nn.ReLU(), nn.MaxPool3d((1, 2, 2)))
        self.depthwise = nn.Conv3d(6, 6, (3, 5, 3), padding=(2, 2, 1), dilation=(2, 1, 1), groups=6)
        self.pointwise = nn.Conv3d(6, 8, 1, bias=False)
        self.strided = nn.Conv3d(8, 12, 3, stride=2, padding=(0, 1, 1), groups=2)
        self.classify = nn.Linear(12, 5)

    def forward(self, x):
        x = F.silu(self.pointwise(self.depthwise(self.stem(x))))
        x = F.avg_pool3d(F.relu(self.strided(x)), 2, 1, 1, count_include_pad=False)
        x = F.max_pool3d(x, 2, 2, ceil_mode=True)
        return self.classify(F.adaptive_avg_pool3d(x, 1).flatten(1))


PICTURE = (2, 3, 16, 16)
MODELS = {
    "separable": (Separable, PICTURE),
    "attention": (Attention, PICTURE),
    "dot": (Dot, PICTURE),
    "segment": (Segment, (1, 3, 12, 14)),
    "select": (Select, (3, 10)),
    "audio": (Audio, (2, 2, 40)),
    "branch": (Branch, (1, 3, 10, 9)),
    "alexnet": (AlexNet, (2, 3, 23, 23)),
    "detect": (Detect, (1, 3, 32, 32)),
    "convnext": (ConvNext, PICTURE),
    "mobilevit": (MobileVit, PICTURE),
    "upscale": (Upscale, (1, 3, 9, 7)),
    "keywords": (Keywords, (2, 1, 400)),
    "video": (Video, (2, 3, 7, 11, 10)),
}
WAYS = [("script", 11), ("script", 13), ("script", 17), ("script", 20),
        ("dynamo", 18), ("dynamo", 21), ("dynamo", 23)]
# of whole networks these are enough
NETWORKS = ["alexnet", "detect", "convnext", "mobilevit", "upscale", "keywords", "video"]
NETWORK_WAYS = [("script", 17), ("dynamo", 18)]


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
    for name in sys.argv[1:] or MODELS:
        kind, sizes = MODELS[name]
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
        for exporter, opset in NETWORK_WAYS if name in NETWORKS else WAYS:
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
