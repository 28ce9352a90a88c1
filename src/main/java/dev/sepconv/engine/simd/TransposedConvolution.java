package dev.sepconv.engine.simd;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.EngineException;
import dev.sepconv.Op.ConvolveTransposed;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A transposed convolution as ordinary ones: output pixels whose row and column leave the same
 * remainders on division by the strides read the same taps, so each pair of remainders is a
 * convolution of its own, whose outputs lie strides apart.
 */
final class TransposedConvolution {

    private static final Padding.Explicit NONE = new Padding.Explicit(0, 0, 0, 0);
    /** Each is a step of its own; a network that is in use has 4 or 16. */
    private static final int MOST_PHASES = 4096;

    private TransposedConvolution() {
    }

    /**
     * What the output rows, or columns, of one remainder read: output {@code first + i * stride}
     * reads input {@code i + offset + t * dilation} with tap {@code taps[t]}.
     *
     * @param count how many such outputs there are
     */
    private record Phase(int first, int count, int[] taps, int offset, int dilation) {

        /** Those that read any input, at most as many as the kernel is long. */
        static List<Phase> of(int outSize, int kernel, int stride, int dilation, int pad) {
            int shared = gcd(stride, dilation);
            Map<Integer, List<Integer>> taps = new TreeMap<>();
            for (int r = kernel - 1; r >= 0; r--) {
                taps.computeIfAbsent(Math.floorMod((long) r * dilation - pad, stride),
                        remainder -> new ArrayList<>()).add(r);
            }
            List<Phase> phases = new ArrayList<>();
            taps.forEach((remainder, of) -> {
                if (remainder < outSize) {
                    long reached = remainder + pad - (long) of.getFirst() * dilation;
                    phases.add(new Phase(remainder, Math.ceilDiv(outSize - remainder, stride),
                            of.stream().mapToInt(r -> r).toArray(), (int) (reached / stride),
                            dilation / shared));
                }
            });
            return phases;
        }

        /** Pixels before the first of the input that are read. */
        int before() {
            return Math.max(0, -offset);
        }

        /** Pixels past the last of {@code size} that are read. */
        int after(int size) {
            return Math.max(0, count + offset + (taps.length - 1) * dilation - size);
        }
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    private static List<Phase> rows(ConvolveTransposed op, Shape out) {
        Conv2d kernel = op.kernel();
        return Phase.of(out.h(), kernel.kernelHeight(), kernel.strideHeight(),
                kernel.dilationHeight(), ((Padding.Explicit) kernel.padding()).top());
    }

    private static List<Phase> columns(ConvolveTransposed op, Shape out) {
        Conv2d kernel = op.kernel();
        return Phase.of(out.w(), kernel.kernelWidth(), kernel.strideWidth(), kernel.dilationWidth(),
                ((Padding.Explicit) kernel.padding()).left());
    }

    /** The zeros that must lie round the input. */
    static Padding.Explicit border(ConvolveTransposed op, Shape in, Shape out) {
        List<Phase> rows = rows(op, out);
        List<Phase> columns = columns(op, out);
        return new Padding.Explicit(rows.stream().mapToInt(Phase::before).max().orElse(0),
                columns.stream().mapToInt(Phase::before).max().orElse(0),
                rows.stream().mapToInt(phase -> phase.after(in.h())).max().orElse(0),
                columns.stream().mapToInt(phase -> phase.after(in.w())).max().orElse(0));
    }

    /**
     * The steps, in their order: where some output pixels read no input, first all are filled.
     *
     * @param in where the input's pixels lie, {@link Grid#grouped}, with a border at least as wide
     * as {@link #border} says
     */
    static List<Step> steps(ConvolveTransposed op, Grid in, Shape outShape, Grid out,
            PlanMemory memory) {
        Conv2d kernel = op.kernel();
        List<Phase> rows = rows(op, outShape);
        List<Phase> columns = columns(op, outShape);
        if ((long) rows.size() * columns.size() > MOST_PHASES) {
            throw new EngineException(
                    ("engine simd makes a transposed convolution of ordinary ones,"
                            + " one for each of %d × %d remainders of its strides here, and at most %d of"
                            + " them; engine plain takes it")
                            .formatted(rows.size(), columns.size(), MOST_PHASES));
        }
        List<Step> steps = new ArrayList<>();
        if (rows.size() < Math.min(kernel.strideHeight(), outShape.h())
                || columns.size() < Math.min(kernel.strideWidth(), outShape.w())) {
            steps.add(new FillStep(bias(op), outShape, out));
        }
        for (Phase row : rows) {
            for (Phase column : columns) {
                Grid to = new Grid(out.at(0, row.first, column.first), out.image(),
                        out.row() * kernel.strideHeight(), out.pixel() * kernel.strideWidth(),
                        out.elements());
                Shape shape = new Shape(outShape.n(), outShape.c(), row.count, column.count);
                Conv2d conv = new Conv2d(kernel.inChannels(), kernel.outChannels(), row.taps.length,
                        column.taps.length, 1, 1, row.dilation, column.dilation, NONE,
                        kernel.groups(), op.bias() != null, kernel.activation());
                Grid from = new Grid(in.at(0, row.offset, column.offset), in.image(), in.row(),
                        in.pixel(), in.elements());
                steps.add(new DenseStep(conv,
                        new ConvWeights(weight(op, conv, row.taps, column.taps), op.bias()), NONE,
                        from, null, to, shape, memory));
            }
        }
        return steps;
    }

    /** What there is where no input pixel reaches. */
    private static float[] bias(ConvolveTransposed op) {
        float[] bias = op.bias() == null ? new float[op.kernel().outChannels()] : op.bias().clone();
        new Epilogue(op.kernel().activation()).apply(bias, 0, 1, bias.length);
        return bias;
    }

    /** Some taps of the weights {@code [C, K/G, R, S]} as {@code [K, C/G, taps, taps]}. */
    private static float[] weight(ConvolveTransposed op, Conv2d conv, int[] rows, int[] columns) {
        int groupOut = conv.outChannels() / conv.groups();
        int groupIn = conv.inChannels() / conv.groups();
        int kernelHeight = op.kernel().kernelHeight();
        int kernelWidth = op.kernel().kernelWidth();
        float[] weight = new float[conv.weightCount()];
        int at = 0;
        for (int k = 0; k < conv.outChannels(); k++) {
            for (int c = 0; c < groupIn; c++) {
                int channel = k / groupOut * groupIn + c;
                for (int r : rows) {
                    for (int s : columns) {
                        weight[at++] = op
                                .weight()[((channel * groupOut + k % groupOut) * kernelHeight + r)
                                        * kernelWidth + s];
                    }
                }
            }
        }
        return weight;
    }
}
