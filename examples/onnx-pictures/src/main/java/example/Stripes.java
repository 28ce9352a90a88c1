package example;

import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Tensor;
import dev.sepconv.engine.Engines;
import dev.sepconv.io.Images;
import dev.sepconv.io.onnx.OnnxReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** Reads an ONNX network and a folder of pictures, and says of each whether its lines run across or down, on two threads. */
public final class Stripes {

    private static final int THREADS = 2;

    public static void main(String[] args) throws Exception {
        Network network = OnnxReader.read(Path.of("model/stripes.onnx"));
        List<String> labels = Files.readAllLines(Path.of("model/labels.txt"));
        List<Path> pictures;
        try (Stream<Path> files = Files.list(Path.of("pictures"))) {
            pictures = files.sorted().toList();
        }
        try (Engines.Choice choice = Engines.best()) {
            System.out.println(choice);
            Map<Path, String> answers = classify(choice, network, labels, pictures);
            answers.forEach((picture, answer) -> System.out.println(picture.getFileName() + ": " + answer));
        }
    }

    /**
     * Pictures are read and prepared on several threads, which share one plan: it is right from every thread, and runs one picture at
     * a time on all cores, so that a second plan would have nothing to run on.
     */
    private static Map<Path, String> classify(Engines.Choice choice, Network network, List<String> labels, List<Path> pictures)
            throws Exception {
        try (NetworkPlan plan = choice.engine().compile(network, choice.device());
                ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            Map<Path, Future<String>> running = new TreeMap<>();
            for (Path picture : pictures) {
                running.put(picture, threads.submit(() -> best(plan.run(prepared(picture, network)), labels)));
            }
            Map<Path, String> answers = new TreeMap<>();
            for (Map.Entry<Path, Future<String>> answer : running.entrySet()) {
                answers.put(answer.getKey(), answer.getValue().get());
            }
            return answers;
        }
    }

    /** The picture in the network's size, its numbers from -1 to 1 as this network was made for. */
    private static NdArray prepared(Path picture, Network network) throws Exception {
        var size = network.inputs().values().iterator().next().toShape();
        Tensor rgb = Images.resize(Images.read(picture, 4096).rgb(), size.h(), size.w());
        for (int i = 0; i < rgb.data().length; i++) {
            rgb.data()[i] = (rgb.data()[i] - 0.5f) / 0.5f;
        }
        return NdArray.of(rgb);
    }

    private static String best(NdArray likely, List<String> labels) {
        int best = 0;
        for (int i = 1; i < labels.size(); i++) {
            best = likely.data()[i] > likely.data()[best] ? i : best;
        }
        return "%s (%.2f)".formatted(labels.get(best), likely.data()[best]);
    }

    private Stripes() {
    }
}
