package dev.sepconv.bench;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.sepconv.InputSizes;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.io.Npy;
import dev.sepconv.io.onnx.OnnxReader;
import dev.sepconv.onnx.OnnxNetwork;
import dev.sepconv.reference.NetworkReference;
import dev.sepconv.zoo.KnownNetworks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A network, what goes in and what must come out.
 *
 * @param onnx a file that holds the network for others
 * @param inputs the array of each input
 * @param exact what the float64 reference makes of them, as floats: an output's numbers by its name
 */
record NetworkProblem(String name, Network network, OnnxFile onnx, Map<String, NdArray> inputs,
        Map<String, float[]> exact) {

    /** The largest difference allowed, as a share of the largest exact value of an output. */
    private static final double TOLERANCE = 1e-4;

    /** The network as others read it: a file, or its bytes. */
    sealed interface OnnxFile {

        OrtSession open(OrtEnvironment environment, OrtSession.SessionOptions options)
                throws OrtException;

        /** A file; bytes are written into the folder. */
        Path file(Path folder) throws IOException;
    }

    private record There(Path path) implements OnnxFile {
        @Override
        public OrtSession open(OrtEnvironment environment, OrtSession.SessionOptions options)
                throws OrtException {
            return environment.createSession(path.toString(), options);
        }

        @Override
        public Path file(Path folder) {
            return path;
        }
    }

    private record Made(byte[] bytes) implements OnnxFile {
        @Override
        public OrtSession open(OrtEnvironment environment, OrtSession.SessionOptions options)
                throws OrtException {
            return environment.createSession(bytes, options);
        }

        @Override
        public Path file(Path folder) throws IOException {
            return Files.write(folder.resolve("model.onnx"), bytes);
        }
    }

    /**
     * Which network: it is read when its turn comes, so that one at a time is in memory.
     *
     * @param text a name, a file, or a file and the size of its pictures: {@code x.onnx@48x192}
     */
    record Source(String text) {

        private static final Pattern SIZED = Pattern.compile("(.+)@(\\d{1,5})x(\\d{1,5})");

        static Source of(Path file, int height, int width) {
            return new Source("%s@%dx%d".formatted(file, height, width));
        }

        /** For tables. */
        String name() {
            return isNamed() ? text : file().getFileName().toString().replace(".onnx", "");
        }

        /** Whether it is built in. */
        boolean isNamed() {
            return KnownNetworks.isKnown(text);
        }

        Path file() {
            Matcher sized = SIZED.matcher(text);
            return Path.of(sized.matches() ? sized.group(1) : text);
        }

        private InputSizes sizes() {
            Matcher sized = SIZED.matcher(text);
            return sized.matches()
                    ? InputSizes.AS_IN_MODEL.withPicture(Integer.parseInt(sized.group(2)),
                            Integer.parseInt(sized.group(3)))
                    : InputSizes.AS_IN_MODEL;
        }

        /** @param exact where {@link #save} has been; null to compute it again */
        NetworkProblem problem(Path exact) throws IOException {
            if (isNamed()) {
                Network network = KnownNetworks.of(text, null, null);
                return of(network, new Made(OnnxNetwork.of(network)), exact);
            }
            return of(OnnxReader.read(file(), sizes()), new There(file()), exact);
        }

        private NetworkProblem of(Network network, OnnxFile onnx, Path exact) throws IOException {
            Random random = new Random(1);
            Map<String, NdArray> inputs = new LinkedHashMap<>();
            network.inputs().forEach((input, dims) -> {
                NdArray array = NdArray.zeros(dims);
                for (int i = 0; i < array.data().length; i++) {
                    array.data()[i] = random.nextFloat(-1, 1);
                }
                inputs.put(input, array);
            });
            return new NetworkProblem(name(), network, onnx, inputs,
                    exact == null ? computed(network, inputs) : saved(network, exact));
        }

        private static Map<String, float[]> computed(Network network, Map<String, NdArray> inputs) {
            Map<String, double[]> all = NetworkReference.run(network, inputs);
            Map<String, float[]> exact = new LinkedHashMap<>();
            for (String output : network.outputs()) {
                double[] numbers = all.get(output);
                float[] floats = new float[numbers.length];
                for (int i = 0; i < floats.length; i++) {
                    floats[i] = (float) numbers[i];
                }
                exact.put(output, floats);
            }
            return exact;
        }

        private static Map<String, float[]> saved(Network network, Path folder) throws IOException {
            Map<String, float[]> exact = new LinkedHashMap<>();
            int i = 0;
            for (String output : network.outputs()) {
                exact.put(output, Npy.read(folder.resolve(output(i++))));
            }
            return exact;
        }
    }

    private static String output(int i) {
        return "output" + i + ".npy";
    }

    /** Writes what goes in and what must come out, each in the network's order. */
    void save(Path folder) throws IOException {
        int i = 0;
        for (NdArray input : inputs.values()) {
            Npy.write(folder.resolve("input" + i++ + ".npy"), input.dims().sizes(), input.data());
        }
        i = 0;
        for (Map.Entry<String, float[]> each : exact.entrySet()) {
            List<Integer> sizes = network.dims(each.getKey()).sizes();
            Npy.write(folder.resolve(output(i++)), sizes, each.getValue());
        }
    }

    /** @throws Contender.WrongResult if an output is not what it must be */
    void check(String who, String output, float[] got) {
        double largest = 0;
        double error = 0;
        float[] right = exact.get(output);
        for (int i = 0; i < right.length; i++) {
            largest = Math.max(largest, Math.abs(right[i]));
            double difference = Math.abs(right[i] - (double) got[i]);
            error = difference <= error ? error : difference; // NaN is taken over
        }
        if (!(error <= TOLERANCE * largest)) {
            throw new Contender.WrongResult(who, name, error / largest, TOLERANCE);
        }
    }
}
