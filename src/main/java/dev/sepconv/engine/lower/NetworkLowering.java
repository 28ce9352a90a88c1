package dev.sepconv.engine.lower;

import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.graph.ChannelShuffles;
import java.util.List;

/**
 * Turns a network into calls, node by node. An array may be there in row-major order, pixel by
 * pixel, as pixels of whole vectors, or in several of these. An operation that has kernels for more
 * than one takes the order in which its input is, so that a conversion happens only where an
 * operation lacks one: the order is chosen along the flow, once for the graph. Which kernels
 * convolutions get, and so in which order they run, {@link KernelChoice} decides.
 *
 * <p>
 * Nothing has memory before {@link #calls}: {@link #elements} tells how much that will take.
 */
public final class NetworkLowering {

    private final NetworkArrays arrays;
    private final ConvolutionLowering convolutions;
    private final ElementwiseLowering elementwise;
    private final ReductionLowering reductions;
    private final ShapeLowering shapes;

    public NetworkLowering(Network network, KernelChoice choice) {
        boolean fits = network.dims().values().stream()
                .allMatch(dims -> dims.rank() != 4 || KernelChoice.fitsAsPixels(dims.toShape()));
        arrays = new NetworkArrays(network, fits);
        BesideConvolutions beside = new BesideConvolutions(arrays);
        convolutions = new ConvolutionLowering(arrays, choice, fits && choice.keepsPixels(),
                beside);
        elementwise = new ElementwiseLowering(arrays, beside);
        reductions = new ReductionLowering(arrays, choice.sharesMemory());
        shapes = new ShapeLowering(arrays, ChannelShuffles.of(network), choice.keepsPixels());
        arrays.lower(this::lower);
    }

    /** How many numbers each array has that goes to a device or stays there. */
    public List<Long> elements() {
        return arrays.elements();
    }

    /** The calls, with their memory. */
    public NetworkCalls calls() {
        return arrays.calls(convolutions.isTuned());
    }

    private void lower(Node each) {
        String input = each.inputs().isEmpty() ? null : each.inputs().getFirst();
        switch (each.op()) {
            case Op.Convolve op -> convolutions.convolve(op, input);
            case Op.ConvolveTransposed op -> convolutions.convolveTransposed(op, input);
            case Op.ScaleShift op -> elementwise.scaleShift(op, input);
            case Op.Elementwise op -> elementwise.function(op, input);
            case Op.PRelu op -> elementwise.prelu(op, input);
            case Op.Binary op -> elementwise.binary(op, input, each.inputs().get(1));
            case Op.Constant op -> arrays.constant(op.value().dims(), op.value().data());
            case Op.Pool op -> reductions.pool(op, input);
            case Op.Reduce op -> reductions.reduce(op, input);
            case Op.FullyConnected op -> convolutions.fullyConnected(op, input);
            case Op.MatrixProduct op -> reductions.matrixProduct(input, each.inputs().get(1));
            case Op.Normalize op -> reductions.normalize(op, input);
            case Op.Softmax op -> reductions.softmax(op, input);
            case Op.TopK op -> reductions.topK(op, input);
            case Op.Concat op -> shapes.concat(op, each.inputs());
            case Op.Reshape op -> shapes.reshape(op, input);
            case Op.Transpose op -> shapes.transpose(op, input);
            case Op.Pad op -> shapes.pad(op, input);
            case Op.Slice op -> shapes.slice(op, input);
            case Op.Resize op -> shapes.resize(op, input);
        }
    }
}
