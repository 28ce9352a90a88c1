package dev.sepconv.compare;

import dev.sepconv.ChannelShuffle;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvStack;
import dev.sepconv.ConvWeights;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Padding;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.cost.Cost;
import dev.sepconv.io.Resampling;
import dev.sepconv.reference.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Draws docs/images/article/*.svg: the steps of a convolution as pictures. Everything in them is
 * computed: maps are those of a small copy of the built-in picture, filters those of
 * {@link FilterBank}, counts those of {@link Cost}. Run {@link #main} with the folder to write to;
 * a test compares what is there with what this draws.
 */
final class ArticleDrawings {

    /** Channels of the picture, filters, and their size: the letters of the article. */
    private static final int C = 3;
    private static final int N = 4;
    private static final int K = 3;

    /** The small picture's longer side; one cell of a map is this large. */
    private static final int SIDE = 24;
    private static final double CELL = 4;

    /** What is taken of the built-in picture: the lighthouse and the house, in pixels. */
    private static final int LEFT = 12;
    private static final int TOP = 26;
    private static final int WIDE = 192;
    private static final int HIGH = 144;

    private static final String[] COLOURS = {"red", "green", "blue"};
    private static final String[] CLASSES = {"a", "b", "c", "d"};
    private static final int LEVELS = 12;

    private final FilterBank bank = new FilterBank(K, N, 42);
    private final Tensor picture = Resampling.shrink(picture(), SIDE);
    private final int height = picture.shape().h();
    private final int width = picture.shape().w();

    private ArticleDrawings() {
    }

    public static void main(String[] args) throws IOException {
        Path folder = Files.createDirectories(Path.of(args[0]));
        for (Map.Entry<String, String> drawing : all().entrySet()) {
            Files.writeString(folder.resolve(drawing.getKey()), drawing.getValue());
        }
    }

    /** The text of each file by its name. */
    static Map<String, String> all() {
        ArticleDrawings draw = new ArticleDrawings();
        Map<String, String> files = new LinkedHashMap<>();
        files.put("maps.svg", draw.maps().text());
        files.put("filters.svg", draw.filters().text());
        files.put("standard.svg", draw.standard().text());
        files.put("depthwise.svg", draw.depthwise().text());
        files.put("pointwise.svg", draw.pointwise().text());
        files.put("groups.svg", groups().text());
        files.put("shuffle.svg", shuffle().text());
        files.put("stacks.svg", stacks().text());
        return files;
    }

    private Svg maps() {
        double cell = 5.4;
        double wide = width * cell;
        double high = height * cell;
        Svg svg = new Svg(236, "A picture is three maps, one a colour: C by H by W numbers");
        svg.text(16, 26, "strong", "a picture").text(16, 44, "dim", "each pixel has a colour");
        colours(svg, 16, 56, cell);
        svg.arrow(16 + wide + 8, 56 + high / 2, 16 + wide + 38);
        double left = 190;
        svg.text(left, 26, "strong", "the same as C maps").text(left, 44, "dim",
                "each pixel has a number");
        for (int c = C - 1; c >= 0; c--) {
            double x = left + c * 44;
            double y = 56 + c * 32;
            svg.rect(x - 1, y - 1, wide + 2, high + 2, "card");
            map(svg, picture, c, x, y, cell, COLOURS[c]);
        }
        svg.text(16, 56 + high + 26, "dim", "C = %d channels".formatted(C));
        svg.text(16, 56 + high + 44, "dim", "H × W = %d × %d".formatted(height, width));
        svg.text(16, 56 + high + 70, "strong", "C·H·W = %d".formatted(picture.shape().elements()));
        return svg;
    }

    private Svg filters() {
        Svg svg = new Svg(338, "Four filters, each with three times three by three weights");
        double cell = 16;
        double pitch = 84;
        for (int c = 0; c < C; c++) {
            svg.text(176 + c * pitch + 1.5 * cell, 26, "middle dim", "for " + COLOURS[c]);
        }
        for (int n = 0; n < N; n++) {
            double y = 38 + n * 62;
            svg.text(16, y + 22, "strong", bank.get(n).name()).text(16, y + 40, "dim",
                    "C·K·K = %d weights".formatted(C * K * K));
            for (int c = 0; c < C; c++) {
                kernel(svg, bank.get(n).weight(), c * K * K, K, 176 + c * pitch, y, cell);
            }
        }
        long weights = weights(Conv2d.of(C, N, K));
        svg.text(16, 304, "strong",
                "K²·C·N = %d·%d·%d = %d weights".formatted(K * K, C, N, weights));
        svg.square(16, 315, 11, WARM, 0.9).text(32, 325, "dim", "above 0")
                .square(92, 315, 11, COLD, 0.9).text(108, 325, "dim", "below 0")
                .text(176, 325, "dim", "no colour: 0");
        return svg;
    }

