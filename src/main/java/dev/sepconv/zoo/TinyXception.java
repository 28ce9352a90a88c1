package dev.sepconv.zoo;

import dev.sepconv.Conv2d;
import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.Op;
import dev.sepconv.Padding;
import java.util.Map;

/**
 * The small Xception of face-api (age_gender_model): 13 separable convolutions, depthwise first
 * with nothing between the steps, and two small heads. Its structure is that of face-api 1.7.15's
 * own code, TinyXception.ts and AgeGenderNet.ts:
 *
 * <pre>
 * input              [1, 3, 112, 112] RGB pixels from 0 to 255; less the mean colour
 *                    (122.782, 117.001, 104.298), over 255
 * conv_in            standard 3x3, stride 2, bias, ReLU                        32 x 56 x 56
 * reduction_block_0  separable, ReLU, separable, max pool 3x3 stride 2         64 x 28 x 28
 *                    + expansion_conv of the block's input: 1x1, stride 2, bias
 * reduction_block_1  the same, with a ReLU before the first separable         128 x 14 x 14
 * main_block_0, 1    three times ReLU and separable, + the block's input      128 x 14 x 14
 * reduction_block    as reduction_block_1                                      256 x 7 x 7
 * separable_conv     separable, ReLU                                           512 x 7 x 7
 * pool               mean over 7x7                                             512
 * fc/age             fully connected: one number, years
 * fc/gender          fully connected: two numbers, then softmax
 * </pre>
 *
 * Every separable convolution is 3x3 at stride 1 and has one bias, after its pointwise step; there
 * is no batch normalisation left. All padding is TensorFlow's "same": at stride 2 on even sizes
 * nothing at top and left, one at bottom and right. The residual connections carry the blocks'
 * inputs before their ReLU.
 */
public final class TinyXception {

    /** Height and width of its input; the pool at its end takes no other. */
    public static final int SIDE = 112;

    private static final float[] MEAN = {122.782f, 117.001f, 104.298f};

    private final TfjsRecipe recipe;

    private TinyXception(Map<String, NdArray> arrays) {
        recipe = new TfjsRecipe("tiny-xception", arrays);
    }

    /**
     * The network. Input {@code [1, 3, 112, 112]}, outputs {@code fc/age [1, 1]} and
     * {@code fc/gender/softmax [1, 2]}.
     *
     * @param arrays by name, as {@link dev.sepconv.io.TfjsWeights#read} gives them
     * @throws IllegalArgumentException if one is missing or has a shape that doesn't fit
     */
    public static Network of(Map<String, NdArray> arrays) {
        return new TinyXception(arrays).build();
    }

    private Network build() {
        String x = recipe.pixels(SIDE, SIDE, 1 / 255f, -MEAN[0] / 255, -MEAN[1] / 255,
                -MEAN[2] / 255);
        x = recipe.relu(convolve("entry_flow/conv_in", 2, x));
        x = reduction("entry_flow/reduction_block_0", SIDE / 2, x, x);
        x = reduction("entry_flow/reduction_block_1", SIDE / 4, recipe.relu(x), x);
        for (int i = 0; i < 2; i++) {
            String block = x;
            for (int j = 0; j < 3; j++) {
                x = separable("middle_flow/main_block_%d/separable_conv%d".formatted(i, j),
                        recipe.relu(x));
            }
            x = sum(x, block);
        }
        x = reduction("exit_flow/reduction_block", SIDE / 8, recipe.relu(x), x);
        x = recipe.relu(separable("exit_flow/separable_conv", x));
        x = recipe.builder.add(x + "/average_pool",
                Op.Pool.of(Op.Pool.Kind.AVERAGE, 7, 2, new Padding.Explicit(0, 0, 0, 0)), x);
        x = recipe.builder.add("features",
                new Op.Reshape(Dims.of(1, recipe.array("fc/age/weights").dims().get(0))), x);
        String gender = recipe.fullyConnected("fc/gender", x);
        recipe.builder.output(recipe.fullyConnected("fc/age", x));
        return recipe.builder
                .output(recipe.builder.add(gender + "/softmax", new Op.Softmax(1), gender)).build();
    }

    /** @param side height and width of the block's input */
    private String reduction(String name, int side, String activated, String input) {
        String x = separable(name + "/separable_conv0", activated);
        x = separable(name + "/separable_conv1", recipe.relu(x));
        Padding.Explicit padding = Padding.SAME_UPPER.resolve(Conv2d.of(1, 1, 3).withStride(2),
                side, side);
        x = recipe.builder.add(x + "/max_pool", Op.Pool.of(Op.Pool.Kind.MAX, 3, 2, padding), x);
        String expanded = convolve(name + "/expansion_conv", 2, input);
        return recipe.builder.add(expanded + "/add", new Op.Binary(Op.Binary.Kind.ADD), x,
                expanded);
    }

    private String separable(String name, String from) {
        String filtered = recipe.depthwise(name + "/depthwise", name + "/depthwise_filter", 1,
                from);
        return recipe.convolve(name, name + "/pointwise_filter", name + "/bias", 1, filtered);
    }

    private String convolve(String name, int stride, String from) {
        return recipe.convolve(name, name + "/filters", name + "/bias", stride, from);
    }

    private String sum(String last, String block) {
        return recipe.builder.add(last + "/add", new Op.Binary(Op.Binary.Kind.ADD), last, block);
    }
}
