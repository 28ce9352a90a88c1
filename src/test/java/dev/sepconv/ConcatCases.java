package dev.sepconv;

import dev.sepconv.NetworkCases.Case;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Networks of concatenations and slices, of which engines may make inputs where they belong. */
public final class ConcatCases {

    private static final int SIDE = 9;

    private final Random random;

    private ConcatCases(long seed) {
        random = new Random(seed);
    }

    /** What networks have, then arrays that are cut and joined at random. */
    public static List<Case> all(long seed) {
        List<Case> cases = new ArrayList<>(ofNetworks(seed));
        ConcatCases more = new ConcatCases(seed);
        cases.addAll(more.shuffled());
        for (int i = 0; i < 6; i++) {
            cases.add(more.random());
        }
        return List.copyOf(cases);
    }

    /** With channels that are whole vectors. */
    public static List<Case> ofNetworks(long seed) {
        ConcatCases cases = new ConcatCases(seed);
        return List.of(cases.denseBlock(), cases.crossStage(), cases.upsampling());
    }

    private Case denseBlock() {
        Network.Builder net = Network.builder("dense block");
        String x = net.add("first", conv(5, 32, 1, Activation.NONE), input(net, 5));
        x = net.add("pooled", new Op.Pool(Op.Pool.Kind.MAX, 3, 3, 1, 1, 1, 1,
                new Padding.Explicit(1, 1, 1, 1), false, false), x);
        for (int i = 0; i < 3; i++) {
            int channels = 32 + 32 * i;
            String scaled = net.add("scaled" + i,
                    new Op.ScaleShift(numbers(channels), numbers(channels)), x);
            String ahead = net.add("ahead" + i, Op.Elementwise.of(Op.Elementwise.Function.RELU),
                    scaled);
            String made = net.add("made" + i, conv(channels, 32, 3, Activation.NONE), ahead);
            x = net.add("joined" + i, new Op.Concat(1), x, made);
        }
        return built(net.output(net.add("last", conv(128, 7, 1, Activation.RELU), x)), 5);
    }

    private Case crossStage() {
        Network.Builder net = Network.builder("cross-stage block");
        String both = net.add("both", conv(5, 64, 1, Activation.SILU), input(net, 5));
        String left = net.add("left", channels(64, 0, 32), both);
        String right = net.add("right", channels(64, 32, 64), both);
        String a = net.add("a", conv(32, 32, 3, Activation.SILU), right);
        String b = net.add("b", new Op.Binary(Op.Binary.Kind.ADD), right, a);
        String pooled = net.add("pooled", new Op.Pool(Op.Pool.Kind.MAX, 3, 3, 1, 1, 1, 1,
                new Padding.Explicit(1, 1, 1, 1), false, false), b);
        String joined = net.add("joined", new Op.Concat(1), left, right, b, pooled);
        return built(net.output(net.add("last", conv(128, 19, 1, Activation.NONE), joined)), 5);
    }

    private Case upsampling() {
        Network.Builder net = Network.builder("upsampling");
        String skip = net.add("skip", conv(5, 32, 3, Activation.RELU), input(net, 5));
        String up = net.add("up", conv(32, 48, 1, Activation.RELU), skip);
        Conv2d blocks = Conv2d.of(48, 16, 1).withBias(true);
        String wide = net.add("wide",
                new Op.ConvolveTransposed(blocks, 0, 0, numbers(blocks.weightCount()), numbers(16)),
                up);
        String resized = net.add("resized", Op.Elementwise.of(Op.Elementwise.Function.ABS), skip);
        String joined = net.add("joined", new Op.Concat(1), wide, skip, resized);
        return built(net.output(net.add("last", conv(80, 33, 3, Activation.NONE), joined)), 5);
    }

    /** Two arrays whose channels come in turns, in ShuffleNetV2's units and unlike them. */
    public static List<Case> shuffles(long seed) {
        return new ConcatCases(seed).shuffled();
    }

    private List<Case> shuffled() {
        return List.of(units(10, 2, false), units(58, 2, false), units(32, 2, false),
                units(48, 2, false), units(7, 2, false), units(20, 2, true), units(12, 3, false),
                slicedUnevenly());
    }

