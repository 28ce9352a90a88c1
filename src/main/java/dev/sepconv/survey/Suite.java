package dev.sepconv.survey;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Dims;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Network;
import dev.sepconv.Padding;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.cost.Cost;
import dev.sepconv.cost.MobileNetV1;
import dev.sepconv.cost.NetworkCost;
import dev.sepconv.engine.Batches;
import dev.sepconv.io.Printable;
import dev.sepconv.survey.Survey.Work;
import dev.sepconv.zoo.KnownNetworks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Convolutions and networks that every device is to run. All convolutions have padding "same", bias
 * and ReLU6; a separable one is MobileNet's, with both after each step. Networks are those of
 * {@link KnownNetworks}, with random weights.
 *
 * @param name {@code article}, {@code mobilenet-v1}, {@code networks} or a file
 * @param work each once
 */
public record Suite(String name, List<Work> work) {

    /** Suites that need no file. */
    public static final List<String> NAMES = List.of("article", "mobilenet-v1", "networks");

    /** The float64 reference does about 10^9 a second. */
    private static final long MAX_MULTIPLY_ADDS = 200_000_000_000L;

    /** In and out channels and size. */
    private static final int[][] ARTICLE_SHAPES = {{16, 32, 112}, {64, 128, 56}, {256, 256, 14}};
    /** The one of them for those in a hurry. */
    private static final int QUICK_SHAPE = 1;
    private static final int GROUPS = 4;

    private static final List<Integer> RUNGS = List.of(8, 16, 32, 64, 128, 256);
    private static final List<Integer> QUICK_RUNGS = List.of(8, 32, 128);
    private static final int SEPARABLE_LADDER_CHANNELS = 64;
    private static final int STANDARD_LADDER_CHANNELS = 32;