    private Svg standard() {
        Conv2d conv = Conv2d.of(C, N, K).withPadding(Padding.SAME_UPPER);
        float[] weights = new float[N * C * K * K];
        for (int n = 0; n < N; n++) {
            System.arraycopy(bank.get(n).weight(), 0, weights, n * C * K * K, C * K * K);
        }
        Tensor output = run(conv, weights, picture);
        Svg svg = new Svg(424,
                "Standard convolution: a filter reads a window of all channels and gives one number a pixel");
        headings(svg, "C = %d maps".formatted(C), "one filter", "N = %d maps".formatted(N));
        int shown = 1;
        double sumX = 248;
        double sumY = outTop(shown) + pixelY();
        for (int c = 0; c < C; c++) {
            input(svg, picture, c, COLOURS[c]);
            window(svg, inTop(c, C), K);
            kernel(svg, bank.get(shown).weight(), c * K * K, K, 158, inTop(c, C) + 18, 13);
            svg.line(windowRight(K), inTop(c, C) + pixelY(), 154, inTop(c, C) + 37, "wire");
            svg.line(200, inTop(c, C) + 37, sumX - 9, sumY, "wire");
        }
        for (int n = 0; n < N; n++) {
            output(svg, output, n, n == shown);
        }
        sum(svg, sumX, sumY, outLeft() + pixelX());
        svg.text(16, 398, "",
                "%d products added up give one pixel of one map.".formatted(C * K * K));
        svg.text(16, 415, "dim",
                "The other filters do the same: %d weights in all.".formatted(weights(conv)));
        return svg;
    }

    private Svg depthwise() {
        Conv2d conv = Conv2d.depthwise(C, 1, K).withPadding(Padding.SAME_UPPER);
        float[] pattern = bank.get(1).pattern();
        float[] weights = new float[C * K * K];
        for (int c = 0; c < C; c++) {
            System.arraycopy(pattern, 0, weights, c * K * K, K * K);
        }
        Tensor output = run(conv, weights, picture);
        Svg svg = new Svg(338,
                "Depthwise step: each channel has a filter of its own and sees no other channel");
        headings(svg, "C = %d maps".formatted(C), "C filters", "C = %d maps".formatted(C));
        for (int c = 0; c < C; c++) {
            double top = outTop(c);
            framed(svg, picture, c, 16, top, COLOURS[c]);
            window(svg, top, K);
            kernel(svg, weights, c * K * K, K, 166, top + 15, 13);
            svg.line(windowRight(K), top + pixelY(), 162, top + pixelY(), "wire");
            svg.line(208, top + pixelY(), outLeft() + pixelX(), top + pixelY(), "wire");
            framed(svg, output, c, outLeft(), top, "");
            pixel(svg, outLeft(), top);
        }
        svg.text(16, 308, "", "%d products give one pixel: space is filtered,".formatted(K * K));
        svg.text(16, 326, "", "no colours are mixed. K²·C = %d weights.".formatted(weights(conv)));
        return svg;
    }

    private Svg pointwise() {
        FilterBank colours = new FilterBank(1, N, 42);
        float[] mixes = new float[N * C];
        for (int n = 0; n < N; n++) {
            System.arraycopy(colours.get(n).weight(), 0, mixes, n * C, C);
        }
        Conv2d conv = Conv2d.of(C, N, 1);
        Tensor output = run(conv, mixes, picture);
        Svg svg = new Svg(424,
                "Pointwise step: each pixel's channels are mixed, without its neighbours");
        headings(svg, "C = %d maps".formatted(C), "N filters 1×1", "N = %d maps".formatted(N));
        int shown = 1;
        for (int c = 0; c < C; c++) {
            input(svg, picture, c, COLOURS[c]);
            pixel(svg, 16, inTop(c, C));
        }
        for (int n = 0; n < N; n++) {
            double y = outTop(n) + pixelY();
            for (int c = 0; c < C; c++) {
                svg.line(16 + pixelX() + CELL, inTop(c, C) + pixelY(), 188, y - 14 + 14 * c,
                        n == shown ? "wire" : "faint");
            }
            for (int c = 0; c < C; c++) {
                kernel(svg, mixes, n * C + c, 1, 188, y - 21 + 14 * c, 14);
            }
            svg.line(202, y, outLeft() + (n == shown ? pixelX() : 0), y,
                    n == shown ? "wire" : "faint");
            output(svg, output, n, n == shown);
        }
        svg.text(16, 398, "", "%d products give one pixel: colours are mixed,".formatted(C));
        svg.text(16, 415, "", "no neighbour is seen. C·N = %d weights.".formatted(weights(conv)));
        return svg;
    }

