package dev.sepconv.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sepconv.Device;
import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.Tensor;
import dev.sepconv.engine.Engines;
import dev.sepconv.io.AtomicFile;
import dev.sepconv.io.Images;
import dev.sepconv.io.Images.Picture;
import dev.sepconv.io.Npy;
import dev.sepconv.io.NpyHeader;
import dev.sepconv.report.ArrayPicture;
import dev.sepconv.report.NetworkProfile;
import dev.sepconv.report.Numbers;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sepconv run}: a whole network on a picture or on arrays. */
@Command(name = "run", description = {"Run a network on a picture or on NumPy arrays.",
        "A picture's pixels run from 0 to 1, red, green, blue; it is stretched to the size that goes in, --mean is taken off and "
                + "the rest divided by --std. Arrays are float32 .npy files of any rank; other numbers are converted."},
        footerHeading = "%nExamples:%n",
        footer = {"  sepconv run classifier.onnx --image photo.jpg --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225",
                "  sepconv run detector.onnx --image photo.jpg --size 640x640 --picture found.png --profile",
                "  sepconv run net.onnx --input x.npy --output y.npy --dump arrays"})
final class RunCommand implements Callable<Integer> {

    /** A larger picture is scaled down to this longest side before anything else. */
    private static final int MAX_SIDE = 4096;
    /** Where a model leaves the picture's size open, it is the picture's own, as a multiple of this: halved so often at most. */
    private static final int SIZE_STEP = 32;
    private static final int TOP = 5;
    private static final String INDEX = "index.json";

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOptions model;

    @Option(names = "--image", paramLabel = "IMG", description = "A PNG, JPEG or PPM picture.")
    private Path image;

    @Option(names = "--mean", paramLabel = "R,G,B", converter = Converters.ChannelsConverter.class,
            description = "Taken off each pixel; one number for all or three (default: 0).")
    private List<Float> mean;

    @Option(names = "--std", paramLabel = "R,G,B", converter = Converters.ChannelsConverter.class,
            description = "What is left is divided by this (default: 1).")
    private List<Float> std;

    @Option(names = "--bgr", description = "The network wants blue first; --mean and --std stay red, green, blue.")
    private boolean bgr;

    @Option(names = "--input", paramLabel = "[NAME=]X.npy",
            description = "An array for an input; the name may be left out where there is one input without a picture.")
    private List<String> inputFiles = List.of();

    @Mixin
    private EngineOptions engine;

    @Option(names = "--output", paramLabel = "[NAME=]Y.npy",
            description = "Where an output goes; the name may be left out where there is one output.")
    private List<String> outputFiles = List.of();

    @Option(names = "--picture", paramLabel = "FILE.png", description = "Draw the first output that is a map (segmentation, heat "
            + "map) over the picture: one channel as heat, several as the greatest one's colour.")
    private Path picture;

    @Option(names = "--profile", description = "Also measure the time of each layer: the median of some runs.")
    private boolean profile;

    @Option(names = "--dump", paramLabel = "DIR", description = "Write every array of the network there as .npy, with an " + INDEX
            + "; nothing is fused then, so that each exists.")
    private Path dump;

    @Mixin
    private JsonOption json;

    /** One number of an output. */
    private record Entry(int index, float value) {
    }

    /**
     * What came out.
     *
     * @param top of each image of the batch the largest numbers, first the largest; null where the output has other dimensions
     * @param file null where it was not written
     */
    private record Output(String name, List<Integer> shape, float min, float max, double mean, List<List<Entry>> top,
            String file) {
    }

    private record Dumped(String array, String node, String kind, List<Integer> shape, String file) {
    }

    @JsonInclude(JsonInclude.Include.ALWAYS)
    private record Document(String model, Map<String, List<Integer>> inputs, List<Output> outputs, String engine, Device device,
            String reason, double compileMillis, double runMillis, long intermediateBytes, NetworkProfile profile, String picture,
            String dump, int dumped) {
    }

