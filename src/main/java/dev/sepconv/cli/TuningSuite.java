package dev.sepconv.cli;

import dev.sepconv.Layout;
import dev.sepconv.Network;
import dev.sepconv.Op;
import dev.sepconv.Shape;
import dev.sepconv.compare.Settings;
import dev.sepconv.compare.Variants;
import dev.sepconv.cost.MobileNetV1;
import dev.sepconv.graph.Simplify;
import dev.sepconv.tune.Subject;
import dev.sepconv.zoo.MobileNets;
import dev.sepconv.zoo.Parameters;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.ITypeConverter;

/** Layers that have a name together. */
enum TuningSuite {
    MOBILENET_V1,
    MOBILENET_V1_STANDARD,
    MOBILENET_V2,
    ARTICLE;

    /** The size of the picture that {@code compare} has of its own. */
    private static final Shape ARTICLE_PICTURE = Shape.of(Settings.CHANNELS, 240, 320);

    private static final int MOBILENET_SIDE = 224;

    static final class Converter implements ITypeConverter<TuningSuite> {
        @Override
        public TuningSuite convert(String value) {
            return Converters.constant(TuningSuite.values(), value);
        }
    }

    List<Subject> subjects(Layout layout) {
        return switch (this) {
            case MOBILENET_V1 -> MobileNetV1.separableBlocks().stream().distinct()
                    .map(block -> new Subject(block.name(), block.layer(), block.input(), layout))
                    .toList();
            case MOBILENET_V1_STANDARD -> MobileNetV1.standardBlocks().stream().distinct()
                    .map(block -> new Subject(block.name(), block.layer(), block.input(), layout))
                    .toList();
            case MOBILENET_V2 -> layers(
                    MobileNets.v2(1, MOBILENET_SIDE, MOBILENET_SIDE, Parameters.random(1)), layout);
            case ARTICLE ->
                Variants.of(Settings.DEFAULT).stream().map(variant -> new Subject(variant.name(),
                        variant.layer(), ARTICLE_PICTURE, layout)).toList();
        };
    }

    /** A network's convolutions as engines see them, those of equal sizes once. */
    private static List<Subject> layers(Network network, Layout layout) {
        Network simplified = Simplify.run(network);
        Set<Object> seen = new HashSet<>();
        return simplified.nodes().stream().filter(node -> node.op() instanceof Op.Convolve)
                .map(node -> new Subject(node.name(), ((Op.Convolve) node.op()).layer(),
                        simplified.dims(node.inputs().getFirst()).toShape(), layout))
                .filter(subject -> seen.add(List.of(subject.layer(), subject.input()))).toList();
    }
}