    private static Svg groups() {
        int channels = 8;
        Svg svg = new Svg(690,
                "Which output channel reads which input channel: standard, groups, depthwise, and separable");
        double pitch = 204;
        int[] groups = {1, 2, 4, channels};
        String[] names = {"standard: g = 1", "two groups", "four groups", "depthwise: g = C"};
        for (int i = 0; i < groups.length; i++) {
            double x = 24 + i % 2 * pitch;
            double y = 54 + i / 2 * 212;
            Conv2d conv = Conv2d.of(channels, channels, K).withGroups(groups[i]);
            svg.text(x, y - 28, "strong", names[i]).text(x, y - 10, "dim",
                    weights(conv) + " weights");
            matrix(svg, x, y, channels, conv, 19);
        }
        SeparableConv2d separable = SeparableConv2d.keras(channels, channels, K, 1);
        double y = 478;
        svg.text(24, y - 28, "strong", "separable: depthwise, then pointwise").text(24, y - 10,
                "dim", "%d + %d = %d weights".formatted(weights(separable.depthwise()),
                        weights(separable.pointwise()), weights(separable)));
        matrix(svg, 24, y, channels, separable.depthwise(), 19);
        svg.text(24 + pitch - 26, y + 80, "middle", "→");
        matrix(svg, 24 + pitch, y, channels, separable.pointwise(), 19);
        svg.rect(24, 644, 12, 12, "a").text(42, 655, "dim", "K×K weights").circle(140, 650, 3, "b")
                .text(150, 655, "dim", "one weight")
                .text(24, 676, "dim", "A row is a channel out, a column a channel in.");
        return svg;
    }

    /**
     * A row for each output channel, a column for each input channel; what is filled has weights.
     */
    private static void matrix(Svg svg, double x, double y, int channels, Conv2d conv,
            double cell) {
        int perGroup = channels / conv.groups();
        for (int out = 0; out < channels; out++) {
            for (int in = 0; in < channels; in++) {
                boolean reads = out / perGroup == in / perGroup;
                double left = x + in * cell;
                double top = y + out * cell;
                svg.rect(left, top, cell - 1.5, cell - 1.5,
                        reads && conv.kernelHeight() > 1 ? "a" : "none");
                if (reads && conv.kernelHeight() == 1) {
                    svg.circle(left + (cell - 1.5) / 2, top + (cell - 1.5) / 2, 2.5, "b");
                }
            }
        }
    }

    private static Svg shuffle() {
        int channels = 9;
        int groups = 3;
        Svg svg = new Svg(312,
                "Channel shuffle: after it every group of the next convolution has channels of every group before");
        double[] x = {28, 148, 244, 364};
        svg.text(28, 26, "strong", "grouped").text(148, 26, "strong", "shuffle").text(268, 26,
                "strong", "grouped again");
        int perGroup = channels / groups;
        for (int out = 0; out < channels; out++) {
            for (int in = 0; in < channels; in++) {
                if (in / perGroup == out / perGroup) {
                    svg.line(x[0], top(in), x[1], top(out), "s" + CLASSES[in / perGroup] + " thin");
                    svg.line(x[2], top(in), x[3], top(out), "wire");
                }
            }
        }
        for (int to = 0; to < channels; to++) {
            int from = new ChannelShuffle(channels, groups).source(to);
            svg.line(x[1], top(from), x[2], top(to), "s" + CLASSES[from / perGroup]);
            svg.circle(x[0], top(from), 7, CLASSES[from / perGroup]).circle(x[1], top(from), 7,
                    CLASSES[from / perGroup]);
            svg.circle(x[2], top(to), 7, CLASSES[from / perGroup]);
        }
        for (int out = 0; out < channels; out++) {
            for (int group = 0; group < groups; group++) {
                double at = x[3] - 8 + 8 * group;
                svg.circle(at, top(out), 4, CLASSES[group]);
            }
        }
        svg.text(16, 286, "", "Channel i of group j becomes channel j of group i.");
        svg.text(16, 303, "dim",
                "No weights, and now every output has seen all %d groups.".formatted(groups));
        return svg;
    }