    @Override
    public Integer call() throws IOException {
        checkOptions();
        Map<String, Path> given = named("--input", inputFiles);
        Map<String, Path> asked = outputs();
        Picture photo = image == null ? null : Images.read(image, MAX_SIDE);
        Network network = model.read(sizes(given), photo == null ? null : size(photo));
        Map<String, NdArray> inputs = inputs(network, given, photo);
        Map<String, Path> wanted = files(network, asked);
        String map = picture == null ? null : map(network);
        try (Engines.Choice choice = engine.choose()) {
            Network compiled = dump == null ? network : network.withOutputs(arrays(network));
            long start = System.nanoTime();
            try (NetworkPlan plan = choice.engine().compile(compiled, choice.device())) {
                long ready = System.nanoTime();
                Map<String, NdArray> results = plan.run(inputs);
                long done = System.nanoTime();
                NetworkProfile profiled = profile ? NetworkProfile.measure(plan, network, inputs) : null;
                for (Map.Entry<String, Path> file : wanted.entrySet()) {
                    write(file.getValue(), results.get(file.getKey()));
                }
                if (map != null) {
                    byte[] png = Images.png(ArrayPicture.over(photo.rgb(), results.get(map).toTensor()));
                    AtomicFile.write(picture, out -> out.write(png));
                }
                int dumped = dump == null ? 0 : dump(network, results);
                List<Output> outputs = network.outputs().stream().map(name -> output(name, results.get(name), wanted.get(name)))
                        .toList();
                Map<String, List<Integer>> shapes = new LinkedHashMap<>();
                inputs.forEach((name, array) -> shapes.put(name, array.dims().sizes()));
                Document document = new Document(model.model, shapes, outputs, choice.engine().name(), choice.device(),
                        choice.reason(), (ready - start) / 1e6, (done - ready) / 1e6, plan.intermediateBytes(), profiled,
                        picture == null ? null : picture.toString(), dump == null ? null : dump.toString(), dumped);
                if (json.json) {
                    JsonOption.print(spec.commandLine().getOut(), document);
                } else {
                    print(document, map);
                }
            }
        }
        return Failure.NONE;
    }

    private void checkOptions() throws IOException {
        if (image == null) {
            needsImage("--mean", mean);
            needsImage("--std", std);
            needsImage("--bgr", bgr ? Boolean.TRUE : null);
            needsImage("--picture", picture);
            if (inputFiles.isEmpty()) {
                throw new ParameterException(spec.commandLine(), "name what goes in: --image or --input");
            }
        }
        if (mean != null && mean.stream().anyMatch(value -> !(value >= 0 && value <= 1))) {
            throw new IllegalArgumentException(
                    "--mean is %s; pixels run from 0 to 1, so it must too: divide by 255".formatted(mean));
        }
        if (std != null && std.stream().anyMatch(value -> !(value > 0))) {
            throw new IllegalArgumentException("--std is %s; it must be above 0".formatted(std));
        }
        if (picture != null) {
            OutputFile.check("--picture", picture, OutputFile.Kind.PICTURE);
        }
        if (dump != null) {
            OutputFile.checkFolder("--dump", dump, INDEX);
        }
    }

    private void needsImage(String option, Object value) {
        if (value != null) {
            throw new ParameterException(spec.commandLine(), option + " needs --image");
        }
    }

    /** Files by name; an empty name for the one that has none. */
    private Map<String, Path> named(String option, List<String> values) {
        Map<String, Path> files = new LinkedHashMap<>();
        for (String value : values) {
            // a name of an array may have anything in it but this, and a file may have that too
            int equals = Files.exists(Path.of(value)) ? -1 : value.lastIndexOf('=');
            String name = equals < 0 ? "" : value.substring(0, equals);
            if (files.put(name, Path.of(value.substring(equals + 1))) != null) {
                throw new ParameterException(spec.commandLine(),
                        name.isEmpty()
                                ? option + " is given twice without a name"
                                : "%s %s is given twice".formatted(option, name));
            }
        }
        return files;
    }

    private static Dims dims(Path file) throws IOException {
        List<Integer> shape = Npy.readHeader(file).shape();
        if (shape.contains(0)) {
            throw new IllegalArgumentException(
                    "--input %s has shape %s; every dimension must be at least 1".formatted(file, shape));
        }
        return new Dims(shape);
    }

    private static Map<String, Dims> sizes(Map<String, Path> given) throws IOException {
        Map<String, Dims> sizes = new LinkedHashMap<>();
        for (Map.Entry<String, Path> file : given.entrySet()) {
            sizes.put(file.getKey(), dims(file.getValue()));
        }
        return sizes;
    }

    /** What a network with open sizes is read for, if nothing else is said. */
    private static Dims size(Picture photo) {
        return Dims.of(Math.max(SIZE_STEP, Math.ceilDiv(photo.height(), SIZE_STEP) * SIZE_STEP),
                Math.max(SIZE_STEP, Math.ceilDiv(photo.width(), SIZE_STEP) * SIZE_STEP));
    }

