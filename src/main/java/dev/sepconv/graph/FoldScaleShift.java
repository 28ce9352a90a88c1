package dev.sepconv.graph;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Dims;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.Padding;
import java.util.Optional;

/**
 * A scale and shift of each channel becomes part of the weights and the bias of the convolution,
 * transposed convolution or fully connected layer before or after it, or of another scale and
 * shift. Before a convolution only where that is exact: padding is 0, not the shift, so with a
 * shift there must be none. Computed in float64, rounded once.
 */
final class FoldScaleShift {

    private FoldScaleShift() {
    }

    static Network run(Wiring wiring) {
        Network network = wiring.network();
        return wiring.joinPairs((first, second) -> {
            Dims in = network
                    .dims(first.inputs().isEmpty() ? first.output() : first.inputs().getFirst());
            Optional<Op> op = second.op() instanceof Op.ScaleShift after
                    ? after(first.op(), after, network.dims(first.output()))
                    : first.op() instanceof Op.ScaleShift before
                            ? before(before, second.op(), in)
                            : Optional.empty();
            String name = second.op() instanceof Op.ScaleShift ? first.name() : second.name();
            return op.map(joined -> new Node(name, joined, first.inputs(), second.output()));
        });
    }

    /** {@code op}, then {@code after}. */
    private static Optional<Op> after(Op op, Op.ScaleShift after, Dims between) {
        float[] scale = after.scale();
        float[] shift = after.shift();
        return switch (op) {
            case Op.Convolve convolve -> after(convolve, scale, shift);
            case Op.ConvolveTransposed transposed -> after(transposed, scale, shift);
            // of two dimensions only: elsewhere dimension 1 is not the last, along which the
            // outputs lie
            case Op.FullyConnected connected ->
                between.rank() == 2 && connected.activation().equals(Activation.NONE)
                        ? Optional.of(new Op.FullyConnected(connected.outputs(),
                                rowsScaled(connected.weight(), scale),
                                biasAfter(connected.bias(), scale, shift), Activation.NONE))
                        : Optional.empty();
            case Op.ScaleShift before ->
                Optional.of(new Op.ScaleShift(rowsScaled(before.scale(), scale),
                        scaled(before.shift(), scale, shift)));
            default -> Optional.empty();
        };
    }

    private static Optional<Op> after(Op.Convolve convolve, float[] scale, float[] shift) {
        int last = convolve.weights().size() - 1;
        Conv2d stage = convolve.layer().stages().get(last);
        if (!stage.activation().equals(Activation.NONE)) {
            return Optional.empty();
        }
        ConvWeights old = convolve.weights().get(last);
        float[] bias = biasAfter(old.bias(), scale, shift);
        return Optional.of(Stages.with(convolve, last, stage.withBias(bias != null),
                new ConvWeights(rowsScaled(old.weight(), scale), bias)));
    }

    private static Optional<Op> after(Op.ConvolveTransposed transposed, float[] scale,
            float[] shift) {
        Conv2d kernel = transposed.kernel();
        if (!kernel.activation().equals(Activation.NONE)) {
            return Optional.empty();
        }
        int filters = kernel.outChannels() / kernel.groups();
        int channels = kernel.inChannels() / kernel.groups();
        int taps = kernel.kernelHeight() * kernel.kernelWidth();
        float[] weight = new float[transposed.weight().length];
        for (int i = 0; i < weight.length; i++) {
            int group = i / taps / filters / channels;
            weight[i] = (float) ((double) transposed.weight()[i]
                    * scale[group * filters + i / taps % filters]);
        }
        float[] bias = biasAfter(transposed.bias(), scale, shift);
        return Optional.of(new Op.ConvolveTransposed(kernel.withBias(bias != null),
                transposed.outputPaddingHeight(), transposed.outputPaddingWidth(), weight, bias));
    }

    /** Each of {@code factors.length} equally long rows times its factor. */
    private static float[] rowsScaled(float[] rows, float[] factors) {
        int length = rows.length / factors.length;
        float[] scaled = new float[rows.length];
        for (int row = 0; row < factors.length; row++) {
            rowScaled(rows, row * length, length, factors[row], scaled);
        }
        return scaled;
    }

