package dev.sepconv.tune;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvStack;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Shape;
import dev.sepconv.engine.lower.Geometries;
import dev.sepconv.kernel.Catalogue;
import dev.sepconv.kernel.conv.Geometry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A layer that is to be tuned.
 *
 * @param name for people
 * @param layout of its input and output tensors
 */
public record Subject(String name, Layer layer, Shape input, Layout layout) {

    /**
     * What kernels compute of layers: single convolutions, and two in turn where the catalogue has
     * a kernel for both at once. Each is there once: those of equal sizes are one.
     */
    public static List<Subject> convolutions(Collection<Subject> layers) {
        Map<List<Geometry>, Subject> convolutions = new LinkedHashMap<>();
        for (Subject subject : layers) {
            List<Conv2d> stages = subject.layer.stages();
            List<Geometry> sizes = Geometries.of(subject.layer, subject.input, subject.layout);
            Shape shape = subject.input;
            for (int i = 0; i < stages.size(); i++) {
                Conv2d stage = stages.get(i);
                convolutions.putIfAbsent(sizes.subList(i, i + 1),
                        new Subject(name(stage, shape), stage, shape, subject.layout));
                if (i + 1 < stages.size()
                        && !Catalogue.candidates(sizes.subList(i, i + 2)).isEmpty()) {
                    Conv2d next = stages.get(i + 1);
                    convolutions.putIfAbsent(sizes.subList(i, i + 2),
                            new Subject(
                                    name(stage, shape) + ", then "
                                            + name(next, stage.outputShape(shape)),
                                    ConvStack.of(stage, next), shape, subject.layout));
                }
                shape = stage.outputShape(shape);
            }
        }
        return List.copyOf(convolutions.values());
    }

    private static String name(Conv2d conv, Shape input) {
        List<String> parts = new ArrayList<>();
        parts.add(conv.isDepthwise() && conv.groups() > 1
                ? "depthwise"
                : conv.isPointwise()
                        ? "pointwise"
                        : conv.groups() > 1 ? conv.groups() + " groups" : "standard");
        parts.add("%d to %d channels".formatted(conv.inChannels(), conv.outChannels()));
        parts.add("%dx%d".formatted(conv.kernelHeight(), conv.kernelWidth()));
        if (conv.strideHeight() != 1 || conv.strideWidth() != 1) {
            parts.add("stride %d,%d".formatted(conv.strideHeight(), conv.strideWidth()));
        }
        if (conv.dilationHeight() != 1 || conv.dilationWidth() != 1) {
            parts.add("dilation %d,%d".formatted(conv.dilationHeight(), conv.dilationWidth()));
        }
        parts.add("on %s%dx%d".formatted(input.n() == 1 ? "" : input.n() + " of ", input.h(),
                input.w()));
        return String.join(" ", parts);
    }
}
