package dev.sepconv.cli;

import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.bulk.RowFiles;
import dev.sepconv.io.onnx.OnnxReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which files a network's arrays come from and go to. */
final class ArrayOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--input", paramLabel = "[NAME=]X.npy",
            description = "An array for an input; the name may be left out where there is one input without a picture.")
    private List<String> inputFiles = List.of();

    @Option(names = "--output", paramLabel = "[NAME=]Y.npy",
            description = "Where an output goes; the name may be left out where there is one output. "
                    + "With --images a file with a row for each picture: .csv, .jsonl, or .npy with a .csv beside it.")
    private List<String> outputFiles = List.of();

    boolean giveInputs() {
        return !inputFiles.isEmpty();
    }

    boolean giveOutputs() {
        return !outputFiles.isEmpty();
    }

    /** The files of {@code --input} by name; an empty name for the one that has none. */
    Map<String, Path> inputs() {
        return NamedFiles.of(spec, "--input", inputFiles);
    }

    /** Those of {@code --output}; refuses those that can't be written as arrays. */
    Map<String, Path> outputs() throws IOException {
        Map<String, Path> files = NamedFiles.of(spec, "--output", outputFiles);
        for (Path file : files.values()) {
            OutputFile.check("--output", file, OutputFile.Kind.ARRAY);
        }
        return files;
    }

    /** The files of {@code --output} as files of rows, one for each picture of a folder. */
    List<RowFiles.Wanted> rows() {
        List<RowFiles.Wanted> rows = new ArrayList<>();
        for (String value : outputFiles) {
            String name = NamedFiles.name(value);
            rows.add(new RowFiles.Wanted(NamedFiles.file(value), name.isEmpty() ? null : name));
        }
        return rows;
    }

    /** Before a large model is read: a name that it doesn't have would be found minutes later. */
    static void checkNames(ModelOptions model, Map<String, Path> given, Map<String, Path> asked)
            throws IOException {
        if (!model.isOnnx() || given.isEmpty() && asked.isEmpty()) {
            return;
        }
        OnnxReader.Ends ends = OnnxReader.ends(Path.of(model.model));
        for (String input : given.keySet()) {
            if (!input.isEmpty() && !ends.inputs().contains(input)) {
                throw new IllegalArgumentException(unknownInput(input, ends.inputs()));
            }
        }
        byOutput(ends.outputs(), asked);
    }

    /** The sizes of the arrays in files of {@link #inputs()}. */
    static Map<String, Dims> sizes(Map<String, Path> given) throws IOException {
        Map<String, Dims> sizes = new LinkedHashMap<>();
        for (Map.Entry<String, Path> file : given.entrySet()) {
            sizes.put(file.getKey(), dims(file.getValue()));
        }
        return sizes;
    }

    /** Reads the arrays that are given with a name. */
    Map<String, NdArray> readNamed(Map<String, Dims> wanted, Map<String, Path> given)
            throws IOException {
        Map<String, NdArray> inputs = new LinkedHashMap<>();
        for (Map.Entry<String, Path> file : given.entrySet()) {
            if (!file.getKey().isEmpty()) {
                if (!wanted.containsKey(file.getKey())) {
                    throw new IllegalArgumentException(
                            unknownInput(file.getKey(), wanted.keySet()));
                }
                inputs.put(file.getKey(), read(file.getValue(), wanted.get(file.getKey())));
            }
        }
        return inputs;
    }

    /** Reads the array that is given without a name, for the one input that is still open. */
    void readUnnamed(Map<String, Dims> wanted, Map<String, Path> given, Map<String, NdArray> inputs)
            throws IOException {
        List<String> open = new ArrayList<>(wanted.keySet());
        open.removeAll(inputs.keySet());
        Path unnamed = given.get("");
        if (unnamed != null) {
            if (open.size() != 1) {
                throw new IllegalArgumentException(
                        "--input %s has no name; write NAME=%s with one of %s".formatted(unnamed,
                                unnamed, String.join(", ", wanted.keySet())));
            }
            String name = open.removeFirst();
            inputs.put(name, read(unnamed, wanted.get(name)));
        }
        if (!open.isEmpty()) {
            throw new IllegalArgumentException(
                    "input '%s' %s is missing; give it with --input %s=X.npy".formatted(
                            open.getFirst(), wanted.get(open.getFirst()), open.getFirst()));
        }
    }

    /** The files of {@link #outputs()} by the names of a network's outputs. */
    static Map<String, Path> byOutput(List<String> outputs, Map<String, Path> asked) {
        Map<String, Path> files = new LinkedHashMap<>();
        for (Map.Entry<String, Path> file : asked.entrySet()) {
            String name = file.getKey();
            if (name.isEmpty() && outputs.size() == 1) {
                name = outputs.getFirst();
            }
            if (!outputs.contains(name)) {
                throw new IllegalArgumentException(name.isEmpty()
                        ? "--output %s has no name; write NAME=%s with one of %s".formatted(
                                file.getValue(), file.getValue(), String.join(", ", outputs))
                        : "--output names '%s'; the network's outputs are %s".formatted(name,
                                String.join(", ", outputs)));
            }
            files.put(name, file.getValue());
        }
        return files;
    }

    private static String unknownInput(String input, Collection<String> inputs) {
        return "--input names '%s'; the network's inputs are %s".formatted(input,
                String.join(", ", inputs));
    }

    private static Dims dims(Path file) throws IOException {
        return new Dims(ArrayFile.shape("--input", file));
    }

    private NdArray read(Path file, Dims wanted) throws IOException {
        Dims dims = dims(file);
        if (!dims.equals(wanted)) {
            throw new IllegalArgumentException(
                    "--input %s has shape %s; the network takes %s".formatted(file, dims, wanted));
        }
        return NdArray.of(dims, ArrayFile.read(file, spec.commandLine().getErr()));
    }
}