    private static double top(int channel) {
        return 48 + channel * 24 + channel / 3 * 6;
    }

    private static Svg stacks() {
        Svg svg = new Svg(324, "Stacks of 3 by 3: two see five pixels across, three see seven");
        pyramid(svg, 16, 2);
        pyramid(svg, 214, 3);
        int channels = 1;
        for (int depth = 2; depth <= 3; depth++) {
            double x = depth == 2 ? 16 : 214;
            int side = 2 * depth + 1;
            Conv2d three = Conv2d.of(channels, channels, 3);
            Layer stack = depth == 2
                    ? ConvStack.of(three, three)
                    : ConvStack.of(three, three, three);
            long large = weights(Conv2d.of(channels, channels, side));
            svg.text(x, 270, "", "one %d×%d: %d weights".formatted(side, side, large));
            svg.text(x, 290, "strong", "%d of 3×3: %d weights".formatted(depth, weights(stack)));
            svg.text(x, 310, "dim", "for each pair of channels");
        }
        return svg;
    }

    /** What one number has read, layer by layer, seen from the side: one row of each map. */
    private static void pyramid(Svg svg, double x, int depth) {
        int side = 2 * depth + 1;
        double cell = 25;
        svg.text(x, 26, "strong",
                "%s 3×3 see %d×%d".formatted(depth == 2 ? "two" : "three", side, side));
        for (int level = 0; level <= depth; level++) {
            int cells = side - 2 * level;
            double y = 220 - level * 56;
            for (int i = 0; i < cells; i++) {
                double left = x + (level + i) * cell;
                if (level > 0) {
                    svg.path("M%s %sL%s %sH%sZ".formatted(Svg.number(left + cell / 2),
                            Svg.number(y + 22), Svg.number(left - cell + 2), Svg.number(y + 56),
                            Svg.number(left + 2 * cell - 2)), "veil");
                }
            }
        }
        for (int level = 0; level <= depth; level++) {
            int cells = side - 2 * level;
            for (int i = 0; i < cells; i++) {
                svg.rect(x + (level + i) * cell + 1, 220 - level * 56, cell - 2, 22,
                        CLASSES[level]);
            }
        }
    }

    private static final String WARM = "#d4711c";
    private static final String COLD = "#3b82d6";

    private static void kernel(Svg svg, float[] weights, int first, int side, double x, double y,
            double cell) {
        float most = 0;
        for (float weight : weights) {
            most = Math.max(most, Math.abs(weight));
        }
        for (int i = 0; i < side * side; i++) {
            float weight = weights[first + i];
            double left = x + i % side * cell;
            double top = y + i / side * cell;
            if (weight != 0) {
                // the square root, so that small weights can be seen
                svg.square(left, top, cell, weight > 0 ? WARM : COLD,
                        Math.sqrt(Math.abs(weight) / most));
            }
            svg.rect(left, top, cell, cell, "frame");
        }
    }

    private void headings(Svg svg, String left, String middle, String right) {
        svg.text(16, 26, "strong", left).text(187, 26, "strong middle", middle).text(outLeft(), 26,
                "strong", right);
    }

    private double outLeft() {
        return 404 - width * CELL;
    }

    private double outTop(int map) {
        return 40 + map * 84;
    }

    /**
     * Where a map of the left column begins; with fewer of them than on the right they stand in the
     * middle.
     */
    private double inTop(int map, int maps) {
        return 40 + (N - maps) * 42 + map * 84;
    }

    /** The pixel that is computed: on the lighthouse's edge. */
    private int row() {
        return height * 7 / 18;
    }

    private int column() {
        return width * 5 / 24;
    }

    private double pixelX() {
        return column() * CELL;
    }

    private double pixelY() {
        return (row() + 0.5) * CELL;
    }

    private double windowRight(int side) {
        return 16 + (column() + side / 2 + 1) * CELL;
    }

    private void input(Svg svg, Tensor of, int map, String colour) {
        framed(svg, of, map, 16, inTop(map, C), colour);
    }

    private void output(Svg svg, Tensor of, int map, boolean shown) {
        framed(svg, of, map, outLeft(), outTop(map), "");
        if (shown) {
            pixel(svg, outLeft(), outTop(map));
        }
    }

    private void framed(Svg svg, Tensor of, int map, double x, double y, String colour) {
        map(svg, of, map, x, y, CELL, colour);
        svg.rect(x, y, width * CELL, height * CELL, "frame");
    }