    private Map<String, NdArray> inputs(Network network, Map<String, Path> given, Picture photo) throws IOException {
        Map<String, NdArray> inputs = new LinkedHashMap<>();
        List<String> open = new ArrayList<>(network.inputs().keySet());
        for (Map.Entry<String, Path> file : given.entrySet()) {
            if (!file.getKey().isEmpty()) {
                if (!open.remove(file.getKey())) {
                    throw new IllegalArgumentException("--input names '%s'; the network's inputs are %s".formatted(file.getKey(),
                            String.join(", ", network.inputs().keySet())));
                }
                inputs.put(file.getKey(), read(file.getValue(), network.dims(file.getKey())));
            }
        }
        if (photo != null) {
            String name = open.stream().filter(input -> isPicture(network.dims(input))).findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "--image can't go in: no input of %s is a picture of 1 or 3 channels".formatted(network.inputs())));
            open.remove(name);
            inputs.put(name, pixels(photo, network.dims(name)));
        }
        if (given.containsKey("")) {
            if (open.size() != 1) {
                throw new IllegalArgumentException("--input %s has no name; write NAME=%s with one of %s".formatted(given.get(""),
                        given.get(""), String.join(", ", network.inputs().keySet())));
            }
            inputs.put(open.getFirst(), read(given.get(""), network.dims(open.removeFirst())));
        }
        if (!open.isEmpty()) {
            throw new IllegalArgumentException("input '%s' %s is missing; give it with --input %s=X.npy"
                    .formatted(open.getFirst(), network.dims(open.getFirst()), open.getFirst()));
        }
        return inputs;
    }

    private NdArray read(Path file, Dims wanted) throws IOException {
        Dims dims = dims(file);
        if (!dims.equals(wanted)) {
            throw new IllegalArgumentException("--input %s has shape %s; the network takes %s".formatted(file, dims, wanted));
        }
        NpyHeader header = Npy.readHeader(file);
        header.conversion()
                .ifPresent(conversion -> spec.commandLine().getErr().println("sepconv: %s: %s".formatted(file, conversion)));
        return NdArray.of(dims, Npy.read(file));
    }

    private static boolean isPicture(Dims dims) {
        return dims.rank() == 4 && dims.get(0) == 1 && (isChannels(dims.get(1)) || isChannels(dims.get(3)));
    }

    private static boolean isChannels(int size) {
        return size == 1 || size == 3;
    }

    /** The picture as that input wants it: {@code [1, C, H, W]} or {@code [1, H, W, C]}. */
    private NdArray pixels(Picture photo, Dims dims) {
        boolean channelsFirst = isChannels(dims.get(1));
        int channels = dims.get(channelsFirst ? 1 : 3);
        int height = dims.get(channelsFirst ? 2 : 1);
        int width = dims.get(channelsFirst ? 3 : 2);
        Tensor rgb = Images.resize(photo.rgb(), height, width);
        NdArray array = NdArray.zeros(dims);
        for (int c = 0; c < channels; c++) {
            int colour = bgr ? 2 - c : c;
            float less = of(mean, colour, 0);
            float by = of(std, colour, 1);
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    float value = channels == 3 ? rgb.get(0, colour, y, x) : luminance(rgb, y, x);
                    int at = channelsFirst ? (c * height + y) * width + x : (y * width + x) * channels + c;
                    array.data()[at] = (value - less) / by;
                }
            }
        }
        return array;
    }

    private static float of(List<Float> numbers, int channel, float otherwise) {
        return numbers == null ? otherwise : numbers.get(numbers.size() == 1 ? 0 : channel);
    }

    /** ITU-R BT.601, as JPEG and Pillow have it. */
    private static float luminance(Tensor rgb, int y, int x) {
        return 0.299f * rgb.get(0, 0, y, x) + 0.587f * rgb.get(0, 1, y, x) + 0.114f * rgb.get(0, 2, y, x);
    }

    private Map<String, Path> outputs() throws IOException {
        Map<String, Path> files = named("--output", outputFiles);
        for (Path file : files.values()) {
            OutputFile.check("--output", file, OutputFile.Kind.ARRAY);
        }
        return files;
    }

    private static Map<String, Path> files(Network network, Map<String, Path> asked) {
        Map<String, Path> files = new LinkedHashMap<>();
        for (Map.Entry<String, Path> file : asked.entrySet()) {
            String name = file.getKey();
            if (name.isEmpty() && network.outputs().size() == 1) {
                name = network.outputs().getFirst();
            }
            if (!network.outputs().contains(name)) {
                throw new IllegalArgumentException(name.isEmpty()
                        ? "--output %s has no name; write NAME=%s with one of %s".formatted(file.getValue(), file.getValue(),
                                String.join(", ", network.outputs()))
                        : "--output names '%s'; the network's outputs are %s".formatted(name,
                                String.join(", ", network.outputs())));
            }
            files.put(name, file.getValue());
        }
        return files;
    }

    private static String map(Network network) {
        return network.outputs().stream().filter(name -> ArrayPicture.isMap(network.dims(name))).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--picture can't be drawn: no output is a map of %s; they are %s"
                        .formatted(ArrayPicture.MAPS, network.outputs().stream().map(network::dims).toList())));
    }

    /** All arrays that nodes make from what goes in. */
    private static List<String> arrays(Network network) {
        return network.nodes().stream().filter(node -> !(node.op() instanceof Op.Constant)).map(Node::output).toList();
    }

    private int dump(Network network, Map<String, NdArray> results) throws IOException {
        Files.createDirectories(dump);
        List<Dumped> index = new ArrayList<>();
        for (Node node : network.nodes()) {
            NdArray array = results.get(node.output());
            if (array != null) {
                String name = node.output().replaceAll("[^A-Za-z0-9._-]", "_");
                // numbered, so that names that differ in other signs alone stay apart; a file's name may not be endless
                String file = "%04d-%s.npy".formatted(index.size(), name.substring(Math.max(0, name.length() - 100)));
                write(dump.resolve(file), array);
                index.add(new Dumped(node.output(), node.name(), node.op().label(), array.dims().sizes(), file));
            }
        }
        AtomicFile.write(dump.resolve(INDEX), out -> out.write(JsonOption.bytes(index)));
        return index.size();
    }

    private static void write(Path file, NdArray array) throws IOException {
        Npy.write(file, array.dims().sizes(), array.data());
    }

    private static Output output(String name, NdArray array, Path file) {
        float min = Float.POSITIVE_INFINITY;
        float max = Float.NEGATIVE_INFINITY;
        double sum = 0;
        for (float value : array.data()) {
            min = Math.min(min, value);
            max = Math.max(max, value);
            sum += value;
        }
        return new Output(name, array.dims().sizes(), min, max, sum / array.data().length, top(array),
                file == null ? null : file.toString());
    }

    /** Of [N, K], or [N, K, 1, 1], with K from 2. */
    private static List<List<Entry>> top(NdArray array) {
        Dims dims = array.dims();
        if (dims.rank() != 2 && dims.rank() != 4 || dims.get(1) < 2 || dims.product(2, dims.rank()) != 1) {
            return null;
        }
        int classes = dims.get(1);
        return IntStream.range(0, dims.get(0))
                .mapToObj(n -> IntStream.range(0, classes).mapToObj(k -> new Entry(k, array.data()[n * classes + k]))
                        .sorted(Comparator.comparing(Entry::value).reversed().thenComparing(Entry::index)).limit(TOP).toList())
                .toList();
    }

    private void print(Document document, String map) {
        PrintWriter out = spec.commandLine().getOut();
        Table table = new Table("OUTPUT", "SHAPE", ">LEAST", ">GREATEST", ">MEAN");
        for (Output output : document.outputs()) {
            table.row(output.name(), output.shape(), number(output.min()), number(output.max()), number(output.mean()));
        }
        table.print(out);
        for (Output output : document.outputs()) {
            if (output.top() != null) {
                for (int n = 0; n < output.top().size(); n++) {
                    out.println();
                    Table top = new Table(">CLASS",
                            ">" + (output.top().size() == 1 ? output.name() : output.name() + ", image " + n));
                    output.top().get(n).forEach(entry -> top.row(entry.index(), number(entry.value())));
                    top.print(out);
                }
            }
        }
        out.println();
        if (document.profile() != null) {
            print(out, document.profile());
        }
        out.println("First run in %.2f ms, after %.2f ms of compiling; intermediate arrays take %.2f MiB"
                .formatted(document.runMillis(), document.compileMillis(), document.intermediateBytes() / 1048576.0));
        document.outputs().stream().filter(output -> output.file() != null)
                .forEach(output -> out.println("wrote " + output.file()));
        if (document.picture() != null) {
            out.println("wrote %s: '%s' over the picture".formatted(document.picture(), map));
        }
        if (document.dump() != null) {
            out.println("wrote %d arrays and %s to %s".formatted(document.dumped(), INDEX, document.dump()));
        }
    }

    private static void print(PrintWriter out, NetworkProfile profile) {
        Table layers = new Table("LAYER", "KIND", ">ms", ">SHARE", ">GFLOP/s");
        profile.layers().forEach(part -> row(layers, part));
        layers.print(out);
        out.println();
        Table kinds = new Table("KIND", "LAYERS", ">ms", ">SHARE", ">GFLOP/s");
        profile.kinds().forEach(part -> row(kinds, part));
        kinds.print(out);
        out.println();
        out.println("Layers together %s ms, a whole run %s ms: medians of %d runs"
                .formatted(Numbers.digits(profile.layersMillis()), Numbers.digits(profile.runMillis()), profile.runs()));
    }

    private static void row(Table table, NetworkProfile.Part part) {
        table.row(part.name(), part.kind(), Numbers.digits(part.millis()),
                String.format(Locale.ROOT, "%.1f %%", 100 * part.share()),
                part.gflops() == null ? "" : Numbers.digits(part.gflops()));
    }

    /** Six digits. */
    private static String number(double value) {
        return String.format(Locale.ROOT, "%.6g", value);
    }
}