    /** What a {@link Work} may be. */
    enum Variant {
        STANDARD,
        GROUPED,
        DEPTHWISE,
        POINTWISE,
        SEPARABLE;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /**
         * @throws IllegalArgumentException if there is none of that name
         */
        static Variant of(String word) {
            return Arrays.stream(values()).filter(each -> each.word().equals(word)).findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "variant is '%s'; it must be one of %s, or a network, one of %s"
                                    .formatted(word,
                                            String.join(", ",
                                                    Arrays.stream(values()).map(Variant::word)
                                                            .toList()),
                                            String.join(", ", KnownNetworks.NAMES))));
        }
    }

    /**
     * The suite of that name, or in that file, which {@code docs/devices.md} describes.
     *
     * @param batches every convolution is run with each of these; if empty, with one picture, or
     * with what the file says
     * @param quick fewer shapes and fewer rungs; a file's are all taken
     * @throws IllegalArgumentException if there is no such suite or file, or the file says what
     * can't be
     * @throws IOException if the file can't be read
     */
    public static Suite of(String nameOrFile, List<Integer> batches, boolean quick)
            throws IOException {
        for (int batch : batches) {
            if (batch < 1) {
                throw new IllegalArgumentException(
                        "batch is %d; it must be at least 1".formatted(batch));
            }
        }
        List<Work> work = switch (nameOrFile) {
            case "article" -> withLadders(article(quick), quick);
            case "mobilenet-v1" -> withLadders(mobilenet(), quick);
            case "networks" -> networks(quick);
            default -> {
                Path file = Path.of(nameOrFile);
                if (!Files.exists(file)) {
                    throw new IllegalArgumentException(
                            "suite is '%s'; it must be %s or a file, and there is no such file"
                                    .formatted(nameOrFile, String.join(", ", NAMES)));
                }
                yield SuiteFile.read(file);
            }
        };
        Map<String, Work> distinct = new LinkedHashMap<>();
        for (Work each : work) {
            for (Work batched : batches.isEmpty()
                    ? List.of(each)
                    : batches.stream().map(n -> batched(each, n)).toList()) {
                // the same shape may stand in a ladder and beside it
                distinct.merge(batched.id(), batched,
                        (first, second) -> first.ladder() == null ? second : first);
            }
        }
        return new Suite(nameOrFile, List.copyOf(distinct.values()));
    }

    private static Work batched(Work work, int batch) {
        if (isNetwork(work.variant())) {
            return network(work.variant(), batch, work.height(), work.width());
        }
        return work(Variant.of(work.variant()),
                work.ladder() == null || batch == 1 ? work.ladder() : work.ladder() + " b" + batch,
                new Shape(batch, work.inChannels(), work.height(), work.width()),
                work.outChannels(), work.kernel(), work.stride(), work.groups(), layout(work));
    }

    private static List<Work> article(boolean quick) {
        List<Work> work = new ArrayList<>();
        for (int[] shape : quick ? new int[][]{ARTICLE_SHAPES[QUICK_SHAPE]} : ARTICLE_SHAPES) {
            Shape input = Shape.of(shape[0], shape[2], shape[2]);
            for (Variant variant : Variant.values()) {
                int groups = variant == Variant.GROUPED ? GROUPS : 1;
                int kernel = variant == Variant.POINTWISE ? 1 : 3;
                int filters = variant == Variant.DEPTHWISE ? shape[0] : shape[1];
                work.add(work(variant, null, input, filters, kernel, 1, groups, Layout.NCHW));
            }
        }
        return work;
    }

    /** The 13 blocks; those of equal sizes are one. */
    private static List<Work> mobilenet() {
        return MobileNetV1.separableBlocks().stream().distinct()
                .map(block -> work(Variant.SEPARABLE, null, block.input(),
                        block.layer().outputShape(block.input()).c(), 3,
                        block.layer().stages().getFirst().strideHeight(), 1, Layout.NCHW))
                .toList();
    }

    /** Those of the papers, and AlexNet for its groups; for those in a hurry small ones. */
    private static List<Work> networks(boolean quick) {
        return quick
                ? List.of(network("mobilenet-v1:0.25", 1, 96, 96),
                        network("mobilenet-v2:0.5", 1, 96, 96))
                : List.of(network("mobilenet-v1", 1, 224, 224),
                        network("mobilenet-v2", 1, 224, 224), network("alexnet", 1, 227, 227));
    }

    private static List<Work> withLadders(List<Work> work, boolean quick) {
        List<Work> all = new ArrayList<>(work);
        all.addAll(ladder(Variant.SEPARABLE, SEPARABLE_LADDER_CHANNELS, quick));
        all.addAll(ladder(Variant.STANDARD, STANDARD_LADDER_CHANNELS, quick));
        return all;
    }

    private static List<Work> ladder(Variant variant, int channels, boolean quick) {
        String name = "%s %d to %2$d channels".formatted(variant.word(), channels);
        return (quick ? QUICK_RUNGS : RUNGS).stream().map(size -> work(variant, name,
                Shape.of(channels, size, size), channels, 3, 1, 1, Layout.NCHW)).toList();
    }

    /**
     * A piece of work, if it can be.
     *
     * @param ladder or null
     * @param groups of a grouped convolution; else ignored
     * @throws IllegalArgumentException if it can't
     */
    static Work work(Variant variant, String ladder, Shape input, int filters, int kernel,
            int stride, int groups, Layout layout) {
        if (variant == Variant.GROUPED && groups < 2) {
            throw new IllegalArgumentException(
                    "groups is %d; a grouped convolution needs at least 2".formatted(groups));
        }
        if (variant == Variant.POINTWISE && kernel != 1) {
            throw new IllegalArgumentException(
                    "kernel is %d; a pointwise convolution's is 1".formatted(kernel));
        }
        Layer layer = layer(variant, input.c(), filters, kernel, stride, groups);
        Cost cost = Cost.of(layer, input);
        refuseLong(cost.multiplyAdds());
        StringBuilder id = new StringBuilder("%s %dx%dx%d s%d %d".formatted(variant.word(),
                input.c(), input.h(), input.w(), stride, filters));
        if (kernel != 3 && variant != Variant.POINTWISE) {
            id.append(" k").append(kernel);
        }
        if (variant == Variant.GROUPED) {
            id.append(" g").append(groups);
        }
        id.append(" b").append(input.n());
        if (layout == Layout.NHWC) {
            id.append(" nhwc");
        }
        int counted = switch (variant) {
            case GROUPED -> groups;
            case DEPTHWISE -> input.c();
            default -> 1;
        };
        long numbers = input.elements() + cost.parameters() + layer.outputShape(input).elements();
        return new Work(id.toString(), variant.word(), ladder, input.n(), input.c(), input.h(),
                input.w(), filters, kernel, stride, counted, layout.name().toLowerCase(Locale.ROOT),
                cost.flops(), Float.BYTES * numbers);
    }

    /**
     * A whole network as a piece of work; what makes no sense of one, such as its kernel, is 1.
     *
     * @param name as {@link KnownNetworks#of} takes it
     * @throws IllegalArgumentException if there is none of that name, or it can't be so small
     */
    static Work network(String name, int batch, int height, int width) {
        Network network = Batches.of(KnownNetworks.of(name, height, width), batch);
        Dims in = network.inputs().values().iterator().next();
        Dims out = network.dims(network.outputs().getFirst());
        NetworkCost.Sum cost = NetworkCost.of(network).total();
        refuseLong(cost.multiplyAdds());
        int channels = in.get(1);
        return new Work("%s %dx%dx%d b%d".formatted(name, channels, height, width, batch), name,
                null, batch, channels, height, width, out.elements() / batch, 1, 1, 1, "nchw",
                2 * cost.multiplyAdds(),
                Float.BYTES * (in.elements() + cost.parameters() + out.elements()));
    }

    /** How much there is to do: "14 convolutions and 2 networks". */
    public String pieces() {
        int networks = (int) work.stream().filter(each -> isNetwork(each.variant())).count();
        int convolutions = work.size() - networks;
        return Stream.of(Map.entry(convolutions, "convolution"), Map.entry(networks, "network"))
                .filter(each -> each.getKey() > 0)
                .map(each -> Printable.count(each.getKey(), each.getValue()))
                .collect(Collectors.joining(" and "));
    }

    /** Whether a piece of work's variant is a whole network. */
    public static boolean isNetwork(String variant) {
        return KnownNetworks.isKnown(variant);
    }

    private static void refuseLong(long multiplyAdds) {
        if (multiplyAdds > MAX_MULTIPLY_ADDS) {
            throw new IllegalArgumentException(
                    "it would take %.3g multiply-adds; at most %.0e are done, for the reference's sake"
                            .formatted((double) multiplyAdds, (double) MAX_MULTIPLY_ADDS));
        }
    }

    /**
     * What is to be computed, with the same numbers on every device and machine.
     *
     * @param random gives a convolution's weights; a network has its own
     */
    static Network network(Work work, Random random) {
        if (isNetwork(work.variant())) {
            return Batches.of(KnownNetworks.of(work.variant(), work.height(), work.width()),
                    work.batch());
        }
        Layer layer = layer(work);
        List<ConvWeights> weights = layer.stages().stream()
                .map(stage -> ConvWeights.random(stage, random)).toList();
        return Network.of(layer.withWeights(weights), input(work), layout(work));
    }

    /** A convolution that is to be computed. */
    static Layer layer(Work work) {
        return layer(Variant.of(work.variant()), work.inChannels(), work.outChannels(),
                work.kernel(), work.stride(), work.groups());
    }

    private static Layer layer(Variant variant, int channels, int filters, int kernel, int stride,
            int groups) {
        if (variant == Variant.SEPARABLE) {
            return SeparableConv2d.mobilenet(channels, filters, kernel, stride);
        }
        int split = switch (variant) {
            case GROUPED -> groups;
            case DEPTHWISE -> channels;
            default -> 1;
        };
        return Conv2d.of(channels, filters, kernel).withGroups(split).withStride(stride)
                .withPadding(Padding.SAME_UPPER).withBias(true).withActivation(Activation.RELU6);
    }

    static Shape input(Work work) {
        return new Shape(work.batch(), work.inChannels(), work.height(), work.width());
    }

    static Layout layout(Work work) {
        return layout(work.layout());
    }

    /**
     * @throws IllegalArgumentException if there is none of that name
     */
    static Layout layout(String word) {
        return switch (word) {
            case "nchw" -> Layout.NCHW;
            case "nhwc" -> Layout.NHWC;
            default -> throw new IllegalArgumentException(
                    "layout is '%s'; it must be nchw or nhwc".formatted(word));
        };
    }
}
