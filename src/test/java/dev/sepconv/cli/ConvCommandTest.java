package dev.sepconv.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvStack;
import dev.sepconv.ConvWeights;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.io.Npy;
import dev.sepconv.reference.Reference;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every file here is named after its shape: x-2-4-7-9.npy is [2, 4, 7, 9]. */
class ConvCommandTest {

    private static final double TOLERANCE = 1e-5;

    @TempDir
    Path folder;

    private final Random random = new Random(7);

    @BeforeEach
    void write() throws IOException {
        for (String name : List.of("x-2-4-7-9", "x-4-7-9", "x-5-7-9", "w-6-4-3-3", "w-6-2-3-3",
                "w-6-2-3-2", "w-8-1-3-3", "w-4-1-3-3", "w-6-3-3-3", "w-5-2-3-3", "w-6-1-3-3", "b-6",
                "b-8", "b-5", "p-5-8-1-1", "p-5-4-1-1", "p-6-4-1-1", "p-5-4-3-3", "q-5", "x-7-9",
                "w-6-4", "x-1-0-7-9")) {
            write(name);
        }
    }

    private void write(String name) throws IOException {
        List<Integer> shape = shape(name);
        float[] data = new float[shape.stream().reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < data.length; i++) {
            data[i] = random.nextFloat(-1, 1);
        }
        Npy.write(file(name), shape, data);
    }

    private Path file(String name) {
        return folder.resolve(name + ".npy");
    }

    private static List<Integer> shape(String name) {
        return Arrays.stream(name.split("-")).skip(1).map(Integer::valueOf).toList();
    }

    /**
     * Splits {@code args} and puts the folder before every file; runs on the engine that is there
     * everywhere.
     */
    private Invocation conv(String args) {
        List<Object> all = new ArrayList<>(List.of("conv", "--engine", "java"));
        for (String arg : args.split(" ")) {
            all.add(arg.matches("[a-z]+(-\\d+)*\\.npy") ? folder.resolve(arg).toString() : arg);
        }
        return Invocation.inProcess(all.toArray());
    }