    /**
     * @param also whether what is joined has another use
     */
    private Case units(int half, int groups, boolean also) {
        Network.Builder net = Network.builder("units of %d in %d groups".formatted(half, groups));
        Dims dims = Dims.of(2, 2 * half, SIDE, SIDE);
        String left = net.add("left", conv(5, half, 1, Activation.RELU), input(net, 5));
        String right = net.add("right", conv(5, half, 3, Activation.RELU), "x");
        for (int i = 0; i < 2; i++) {
            String joined = net.add("joined" + i, new Op.Concat(1), left, right);
            String shuffled = NetworkCases.shuffle(net, "shuffled" + i, joined, dims, groups,
                    i == 0);
            left = net.add("left" + i, channels(2 * half, 0, half), shuffled);
            right = net.add("branch" + i, conv(half, half, 3, Activation.RELU),
                    net.add("right" + i, channels(2 * half, half, 2 * half), shuffled));
            if (also) {
                net.output(net.add("also" + i, conv(2 * half, 3, 1, Activation.NONE), joined));
            }
        }
        String joined = net.add("joined", new Op.Concat(1), left, right);
        String last = NetworkCases.shuffle(net, "shuffled", joined, dims, groups, false);
        net.output(net.add("first", conv(2 * half, 19, 3, Activation.NONE), last));
        return built(net.output(net.add("second", conv(2 * half, 5, 1, Activation.NONE), last)), 5);
    }

    private Case slicedUnevenly() {
        Network.Builder net = Network.builder("sliced unevenly");
        String left = net.add("left", conv(5, 24, 1, Activation.RELU), input(net, 5));
        String joined = net.add("joined", new Op.Concat(1), left, left);
        String shuffled = NetworkCases.shuffle(net, "shuffled", joined, Dims.of(2, 48, SIDE, SIDE),
                2, true);
        net.output(net.add("some", channels(48, 0, 20), shuffled));
        return built(net.output(net.add("others", channels(48, 20, 48), shuffled)), 5);
    }

    /** Whole vectors for the most part, some others, one array several times. */
    private Case random() {
        Network.Builder net = Network.builder("random");
        String start = input(net, 5);
        List<String> there = new ArrayList<>();
        List<Integer> channels = new ArrayList<>();
        for (int i = 0; i < 14; i++) {
            String made;
            int count;
            int of = there.isEmpty() ? -1 : random.nextInt(there.size());
            switch (there.isEmpty() ? 0 : random.nextInt(7)) {
                case 0 -> {
                    count = pick(16, 32, 32, 48, 64, 7, 24);
                    made = net.add("c" + i, conv(5, count, 1, activation()), start);
                }
                case 1 -> {
                    count = pick(16, 32, 32, 64, 20);
                    made = net.add("c" + i, conv(channels.get(of), count, pick(1, 3), activation()),
                            there.get(of));
                }
                case 2 -> {
                    int first = Math.min(pick(0, 0, 16, 32, 3), channels.get(of) - 1);
                    int end = random.nextBoolean()
                            ? channels.get(of)
                            : Math.min(first + 16, channels.get(of));
                    count = end - first;
                    made = net.add("s" + i, channels(channels.get(of), first, end), there.get(of));
                }
                case 3, 4 -> {
                    int other = random.nextInt(there.size());
                    count = channels.get(of) + channels.get(other);
                    made = net.add("j" + i, new Op.Concat(1), there.get(of), there.get(other));
                }
                case 5 -> {
                    count = channels.get(of);
                    made = net.add("p" + i,
                            random.nextBoolean()
                                    ? new Op.Binary(Op.Binary.Kind.ADD)
                                    : new Op.Binary(Op.Binary.Kind.MUL),
                            there.get(of), there.get(of));
                }
                default -> {
                    count = channels.get(of);
                    Conv2d depthwise = Conv2d.depthwise(count, 1, 3).withPadding(Padding.of(1));
                    made = net.add("d" + i,
                            depthwise.withWeights(ConvWeights.random(depthwise, random)),
                            there.get(of));
                }
            }
            if (count > 200) {
                continue;
            }
            there.add(made);
            channels.add(count);
        }
        net.output(there.getLast());
        return built(net.output(there.get(there.size() / 2)), 5);
    }

    private Activation activation() {
        return List.of(Activation.NONE, Activation.RELU, Activation.SILU, Activation.GELU)
                .get(random.nextInt(4));
    }

    private int pick(int... of) {
        return of[random.nextInt(of.length)];
    }

    private static Op.Slice channels(int all, int first, int end) {
        return new Op.Slice(List.of(0, first, 0, 0), List.of(2, end - first, SIDE, SIDE),
                List.of(1, 1, 1, 1));
    }

    private static String input(Network.Builder net, int channels) {
        return net.input("x", Dims.of(2, channels, SIDE, SIDE));
    }

    private Op.Convolve conv(int in, int out, int kernel, Activation activation) {
        Conv2d conv = Conv2d.of(in, out, kernel).withPadding(Padding.of(kernel / 2)).withBias(true)
                .withActivation(activation);
        return conv.withWeights(ConvWeights.random(conv, random));
    }

    private float[] numbers(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextFloat(-1, 1);
        }
        return numbers;
    }

    private Case built(Network.Builder net, int channels) {
        Dims dims = Dims.of(2, channels, SIDE, SIDE);
        return new Case(net.build(), Map.of("x", NdArray.of(dims, numbers(dims.elements()))));
    }
}
