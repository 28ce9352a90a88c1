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
     * @throws Contender.WrongResult if it is off by more than {@link #TOLERANCE}
     */
    void check(String name, Tensor output) {
        double relative = Reference.difference(exact, output).relative();
        if (!(relative <= TOLERANCE)) {
            throw new Contender.WrongResult(name, block, relative, TOLERANCE);
        }
    }
}