    static Stream<Arguments> layers() {
        Conv2d plain = Conv2d.of(4, 6, 3);
        Conv2d grouped = new Conv2d(4, 6, 3, 2, 1, 1, 1, 1, Padding.VALID, 2, false,
                Activation.NONE);
        Conv2d depthwise = Conv2d.depthwise(4, 2, 3);
        return Stream.of(Arguments.of("--weights w-6-4-3-3.npy", plain), Arguments.of(
                "--weights w-6-4-3-3.npy --bias b-6.npy --stride 2,1 --pad 1,2 --dilation 2 --activation relu",
                plain.withBias(true).withStride(2, 1).withPadding(Padding.of(1, 2)).withDilation(2)
                        .withActivation(Activation.RELU)),
                Arguments.of("--weights w-6-4-3-3.npy --stride 2 --pad same --dilation 1,2",
                        plain.withStride(2).withPadding(Padding.SAME_UPPER).withDilation(1, 2)),
                Arguments.of(
                        "--weights w-6-4-3-3.npy --stride 2 --pad same-lower --activation leaky-relu",
                        plain.withStride(2).withPadding(Padding.SAME_LOWER)
                                .withActivation(Activation.leakyRelu(0.01f))),
                Arguments.of("--weights w-6-4-3-3.npy --pad 0,1,2,3 --activation leaky-relu:0.2",
                        plain.withPadding(Padding.of(0, 1, 2, 3))
                                .withActivation(Activation.leakyRelu(0.2f))),
                Arguments.of("--weights w-6-2-3-2.npy --pad valid --activation hard-swish",
                        grouped.withActivation(Activation.HARD_SWISH)),
                Arguments.of("--weights w-6-2-3-2.npy --groups 2 --pad 1 --activation sigmoid",
                        grouped.withPadding(Padding.of(1)).withActivation(Activation.SIGMOID)),
                Arguments.of("--weights w-8-1-3-3.npy --bias b-8.npy --activation relu6",
                        depthwise.withBias(true).withActivation(Activation.RELU6)),
                Arguments.of("--weights p-5-4-1-1.npy --activation none", Conv2d.pointwise(4, 5)),
                Arguments.of(
                        "--weights w-8-1-3-3.npy --bias b-8.npy --stride 2 --pad 1 --inner-activation relu6 "
                                + "--pointwise p-5-8-1-1.npy --pointwise-bias q-5.npy --activation relu",
                        ConvStack.of(
                                depthwise.withBias(true).withStride(2).withPadding(Padding.of(1))
                                        .withActivation(Activation.RELU6),
                                Conv2d.pointwise(8, 5).withBias(true)
                                        .withActivation(Activation.RELU))),
                Arguments.of(
                        "--weights w-8-1-3-3.npy --pointwise p-5-8-1-1.npy --order depthwise-first --activation relu",
                        ConvStack.of(depthwise,
                                Conv2d.pointwise(8, 5).withActivation(Activation.RELU))),
                Arguments.of(
                        "--weights w-6-1-3-3.npy --bias b-6.npy --stride 2 --pad same --activation relu "
                                + "--pointwise p-6-4-1-1.npy --order pointwise-first",
                        ConvStack.of(Conv2d.pointwise(4, 6),
                                Conv2d.depthwise(6, 1, 3).withBias(true).withStride(2)
                                        .withPadding(Padding.SAME_UPPER)
                                        .withActivation(Activation.RELU))));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void computesWhatTheReferenceDoes(String args, Layer layer) throws IOException {
        Invocation done = conv(args + " --verbose --input x-2-4-7-9.npy --output y.npy")
                .succeeded();
        assertTrue(done.err().startsWith("sepconv: engine java on java ")
                && done.err().endsWith(": asked for" + System.lineSeparator()), done.err());
        Shape shape = new Shape(2, 4, 7, 9);
        Tensor input = Tensor.of(shape, Layout.NCHW, Npy.read(file("x-2-4-7-9")));
        double[] exact = Reference.run(layer, weights(args, layer), input);
        Shape out = layer.outputShape(shape);
        assertEquals(List.of(out.n(), out.c(), out.h(), out.w()),
                Npy.readHeader(file("y")).shape());
        assertClose(exact, Tensor.of(out, Layout.NCHW, Npy.read(file("y"))));

        // the same, channels last
        Npy.write(file("h"), List.of(2, 7, 9, 4), input.to(Layout.NHWC).data());
        assertEquals("",
                conv(args + " --layout nhwc --input h.npy --output z.npy").succeeded().err(),
                "it was asked for");
        assertEquals(List.of(out.n(), out.h(), out.w(), out.c()),
                Npy.readHeader(file("z")).shape());
        assertClose(exact, Tensor.of(out, Layout.NHWC, Npy.read(file("z"))).to(Layout.NCHW));
    }

    /** The files that a command line names, in the order in which the layer has its steps. */
    private List<ConvWeights> weights(String args, Layer layer) throws IOException {
        Map<String, float[]> files = new TreeMap<>();
        String[] words = args.split(" ");
        for (int i = 0; i + 1 < words.length; i++) {
            if (words[i + 1].endsWith(".npy")) {
                files.put(words[i], Npy.read(folder.resolve(words[i + 1])));
            }
        }
        ConvWeights spatial = new ConvWeights(files.get("--weights"), files.get("--bias"));
        if (layer instanceof Conv2d) {
            return List.of(spatial);
        }
        ConvWeights mixing = new ConvWeights(files.get("--pointwise"),
                files.get("--pointwise-bias"));
        return args.contains("pointwise-first")
                ? List.of(mixing, spatial)
                : List.of(spatial, mixing);
    }

    private static void assertClose(double[] exact, Tensor result) {
        Reference.Difference difference = Reference.difference(exact, result);
        assertTrue(difference.relative() <= TOLERANCE,
                "relative difference " + difference.relative());
    }

    @Test
    void takesOnePictureWithoutABatch() throws IOException {
        float[] one = Npy.read(file("x-4-7-9"));
        Npy.write(file("batch"), List.of(1, 4, 7, 9), one);
        conv("--input x-4-7-9.npy --weights w-6-4-3-3.npy --output y.npy").succeeded();
        conv("--input batch.npy --weights w-6-4-3-3.npy --output z.npy").succeeded();
        assertEquals(List.of(6, 5, 7), Npy.readHeader(file("y")).shape());
        assertEquals(List.of(1, 6, 5, 7), Npy.readHeader(file("z")).shape());
        assertArrayEquals(Npy.read(file("z")), Npy.read(file("y")));
        Npy.write(file("hwc"), List.of(7, 9, 4),
                Tensor.of(Shape.of(4, 7, 9), Layout.NCHW, one).to(Layout.NHWC).data());
        conv("--input hwc.npy --layout nhwc --weights w-6-4-3-3.npy --output h.npy").succeeded();
        assertEquals(List.of(5, 7, 6), Npy.readHeader(file("h")).shape());
    }

    @Test
    void convertsOtherNumbersAndSaysSo() throws IOException {
        for (String name : List.of("float32", "float64_big_endian_fortran")) {
            // [2, 3, 4]
            try (InputStream in = Npy.class.getResourceAsStream("npy/" + name + ".npy")) {
                Files.copy(in, folder.resolve(name + ".npy"));
            }
        }
        Npy.write(file("pick"), List.of(1, 2, 1, 1), new float[]{0, 1});
        conv("--input " + file("float32") + " --weights pick.npy --output y.npy").succeeded();
        Invocation converted = conv("--input " + file("float64_big_endian_fortran")
                + " --weights pick.npy --output z.npy");
        assertEquals(0, converted.code());
        assertEquals(List.of("sepconv: " + file("float64_big_endian_fortran")
                + ": float64, big-endian, Fortran order converted to float32, little-endian, C order"),
                converted.sentences());
        assertArrayEquals(Arrays.copyOfRange(Npy.read(file("float32")), 12, 24),
                Npy.read(file("y")));
        assertArrayEquals(Npy.read(file("y")), Npy.read(file("z")));
    }

    @Test
    void letsNanWeightsThrough() throws IOException {
        float[] weights = Npy.read(file("w-6-4-3-3"));
        weights[0] = Float.NaN;
        Npy.write(file("nan"), List.of(6, 4, 3, 3), weights);
        conv("--input x-4-7-9.npy --weights nan.npy --output y.npy").succeeded();
        float[] result = Npy.read(file("y"));
        for (int i = 0; i < result.length; i++) {
            assertEquals(i < 5 * 7, Float.isNaN(result[i]),
                    "only the first filter has a NaN; this is number " + i);
        }
    }

    @Test
    void printsOneJsonDocument() throws IOException {
        Invocation done = conv(
                "--input x-2-4-7-9.npy --weights w-8-1-3-3.npy --bias b-8.npy --pointwise p-5-8-1-1.npy --json "
                        + "--output y.npy")
                .succeeded();
        JsonNode document = done.json();
        assertEquals("[2,4,7,9]", document.get("input").get("shape").toString());
        assertEquals("[2,5,5,7]", document.get("output").get("shape").toString());
        assertEquals(file("y").toString(), document.get("output").get("path").asText());
        assertEquals("java", document.get("engine").asText());
        assertEquals("java", document.get("device").get("id").asText());
        assertEquals(4, document.get("groups").asInt());
        assertEquals(8 * 9 + 8 + 5 * 8, document.get("parameters").asLong());
        assertEquals(2 * 5 * 7 * (8 * 9 + 5 * 8), document.get("multiplyAdds").asLong());
        assertTrue(document.get("pointwiseBias").isNull());
        assertTrue(document.get("compileMillis").asDouble() > 0
                && document.get("runMillis").asDouble() > 0, document.toString());
    }

    @Test
    void aChainRunsSeparateOrFusedAsAsked() throws IOException {
        String chain = "--input x-2-4-7-9.npy --weights w-4-1-3-3.npy --pointwise p-5-4-1-1.npy --output y.npy ";
        conv(chain + "--fusion separate").succeeded();
        float[] separate = Npy.read(file("y"));
        assertEquals("separate",
                conv(chain + "--fusion separate --json").succeeded().json().get("fusion").asText());
        assertEquals("fused",
                conv(chain + "--fusion fused --json").succeeded().json().get("fusion").asText());
        assertArrayEquals(separate, Npy.read(file("y")), 1e-5f);
        assertTrue(conv(chain + "--fusion fused").succeeded().out()
                .endsWith("of compiling, both steps fused" + System.lineSeparator()));
        assertTrue(conv(chain + "--fusion auto").succeeded().out().contains("each step alone"),
                "the java engine's choice");
        assertTrue(conv("--input x-4-7-9.npy --weights w-6-4-3-3.npy --output y.npy --json")
                .succeeded().json().get("fusion").isNull());
    }

    @Test
    void overwritesItsOwnInputOnlyWhenDone() throws IOException {
        conv("--input x-4-7-9.npy --weights w-6-4-3-3.npy --output y.npy").succeeded();
        conv("--input x-4-7-9.npy --weights w-6-4-3-3.npy --output x-4-7-9.npy").succeeded();
        assertArrayEquals(Files.readAllBytes(file("y")), Files.readAllBytes(file("x-4-7-9")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            // can't be
            "2 | --input x-4-7-9.npy --output y.npy | missing required option: '--weights=W.npy'",
            "2 | --input x-7-9.npy --weights w-6-4-3-3.npy | has shape [7, 9]; it must be [N, C, H, W] or [C, H, W]; a signal is a picture of height 1, [C, 1, W]",
            "2 | --input x-7-9.npy --weights w-6-4-3-3.npy --layout nhwc | it must be [N, H, W, C] or [H, W, C]",
            "2 | --input x-1-0-7-9.npy --weights w-6-4-3-3.npy | has shape [1, 0, 7, 9]; every dimension must be at least 1",
            "2 | --input x-4-7-9.npy --weights w-6-4.npy | has shape [6, 4]; it must be [K, C/G, R, S]; in one dimension R is 1, [K, C/G, 1, S]",
            "2 | --input x-4-7-9.npy --weights w-6-3-3-3.npy | 3 channels a group; 4 channels can't be parted so",
            "2 | --input x-4-7-9.npy --weights w-5-2-3-3.npy | groups is 2; it must divide both the 4 input channels and the 5 output channels",
            "2 | --input x-4-7-9.npy --weights w-6-2-3-3.npy --groups 4 | --groups is 4; weights of shape [6, 2, 3, 3] on 4 channels imply 2",
            "2 | --input x-4-7-9.npy --weights w-6-2-3-3.npy --groups 0 | --groups is 0; weights of shape [6, 2, 3, 3] on 4 channels imply 2",
            "2 | --input x-4-7-9.npy --weights w-6-4-3-3.npy --bias b-5.npy | has shape [5]; it must be [6], one number a filter",
            "2 | --input x-4-7-9.npy --weights w-6-4-3-3.npy --bias w-6-4.npy | has shape [6, 4]; it must be [6]",
            "2 | --input x-4-7-9.npy --weights w-6-4-3-3.npy --dilation 4 | kernel height 3 with dilation 4 spans 9; the padded input has only 7",
            "2 | --input x-4-7-9.npy --weights w-6-4-3-3.npy --pad -1 | '-1' is negative; padding must be at least 0",
            "2 | --input x-4-7-9.npy --weights w-6-4-3-3.npy --pad 1,-1,0,0 | '1,-1,0,0' is negative",
            "2 | --input x-4-7-9.npy --weights w-6-4-3-3.npy --pad 1,2,3 | '1,2,3' has 3 numbers",
            "2 | --input x-4-7-9.npy --weights w-6-4-3-3.npy --pad wide | 'wide' is not made of whole numbers",
            "2 | --input x-4-7-9.npy --weights w-6-4-3-3.npy --stride 0 | stride height is 0; it must be at least 1",
            "2 | --input x-4-7-9.npy --weights w-6-4-3-3.npy --stride 1,2,3 | '1,2,3' has 3 numbers",
            "2 | --input x-4-7-9.npy --weights w-6-4-3-3.npy --stride 1. | '1.' is not made of whole numbers",
            "2 | --input x-4-7-9.npy --weights w-6-4-3-3.npy --dilation -2 | dilation height is -2; it must be at least 1",
            "2 | --input x-4-7-9.npy --weights w-6-4-3-3.npy --activation softmax | 'softmax' is unknown; it must be none, relu,",
            "2 | --input x-4-7-9.npy --weights w-6-4-3-3.npy --activation leaky-relu:NaN | slope that is no finite number",
            "2 | --input x-4-7-9.npy --weights w-6-4-3-3.npy --layout hwcn | 'hwcn' is unknown; it must be nchw or nhwc",
            "2 | --input x-4-7-9.npy --weights w-6-4-3-3.npy --order depthwise-first | --order needs --pointwise",
            "2 | --input x-4-7-9.npy --weights w-6-4-3-3.npy --fusion fused | --fusion needs --pointwise",
            "2 | --input x-4-7-9.npy --weights w-4-1-3-3.npy --pointwise p-5-4-1-1.npy --fusion both | 'both' is unknown; it must be auto or separate or fused",
            "2 | --input x-4-7-9.npy --weights w-6-1-3-3.npy --pointwise p-6-4-1-1.npy --order pointwise-first --fusion fused | fusion is FUSED; the layer has no depthwise convolution that a pointwise one follows: ask for AUTO or SEPARATE",
            "2 | --input x-4-7-9.npy --weights w-6-4-3-3.npy --inner-activation relu | --inner-activation needs --pointwise",
            "2 | --input x-4-7-9.npy --weights w-6-4-3-3.npy --pointwise-bias q-5.npy | --pointwise-bias needs --pointwise",
            "2 | --input x-4-7-9.npy --weights w-4-1-3-3.npy --pointwise p-5-4-3-3.npy | has shape [5, 4, 3, 3]; it must be [K, C, 1, 1]",
            "2 | --input x-4-7-9.npy --weights w-6-2-3-3.npy --pointwise p-5-4-1-1.npy | it must be [C*M, 1, R, S], depthwise",
            "2 | --input x-4-7-9.npy --weights w-4-1-3-3.npy --pointwise p-5-8-1-1.npy | second step takes 8 channels; the first gives 4",
            "2 | --input x-4-7-9.npy --weights w-4-1-3-3.npy --pointwise p-5-4-1-1.npy --order backwards | must be depthwise-first or pointwise-first",
            "2 | --input x-4-7-9.npy --weights w-6-1-3-3.npy --pointwise p-6-4-1-1.npy --order pointwise-first --inner-activation relu | has none between",
            "2 | --input x-5-7-9.npy --weights w-6-1-3-3.npy --pointwise p-6-4-1-1.npy --order pointwise-first | has 5 channels; the convolution takes 4",
            "2 | --input x-4-7-9.npy --weights w-6-4-3-3.npy --device quantum | device is 'quantum'; the devices here are: java",
            "2 | --input x-4-7-9.npy --weights w-6-4-3-3.npy --engine simd | option '--engine' (NAME) should be specified only once",
            // too large for int indexing, or for memory
            "2 | --input x-4-7-9.npy --weights w-6-4-3-3.npy --pad 30000 | is too large; one tensor may have at most",
            "2 | --input x-4-7-9.npy --weights w-6-4-3-3.npy --pad 2147483647 | padded height is",
            "2 | --input x-4-7-9.npy --weights w-6-4-3-3.npy --dilation 2147483647 | is too large",
            // it could be, but the file isn't there or isn't whole
            "1 | --input missing.npy --weights w-6-4-3-3.npy | missing.npy: there is no such file or folder",
            "1 | --input x-4-7-9.npy --weights empty.npy | empty.npy is empty; it must be a NumPy .npy file",
            "1 | --input x-4-7-9.npy --weights text.npy | text.npy is no NumPy .npy file",
            "1 | --input x-4-7-9.npy --weights short.npy | short.npy is damaged or cut short",
            "1 | --input x-4-7-9.npy --weights huge.npy | needs 40000000000000000 bytes, 4 are there"})
    void refuses(int code, String args, String said) throws IOException {
        Files.write(file("empty"), new byte[0]);
        Files.writeString(file("text"), "1 2 3\n4 5 6\n");
        byte[] whole = Files.readAllBytes(file("w-6-4-3-3"));
        Files.write(file("short"), Arrays.copyOf(whole, whole.length - 1));
        String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (10000000, 1000000000, 1, 1), }";
        Files.write(file("huge"),
                ("\u0093NUMPY\1\0" + (char) header.length() + "\0" + header + "\0\0\0\0")
                        .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        Files.writeString(file("y"), "as it was");
        List<String> before = files();
        conv(args + (args.contains("--output") ? "" : " --output y.npy")).failed(code, said);
        assertEquals(before, files());
        assertEquals("as it was", Files.readString(file("y")));
    }

    @Test
    void refusesOutputsThatCantBeWritten() throws IOException {
        Path directory = Files.createDirectory(folder.resolve("folder.npy"));
        List<String> before = files();
        String args = "--input x-4-7-9.npy --weights w-6-4-3-3.npy --output ";
        conv(args + folder.resolve("nowhere/y.npy")).failed(1,
                "y.npy: its folder " + folder.resolve("nowhere") + " does not exist");
        conv(args + directory).failed(1, directory + ": it is a folder; name a file");
        conv(args + folder).failed(2, "--output is " + folder
                + "; a NumPy array is written there, so its name must end in .npy");
        conv(args + file("x-7-9").resolve("y.npy")).failed(1, "does not exist");
        assertEquals(before, files());
    }

    @Test
    void refusesUnknownEnginesAndDevices() {
        Object[] args = {"conv", "--input", file("x-4-7-9"), "--weights", file("w-6-4-3-3"),
                "--output", file("y"), "--engine", "warp"};
        Invocation.inProcess(args).failed(2,
                "engine is 'warp'; it must be one of tornado, simd, plain, java");
        args[7] = "--device";
        Invocation.inProcess(args).failed(2, "device is 'warp'; the devices here are: ");
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(Path::toString).sorted().toList();
        }
    }
}
