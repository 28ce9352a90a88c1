package dev.sepconv.bench;

import dev.sepconv.ConvWeights;
import dev.sepconv.Layout;
import dev.sepconv.Tensor;
import dev.sepconv.reference.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A block with weights and an input, the same for all who compute it, and what must come out.
 *
 * @param picture the input, NCHW
 * @param exact the float64 reference's output, NCHW
 */
record Problem(Blocks.Block block, List<ConvWeights> weights, Tensor picture, double[] exact) {

    /** The largest difference allowed, as a share of the largest exact value. */
    static final double TOLERANCE = 1e-5;

    static Problem of(Blocks.Block block) {
        Random random = new Random(1);
        List<ConvWeights> weights = new ArrayList<>();
        block.layer().stages().forEach(stage -> weights.add(ConvWeights.random(stage, random)));
        Tensor picture = Tensor.zeros(block.input(), Layout.NCHW);
        for (int i = 0; i < picture.data().length; i++) {
            picture.data()[i] = random.nextFloat(-1, 1);
        }
        return new Problem(block, weights, picture, Reference.run(block.layer(), weights, picture));
    }

    /**
     * @param name who computed it
     * @throws WrongResult if it is off by more than {@link #TOLERANCE}
     */
    void check(String name, Tensor output) {
        double relative = Reference.difference(exact, output).relative();
        if (!(relative <= TOLERANCE)) {
            throw new WrongResult(name, block, relative);
        }
    }

    /** Someone computed something else than the float64 reference: what was timed is worth nothing. */
    static final class WrongResult extends RuntimeException {

        private static final long serialVersionUID = 1;

        WrongResult(String name, Blocks.Block block, double relative) {
            super("%s is wrong on %s: it differs from the float64 reference by %.1e of its largest value, allowed are %.0e"
                    .formatted(name, block, relative, TOLERANCE));
        }
    }
}