    private void window(Svg svg, double top, int side) {
        svg.rect(16 + (column() - side / 2) * CELL, top + (row() - side / 2) * CELL, side * CELL,
                side * CELL, "mark");
    }

    private void pixel(Svg svg, double x, double top) {
        svg.rect(x + column() * CELL, top + row() * CELL, CELL, CELL, "mark");
    }

    private static void sum(Svg svg, double x, double y, double to) {
        svg.circle(x, y, 9, "card").circle(x, y, 9, "frame").text(x, y + 5, "middle", "+")
                .line(x + 9, y, to, y, "wire");
    }

    /**
     * A map as cells of a few levels: a colour's from black, others grey, with 0 in the middle as
     * compare's pictures have it.
     */
    private static void map(Svg svg, Tensor tensor, int channel, double x, double y, double cell,
            String colour) {
        Shape shape = tensor.shape();
        float most = 0;
        for (int h = 1; h < shape.h() - 1; h++) {
            // without the border, where the padding's zeros make edges
            for (int w = 1; w < shape.w() - 1; w++) {
                most = Math.max(most, Math.abs(tensor.get(0, channel, h, w)));
            }
        }
        StringBuilder[] runs = new StringBuilder[LEVELS];
        for (int h = 0; h < shape.h(); h++) {
            for (int w = 0; w < shape.w();) {
                int level = level(tensor.get(0, channel, h, w), most, colour.isEmpty());
                int end = w + 1;
                while (end < shape.w()
                        && level(tensor.get(0, channel, h, end), most, colour.isEmpty()) == level) {
                    end++;
                }
                runs[level] = runs[level] == null ? new StringBuilder() : runs[level];
                runs[level].append("M%d %dh%dv1h-%dz".formatted(w, h, end - w, end - w));
                w = end;
            }
        }
        for (int level = 0; level < LEVELS; level++) {
            if (runs[level] != null) {
                int bright = 255 * level / (LEVELS - 1);
                int dark = bright / 4;
                String fill = switch (colour) {
                    case "red" -> "#%02x%02x%02x".formatted(bright, dark, dark);
                    case "green" -> "#%02x%02x%02x".formatted(dark, bright, dark);
                    case "blue" -> "#%02x%02x%02x".formatted(dark, dark + bright / 8, bright);
                    default -> "#%02x%02x%02x".formatted(bright, bright, bright);
                };
                svg.path(runs[level].toString(), fill, x, y, cell);
            }
        }
    }

    private static int level(float value, float most, boolean signed) {
        double share = signed ? 0.5 + value / (2 * most) : value;
        return (int) Math.round(Math.clamp(share, 0, 1) * (LEVELS - 1));
    }

    private void colours(Svg svg, double x, double y, double cell) {
        for (int h = 0; h < height; h++) {
            for (int w = 0; w < width; w++) {
                String fill = "#%02x%02x%02x".formatted(byteOf(0, h, w), byteOf(1, h, w),
                        byteOf(2, h, w));
                svg.path("M%d %dh1v1h-1z".formatted(w, h), fill, x, y, cell);
            }
        }
    }

    private int byteOf(int channel, int h, int w) {
        // in steps of 8: a text file has no use for more
        return Math.min(255, Math.round(picture.get(0, channel, h, w) * 31.875f) * 8);
    }

    private static Tensor picture() {
        var painted = DefaultPicture.paint();
        Tensor tensor = Tensor.zeros(Shape.of(C, HIGH, WIDE), Layout.NCHW);
        for (int c = 0; c < C; c++) {
            for (int h = 0; h < HIGH; h++) {
                for (int w = 0; w < WIDE; w++) {
                    tensor.set(0, c, h, w,
                            (painted.getRGB(LEFT + w, TOP + h) >> 16 - 8 * c & 255) / 255f);
                }
            }
        }
        return tensor;
    }

    private static Tensor run(Conv2d conv, float[] weights, Tensor input) {
        double[] exact = Reference.run(conv, List.of(ConvWeights.of(weights)), input);
        float[] rounded = new float[exact.length];
        for (int i = 0; i < exact.length; i++) {
            rounded[i] = (float) exact[i];
        }
        return Tensor.of(conv.outputShape(input.shape()), Layout.NCHW, rounded);
    }

    private static long weights(Layer layer) {
        return Cost.of(layer, Shape.of(layer.stages().getFirst().inChannels(), 16, 16)).weights();
    }
}
