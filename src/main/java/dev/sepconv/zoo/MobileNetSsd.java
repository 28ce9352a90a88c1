package dev.sepconv.zoo;

import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * MobileNetV1 with the heads of a single-shot detector, as face-api has it (ssd_mobilenetv1_model,
 * a face detector). Its structure is that of face-api 1.7.15's own code, mobileNetV1.ts and
 * predictionLayer.ts:
 *
 * <pre>
 * input           [1, 3, H, W] RGB pixels from 0 to 255; over 127.5, less 1
 * Conv2d_0        standard 3x3, stride 2, bias, ReLU6                    32 channels
 * Conv2d_1 … 13   depthwise 3x3, batch normalisation, ReLU6;
 *                 pointwise, bias, ReLU6                           64 to 1024 channels
 *                 stride 2 in the depthwise step of 2, 4, 6 and 12
 * Prediction      eight more convolutions with bias and ReLU6 that shrink: 1x1, then 3x3 at
 *                 stride 2, four times
 * BoxPredictor    on Conv2d_11, Conv2d_13 and each 3x3 of Prediction: 1x1 convolutions with
 *                 bias, 3 or 6 boxes a pixel: 4 numbers a box for its position, 3 for its class
 * </pre>
 *
 * Only the depthwise steps still have their batch normalisation (epsilon 0.001); in the pointwise
 * ones it is folded, and what the weights call convolution_bn_offset is the bias. All padding is
 * TensorFlow's "same". Boxes come row by row, pixel by pixel, box by box, from the largest map to
 * the smallest. What the code does after that (turning places into corners, leaving overlapping
 * boxes out) is no part of the network.
 */
public final class MobileNetSsd {

    /** Height and width that its boxes were made for; the convolutions take any. */
    public static final int SIDE = 512;

    private static final float EPSILON = 0.0010000000474974513f;
    private static final int BLOCKS = 13;
    private static final List<Integer> HALVING = List.of(2, 4, 6, 12);
    private static final int BOX = 4;
    private static final int CLASSES = 3;

    private final TfjsRecipe recipe;

    private MobileNetSsd(Map<String, NdArray> arrays) {
        recipe = new TfjsRecipe("mobilenet-v1-ssd", arrays);
    }

    /**
     * The whole network. Outputs {@code boxes [1, B, 4]}, encoded relative to anchors, and
     * {@code classes [1, B, 3]}, before the sigmoid; with 512x512 pixels B is 5118.
     *
     * @param arrays by name, as {@link dev.sepconv.io.TfjsWeights#read} gives them
     * @throws IllegalArgumentException if one is missing or has a shape that doesn't fit
     */
    public static Network of(Map<String, NdArray> arrays, int height, int width) {
        return new MobileNetSsd(arrays).build(height, width);
    }

    /** MobileNetV1 alone, up to Conv2d_13. Output {@code [1, 1024, ceil(H / 32), ceil(W / 32)]}. */
    public static Network trunk(Map<String, NdArray> arrays, int height, int width) {
        MobileNetSsd network = new MobileNetSsd(arrays);
        return network.recipe.builder.output(network.blocks(height, width).getLast()).build();
    }

    private Network build(int height, int width) {
        List<String> blocks = blocks(height, width);
        List<String> maps = new ArrayList<>(List.of(blocks.get(10), blocks.getLast()));
        String x = blocks.getLast();
        for (int i = 0; i < 8; i++) {
            x = pointwise("Prediction/Conv2d_%d_pointwise".formatted(i), 1 + i % 2, x);
            if (i % 2 == 1) {
                maps.add(x);
            }
        }
        Network trunk = recipe.builder.output(x).build(); // for the maps' sizes
        List<String> boxes = new ArrayList<>();
        List<String> classes = new ArrayList<>();
        for (int i = 0; i < maps.size(); i++) {
            String predictor = "Prediction/BoxPredictor_" + i;
            boxes.add(predict(predictor + "/BoxEncodingPredictor", maps.get(i),
                    trunk.dims(maps.get(i)), BOX));
            classes.add(predict(predictor + "/ClassPredictor", maps.get(i), trunk.dims(maps.get(i)),
                    CLASSES));
        }
        recipe.builder.add("boxes", new Op.Concat(1), boxes.toArray(String[]::new));
        recipe.builder.add("classes", new Op.Concat(1), classes.toArray(String[]::new));
        return recipe.builder.build().withOutputs(List.of("boxes", "classes"));
    }

    /** The outputs of the 13 blocks. */
    private List<String> blocks(int height, int width) {
        String x = recipe.pixels(height, width, 1 / 127.5f, -1, -1, -1);
        x = pointwise("MobilenetV1/Conv2d_0_pointwise", 2, x);
        List<String> outputs = new ArrayList<>();
        for (int i = 1; i <= BLOCKS; i++) {
            String name = "MobilenetV1/Conv2d_%d_depthwise".formatted(i);
            x = recipe.depthwise(name + "/depthwise", name + "/depthwise_weights",
                    HALVING.contains(i) ? 2 : 1, x);
            x = recipe.builder.add(name,
                    Op.ScaleShift.batchNormalization(numbers(name, "gamma"), numbers(name, "beta"),
                            numbers(name, "moving_mean"), numbers(name, "moving_variance"),
                            EPSILON),
                    x);
            x = pointwise("MobilenetV1/Conv2d_%d_pointwise".formatted(i), 1, recipe.relu6(x));
            outputs.add(x);
        }
        return outputs;
    }

    private float[] numbers(String name, String of) {
        return recipe.array(name + "/BatchNorm/" + of).data();
    }

    /** The weights call all of these pointwise, 3x3 ones too. */
    private String pointwise(String name, int stride, String from) {
        return recipe.relu6(recipe.convolve(name, name + "/weights",
                name + "/convolution_bn_offset", stride, from));
    }

    /** {@code [1, boxes * numbers, h, w]} made {@code [1, h * w * boxes, numbers]}. */
    private String predict(String name, String from, Dims map, int numbers) {
        String x = recipe.convolve(name, name + "/weights", name + "/biases", 1, from);
        int count = recipe.array(name + "/biases").dims().elements() * map.get(2) * map.get(3);
        x = recipe.builder.add(name + "/nhwc", new Op.Transpose(List.of(0, 2, 3, 1)), x);
        return recipe.builder.add(name + "/list",
                new Op.Reshape(Dims.of(1, count / numbers, numbers)), x);
    }
}