    /** A method of its own: called often, it is soon compiled. */
    private static void rowScaled(float[] rows, int from, int length, float factor,
            float[] scaled) {
        for (int i = from; i < from + length; i++) {
            scaled[i] = (float) ((double) rows[i] * factor);
        }
    }

    /** {@code bias * scale + shift}; null where there was no bias and all shifts are 0. */
    private static float[] biasAfter(float[] bias, float[] scale, float[] shift) {
        return bias != null ? scaled(bias, scale, shift) : allZero(shift) ? null : shift;
    }

    private static float[] scaled(float[] numbers, float[] scale, float[] shift) {
        float[] result = new float[shift.length];
        for (int k = 0; k < result.length; k++) {
            result[k] = (float) ((double) numbers[k] * scale[k] + shift[k]);
        }
        return result;
    }

    /** {@code before}, then {@code op}. */
    private static Optional<Op> before(Op.ScaleShift before, Op op, Dims in) {
        boolean scaleOnly = allZero(before.shift());
        return switch (op) {
            case Op.Convolve convolve -> before(before, convolve, in, scaleOnly);
            // output pixels have different numbers of taps, so a shift would not be the same for
            // all
            case Op.ConvolveTransposed transposed -> scaleOnly
                    ? Optional.of(new Op.ConvolveTransposed(transposed.kernel(),
                            transposed.outputPaddingHeight(), transposed.outputPaddingWidth(),
                            rowsScaled(transposed.weight(), before.scale()), transposed.bias()))
                    : Optional.empty();
            case Op.FullyConnected connected -> in.rank() == 2
                    ? Optional.of(before(before, connected, scaleOnly))
                    : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static Optional<Op> before(Op.ScaleShift before, Op.Convolve convolve, Dims in,
            boolean scaleOnly) {
        Conv2d stage = convolve.layer().stages().getFirst();
        if (!scaleOnly
                && !stage.padding().resolve(stage, in.get(2), in.get(3)).equals(Padding.VALID)) {
            return Optional.empty();
        }
        ConvWeights old = convolve.weights().getFirst();
        int filters = stage.outChannels() / stage.groups();
        int channels = stage.inChannels() / stage.groups();
        int taps = stage.kernelHeight() * stage.kernelWidth();
        float[] weight = new float[old.weight().length];
        double[] added = new double[stage.outChannels()];
        for (int i = 0; i < weight.length; i++) {
            int k = i / taps / channels;
            int c = k / filters * channels + i / taps % channels;
            weight[i] = (float) ((double) old.weight()[i] * before.scale()[c]);
            added[k] += (double) old.weight()[i] * before.shift()[c];
        }
        float[] bias = scaleOnly ? old.bias() : biasBefore(old.bias(), added);
        return Optional.of(Stages.with(convolve, 0, stage.withBias(bias != null),
                new ConvWeights(weight, bias)));
    }

    private static Op before(Op.ScaleShift before, Op.FullyConnected connected, boolean scaleOnly) {
        int inputs = connected.inputs();
        float[] weight = new float[connected.weight().length];
        double[] added = new double[connected.outputs()];
        for (int i = 0; i < weight.length; i++) {
            weight[i] = (float) ((double) connected.weight()[i] * before.scale()[i % inputs]);
            added[i / inputs] += (double) connected.weight()[i] * before.shift()[i % inputs];
        }
        return new Op.FullyConnected(connected.outputs(), weight,
                scaleOnly ? connected.bias() : biasBefore(connected.bias(), added),
                connected.activation());
    }

    private static float[] biasBefore(float[] bias, double[] added) {
        float[] result = new float[added.length];
        for (int k = 0; k < result.length; k++) {
            result[k] = (float) ((bias == null ? 0 : bias[k]) + added[k]);
        }
        return result;
    }

    private static boolean allZero(float[] numbers) {
        for (float number : numbers) {
            if (number != 0) {
                return false;
            }
        }
        return true;
    }
}
