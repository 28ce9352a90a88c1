package example;

import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Sepconv;
import dev.sepconv.picture.ClassScore;
import dev.sepconv.picture.ModelCard;
import dev.sepconv.picture.Preparation;
import dev.sepconv.picture.TopK;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * Reads an ONNX network and a folder of pictures, and says of each whether its lines run across or
 * down, on several threads.
 */
public final class Stripes {

    private static final int THREADS = 4;

    public static void main(String[] args) throws Exception {
        Path model = Path.of("model/stripes.onnx");
        Network network = Sepconv.load(model);
        // stripes.sepconv.json beside it: how a picture is prepared, what the classes are called
        ModelCard card = ModelCard.beside(model).orElseThrow();
        List<Path> pictures;
        try (Stream<Path> files = Files.list(Path.of("pictures"))) {
            pictures = files.toList();
        }
        try (Sepconv sepconv = Sepconv.open()) {
            System.out.println(sepconv);
            classify(sepconv, network, card, pictures).forEach((picture, best) -> System.out
                    .printf("%s: %s (%.2f)%n", picture.getFileName(), best.label(), best.score()));
        }
    }

    /**
     * Pictures are read and prepared on several threads, which share one plan: it is right from
     * every thread, and runs one picture at a time on all cores, so that a second plan would have
     * nothing to run on.
     */
    private static Map<Path, ClassScore> classify(Sepconv sepconv, Network network, ModelCard card,
            List<Path> pictures) throws Exception {
        String input = network.inputs().keySet().iterator().next();
        String output = network.outputs().getFirst();
        Preparation preparation = card.preparation().forInput(network.dims(input));
        List<String> labels = card.output(output).labels();
        try (NetworkPlan plan = sepconv.compile(network);
                ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            Map<Path, Future<ClassScore>> running = new TreeMap<>();
            for (Path picture : pictures) {
                running.put(picture, threads.submit(() -> {
                    float[] scores = plan.run(preparation.toArray(picture)).data();
                    return TopK.of(scores, 1, labels).getFirst();
                }));
            }
            Map<Path, ClassScore> answers = new TreeMap<>();
            for (Map.Entry<Path, Future<ClassScore>> answer : running.entrySet()) {
                answers.put(answer.getKey(), answer.getValue().get());
            }
            return answers;
        }
    }

    private Stripes() {
    }
}
