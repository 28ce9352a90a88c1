package dev.sepconv.graph;

import dev.sepconv.Dims;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.Padding;
import java.util.List;
import java.util.Optional;

/**
 * A network with fewer nodes and the same results but for rounding: what an engine compiles. Every
 * array that is an output of the network stays; one that is neither output nor needed goes. What is
 * folded is computed in float64 and rounded once.
 *
 * <p>
 * A convolution that took up what follows it keeps its own name; a depthwise and a pointwise one
 * that became separable are called by both names, joined by " + ".
 */
public final class Simplify {

    /**
     * In this order: first what spells an operation out in several nodes, then what folds, then
     * what fuses.
     */
    private static final List<Pass> PASSES = List.of(DropDead::run, DropIdentities::run,
            ConstantOperands::biases, ConstantOperands::run, RecogniseFunctions::run,
            RecogniseNormalization::run, MergeViews::run, Simplify::globalPools, MergePadding::run,
            FoldScaleShift::run, FuseActivations::run, FuseSeparable::run, NestConcats::run);

    /** Gives the network itself back where it finds nothing. */
    private interface Pass {
        Network run(Wiring wiring);
    }

    private Simplify() {
    }

    /**
     * All passes, again and again until none finds anything. A network with nothing to gain comes
     * back as it is.
     */
    public static Network run(Network network) {
        Network before;
        Wiring wiring = new Wiring(network);
        do {
            before = wiring.network();
            for (Pass pass : PASSES) {
                Interruption.check();
                wiring = wiring.after(pass.run(wiring));
            }
        } while (wiring.network() != before);
        return before;
    }

    /** A pool with one window that is the whole picture becomes a reduction over it. */
    static Network globalPools(Wiring wiring) {
        Network network = wiring.network();
        return Wiring.replaceEach(network, node -> {
            if (!(node.op() instanceof Op.Pool pool)
                    || !isGlobal(pool, network.dims(node.inputs().getFirst()))) {
                return Optional.empty();
            }
            Op.Reduce.Kind kind = pool.kind() == Op.Pool.Kind.MAX
                    ? Op.Reduce.Kind.MAX
                    : Op.Reduce.Kind.MEAN;
            return Optional.of(new Node(node.name(), new Op.Reduce(kind, List.of(2, 3), true),
                    node.inputs(), node.output()));
        });
    }

    private static boolean isGlobal(Op.Pool pool, Dims in) {
        return pool.kernelHeight() == in.get(2) && pool.kernelWidth() == in.get(3)
                && pool.dilationHeight() == 1 && pool.dilationWidth() == 1
                && pool.padding().equals(Padding.VALID);
    }
}
