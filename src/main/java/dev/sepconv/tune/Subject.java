package dev.sepconv.tune;

import dev.sepconv.Conv2d;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Shape;
import dev.sepconv.engine.KernelChain;
import dev.sepconv.kernel.Geometry;
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

    /** The single convolutions that layers consist of, each once: those of equal sizes are one. */
    public static List<Subject> convolutions(Collection<Subject> layers) {
        Map<Geometry, Subject> convolutions = new LinkedHashMap<>();
        for (Subject subject : layers) {
            Shape shape = subject.input;
            for (Conv2d stage : subject.layer.stages()) {
                convolutions.putIfAbsent(KernelChain.geometry(stage, shape, subject.layout),
                        new Subject(name(stage, shape), stage, shape, subject.layout));
                shape = stage.outputShape(shape);
            }
        }
        return List.copyOf(convolutions.values());
    }

    private static String name(Conv2d conv, Shape input) {
        List<String> parts = new ArrayList<>();
        parts.add(conv.isDepthwise() && conv.groups() > 1
                ? "depthwise"
                : conv.isPointwise() ? "pointwise" : conv.groups() > 1 ? conv.groups() + " groups" : "standard");
        parts.add("%d to %d channels".formatted(conv.inChannels(), conv.outChannels()));
        parts.add("%dx%d".formatted(conv.kernelHeight(), conv.kernelWidth()));
        if (conv.strideHeight() != 1 || conv.strideWidth() != 1) {
            parts.add("stride %d,%d".formatted(conv.strideHeight(), conv.strideWidth()));
        }
        if (conv.dilationHeight() != 1 || conv.dilationWidth() != 1) {
            parts.add("dilation %d,%d".formatted(conv.dilationHeight(), conv.dilationWidth()));
        }
        parts.add("on %s%dx%d".formatted(input.n() == 1 ? "" : input.n() + " of ", input.h(), input.w()));
        return String.join(" ", parts);
    }
}
