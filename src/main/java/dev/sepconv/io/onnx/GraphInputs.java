package dev.sepconv.io.onnx;

import dev.sepconv.Dims;
import dev.sepconv.InputSizes;
import dev.sepconv.OpenSizeException;
import dev.sepconv.Shape;
import dev.sepconv.io.Printable;
import dev.sepconv.io.onnx.OnnxProto.Dimension;
import dev.sepconv.io.onnx.OnnxProto.GraphProto;
import dev.sepconv.io.onnx.OnnxProto.TensorType;
import dev.sepconv.io.onnx.OnnxProto.ValueInfo;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What goes into a graph: which arrays, of which type, of which sizes. */
final class GraphInputs {

    private final GraphProto graph;
    private final Weights weights;
    private final InputSizes sizes;
    private final String name;

    /** @param name the model's, for messages */
    GraphInputs(GraphProto graph, Weights weights, InputSizes sizes, String name) {
        this.graph = graph;
        this.weights = weights;
        this.sizes = sizes;
        this.name = name;
    }

    /**
     * The inputs that aren't weights, in the model's order, with their sizes.
     *
     * @param obstacles gets those that are of no type that can go in
     * @throws IllegalArgumentException if sizes are given that don't fit the model
     * @throws OpenSizeException if a size is neither in the model nor given
     */
    List<Value.Computed> read(Obstacles obstacles) {
        Map<String, Value.Computed> inputs = new LinkedHashMap<>();
        List<String> names = graph.inputs.stream().map(each -> each.name)
                .filter(each -> !weights.contains(each)).toList();
        List<String> unnamed = names.stream().filter(each -> !sizes.inputs().containsKey(each))
                .toList();
        for (String given : sizes.inputs().keySet()) {
            if (!given.isEmpty() && !names.contains(given)) {
                throw new IllegalArgumentException(
                        "sizes are given for input '%s'; %s has %s".formatted(given, name, names));
            }
        }
        Set<String> dimensionNames = new HashSet<>();
        for (ValueInfo input : graph.inputs) {
            if (weights.contains(input.name)) {
                continue; // a weight with a default, as models before IR version 4 declare them
            }
            TensorType type = input.type.tensor;
            boolean integer = type != null && OnnxTensor.isInteger(type.elemType);
            if (type == null || !integer && !OnnxTensor.isFloat(type.elemType)) {
                obstacles.addInput(input.name,
                        "input '%s' is of %s; only arrays of floats, integers and booleans can go in, so convert it in the model"
                                .formatted(input.name,
                                        type != null
                                                ? OnnxTensor.typeName(type.elemType)
                                                : "no tensor type"));
                continue;
            }
            InputSizes known = unnamed.equals(List.of(input.name))
                    ? GivenSizes.named(sizes, input.name)
                    : sizes;
            Dims dims = inputDims(input.name, type, known, dimensionNames);
            Value.Computed made = new Value.Computed(input.name, dims, integer);
            if (inputs.put(input.name, made) != null) {
                throw new ModelException("input '%s' is named twice".formatted(input.name));
            }
        }
        for (String given : sizes.dimensions().keySet()) {
            if (!dimensionNames.contains(given)) {
                throw new IllegalArgumentException("dimension '%s' is given; %s leaves open %s"
                        .formatted(given, name, dimensionNames.stream().sorted().toList()));
            }
        }
        return List.copyOf(inputs.values());
    }

    private OpenSizeException open(String input, List<Dimension> dimensions, List<Integer> declared,
            int open) {
        int channels = GivenSizes.channels(declared);
        String dimension = dimensions.get(open).param;
        String message = "input '%s' of %s is %s: dimension %d is open; give all sizes of the input%s%s"
                .formatted(input, name, text(dimensions), open,
                        dimension.isEmpty() ? "" : ", or that of dimension '" + dimension + "'",
                        declared.size() == 4 ? ", or the picture's height and width" : "");
        int height = channels == 1 ? 2 : 1;
        return declared.size() != 4 || open < height || open > height + 1
                ? new OpenSizeException(message)
                : new OpenSizeException(message, declared.get(height), declared.get(height + 1));
    }

    private Dims inputDims(String input, TensorType type, InputSizes sizes,
            Set<String> dimensionNames) {
        List<Dimension> dimensions = type.dims;
        if (dimensions.size() > Weights.MAX_RANK) {
            throw new ModelException("input '%s' has %s; at most %d can be read".formatted(input,
                    Printable.count(dimensions.size(), "dimension"), Weights.MAX_RANK));
        }
        Dims given = sizes.inputs().get(input);
        if (!type.hasShape && given != null) {
            return given;
        }
        if (!type.hasShape || given != null && given.rank() != dimensions.size()) {
            throw new IllegalArgumentException(type.hasShape
                    ? "input '%s' is given as %s; in %s it has %s".formatted(input, given, name,
                            Printable.count(dimensions.size(), "dimension"))
                    : "input '%s' of %s has no sizes in the model; give them for that input"
                            .formatted(input, name));
        }
        List<Integer> declared = new ArrayList<>();
        for (Dimension dimension : dimensions) {
            long size = dimension.hasValue ? dimension.value : 0;
            if (size > Shape.MAX_ELEMENTS || dimension.hasValue && size < -1) {
                throw new ModelException("input '%s' has a dimension of %d; it must be from 1 to %d"
                        .formatted(input, size, Shape.MAX_ELEMENTS));
            }
            // 0 and -1 are how some exporters write that it is open
            declared.add((int) Math.max(size, 0));
            if (size <= 0) {
                dimensionNames.add(dimension.param);
            }
        }
        List<Integer> result = new ArrayList<>();
        for (int i = 0; i < declared.size(); i++) {
            int size = GivenSizes.size(sizes, input, declared, i, dimensions.get(i).param);
            if (size == 0) {
                throw open(input, dimensions, declared, i);
            }
            if (declared.get(i) != 0 && declared.get(i) != size) {
                throw new IllegalArgumentException(
                        "dimension %d of input '%s' is given as %d; in %s it is fixed: %s"
                                .formatted(i, input, size, name, text(dimensions)));
            }
            result.add(size);
        }
        try {
            return new Dims(result);
        } catch (IllegalArgumentException e) {
            throw new ModelException("input '%s': %s".formatted(input, e.getMessage()), e);
        }
    }

    private static List<String> text(List<Dimension> dimensions) {
        return dimensions.stream()
                .map(dimension -> dimension.hasValue && dimension.value > 0
                        ? String.valueOf(dimension.value)
                        : dimension.param.isEmpty() ? "?" : dimension.param)
                .toList();
    }
}
