package dev.sepconv.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sepconv.Device;
import dev.sepconv.Dims;
import dev.sepconv.InputSizes;
import dev.sepconv.Model;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.PlanCache;
import dev.sepconv.bulk.BulkModel;
import dev.sepconv.bulk.Names;
import dev.sepconv.bulk.RowFiles;
import dev.sepconv.cli.Answers.Output;
import dev.sepconv.cli.PictureOptions.Chosen;
import dev.sepconv.engine.Batches;
import dev.sepconv.engine.Engines;
import dev.sepconv.io.AtomicFile;
import dev.sepconv.io.Images;
import dev.sepconv.io.Images.Picture;
import dev.sepconv.io.Printable;
import dev.sepconv.picture.InputSize;
import dev.sepconv.picture.ModelCard;
import dev.sepconv.picture.Preparation;
import dev.sepconv.report.ArrayPicture;
import dev.sepconv.report.NetworkProfile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sepconv run}: a whole network on a picture or on arrays. */
@Command(name = "run", description = {"Run a network on pictures or on NumPy arrays.",
        "A picture goes in as --preparation says; by default as it lies beside the model (scripts/fetch-models brings that), else "
                + "stretched, red, green, blue from 0 to 1. Arrays are float32 .npy files of any rank; other numbers are converted."},
        footerHeading = "%nExamples:%n",
        footer = {
                "  sepconv run classifier.onnx --image photo.jpg --preparation imagenet --labels classes.txt",
                "  sepconv run classifier.onnx --images photos --preparation imagenet --labels classes.txt --output results.csv",
                "  sepconv run detector.onnx --image photo.jpg --size 640x640 --picture found.png --profile",
                "  sepconv run net.onnx --input x.npy --output y.npy --dump arrays"})
final class RunCommand implements Callable<Integer> {

    /** Where pictures of different sizes run, for so many of them plans are kept. */
    private static final int SIZES = 4;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOptions model;

    @Parameters(index = "1..*", paramLabel = "IMG", hidden = true)
    private List<Path> morePictures = List.of();

    @Mixin
    private PictureOptions pictures;

    @Mixin
    private FolderOptions folder;

    @Mixin
    private ArrayOptions arrays;

    @Mixin
    private EngineOptions engine;

    @Mixin
    private SplitOption split;

    @Option(names = "--picture", paramLabel = "FILE.png",
            description = "Draw the first output that is a map (segmentation, heat "
                    + "map) over the picture: one channel as heat, several as the greatest one's colour.")
    private Path picture;

    @Option(names = "--profile",
            description = "Also measure the time of each layer: the median of some runs.")
    private boolean profile;

    @Option(names = "--dump", paramLabel = "DIR",
            description = "Write every array of the network there as .npy, with an "
                    + ArrayDump.INDEX + "; nothing is fused then, so that each exists.")
    private Path dump;

    @Mixin
    private Answers answers;

    /** Whether it was said how pictures go in; once is enough. */
    private boolean said;

    @Mixin
    private JsonOption json;

    /**
     * How a picture went in.
     *
     * @param from a model card's file or {@code imagenet}; null if nobody said it
     */
    record Prepared(String from, String fit, float crop, float padding, String channels, float full,
            List<Float> mean, List<Float> std) {
        static Prepared of(Chosen chosen) {
            Preparation preparation = chosen.preparation();
            return new Prepared(chosen.from(), Converters.name(preparation.fit()),
                    preparation.crop(), preparation.padding(),
                    Converters.name(preparation.channels()), preparation.full(), preparation.mean(),
                    preparation.std());
        }
    }

    @JsonInclude(JsonInclude.Include.ALWAYS)
    private record Document(String model, Map<String, List<Integer>> inputs, Prepared preparation,
            List<Output> outputs, String engine, Device device, SplitOption.Report split,
            String reason, double compileMillis, double runMillis, long intermediateBytes,
            NetworkProfile profile, String picture, String dump, int dumped) {
    }

    /** One of several pictures. */
    private record Row(String picture, Map<String, List<Integer>> inputs, List<Output> outputs,
            double runMillis) {
    }

    @JsonInclude(JsonInclude.Include.ALWAYS)
    private record Batch(String model, Prepared preparation, List<Row> pictures, String engine,
            Device device, SplitOption.Report split, String reason, double compileMillis) {
    }

    @Override
    public Integer call() throws IOException {
        checkOptions();
        Optional<ModelCard> card = model.card();
        answers.know(card);
        Chosen chosen = pictures.choose(card);
        if (folder.given()) {
            return runFolder(chosen);
        }
        List<Path> images = pictures.images();
        if (images.size() > 1) {
            runAll(images, chosen);
        } else {
            runOne(images.isEmpty() ? null : images.getFirst(), chosen);
        }
        return Failure.NONE;
    }

    private void runOne(Path image, Chosen chosen) throws IOException {
        Map<String, Path> given = arrays.inputs();
        Map<String, Path> asked = arrays.outputs();
        ArrayOptions.checkNames(model, given, asked);
        Picture photo = image == null ? null : pictures.read(image);
        Map<String, Dims> sizes = ArrayOptions.sizes(given);
        Network network = folder.batch == null
                ? model.read(sizes, photo == null ? null : size(photo, chosen))
                : Batches.of(model.read(ones(sizes), null), folder.batch);
        answers.reader().check(network);
        Map<String, NdArray> inputs = inputs(network.inputs(), given, photo, chosen);
        Map<String, Path> wanted = ArrayOptions.byOutput(network.outputs(), asked);
        String map = picture == null ? null : map(network);
        try (Engines.Choice choice = engine.choose()) {
            Network compiled = dump == null
                    ? network
                    : network.withOutputs(ArrayDump.arrays(network));
            long start = System.nanoTime();
            try (NetworkPlan plan = split.engine(choice).compile(compiled, choice.device())) {
                long ready = System.nanoTime();
                Map<String, NdArray> results = plan.run(inputs);
                long done = System.nanoTime();
                SplitOption.Report splitReport = split.report(plan, engine);
                NetworkProfile profiled = profile
                        ? NetworkProfile.measure(plan, network, inputs)
                        : null;
                for (Map.Entry<String, Path> file : wanted.entrySet()) {
                    ArrayDump.write(file.getValue(), results.get(file.getKey()));
                }
                if (map != null) {
                    byte[] png = Images
                            .png(ArrayPicture.over(photo.rgb(), results.get(map).toTensor()));
                    AtomicFile.write(picture, out -> out.write(png));
                }
                int dumped = dump == null ? 0 : ArrayDump.write(dump, network, results);
                Document document = new Document(model.model, shapes(inputs),
                        photo == null ? null : Prepared.of(chosen),
                        answers.of(network, results, wanted), choice.engine().name(),
                        choice.device(), splitReport, choice.reason(), (ready - start) / 1e6,
                        (done - ready) / 1e6, plan.intermediateBytes(), profiled,
                        picture == null ? null : picture.toString(),
                        dump == null ? null : dump.toString(), dumped);
                if (json.json) {
                    JsonOption.print(spec.commandLine().getOut(), document);
                } else {
                    print(document, map);
                }
            }
        }
    }

    private int runFolder(Chosen chosen) throws IOException {
        refuse("is of one picture; with --images each gets a row of --output", "--input",
                arrays.giveInputs(), "--picture", picture != null, "--profile", profile, "--dump",
                dump != null, "--split", split.given());
        List<RowFiles.Wanted> wanted = arrays.rows();
        if (wanted.isEmpty() && !json.json) {
            throw new ParameterException(spec.commandLine(),
                    "--images needs --output, such as results.csv; with --json alone it only measures");
        }
        Names names = folder.names(morePictures,
                wanted.stream().flatMap(each -> each.files().stream()).toList());
        PrintWriter err = spec.commandLine().getErr();
        try (BulkModel network = BulkModel.ofPictures(model.source(), model.open(),
                chosen.preparation(), answers.reader());
                RowFiles files = RowFiles.open(wanted, network.rows())) {
            RowFiles.Done before = folder.begin(files, names);
            pictures.say(chosen, network.applied(), model.isFile() ? model.model : null);
            try (Engines.Choice choice = engine.choose()) {
                return new FolderRun(spec.commandLine().getOut(), err, names, network, json.json)
                        .run(new FolderRun.Request(model.model, Prepared.of(chosen), choice,
                                folder.batch), files, before);
            }
        }
    }

    /**
     * Refuses options that are given but can't be.
     *
     * @param why what is said of the first of them
     * @param options names and whether they are given
     */
    private void refuse(String why, Object... options) {
        for (int i = 0; i < options.length; i += 2) {
            if ((boolean) options[i + 1]) {
                throw new ParameterException(spec.commandLine(), options[i] + " " + why);
            }
        }
    }

    /** Each picture by itself; of open size there is a plan for each that comes again. */
    private void runAll(List<Path> images, Chosen chosen) throws IOException {
        refuse("takes one picture a run; --image gives %d".formatted(images.size()), "--output",
                arrays.giveOutputs(), "--picture", picture != null, "--profile", profile, "--dump",
                dump != null);
        Map<String, Path> given = arrays.inputs();
        List<Row> rows = new ArrayList<>();
        long[] compiling = {0};
        try (Engines.Choice choice = engine.choose();
                Model opened = model.open();
                PlanCache plans = PlanCache.of(SIZES, sizes -> {
                    Network network = opened.at(sizes);
                    answers.reader().check(network);
                    long start = System.nanoTime();
                    NetworkPlan plan = split.engine(choice).compile(network, choice.device());
                    compiling[0] += System.nanoTime() - start;
                    return plan;
                })) {
            SplitOption.Report splitReport = null; // of the last picture
            for (Path image : images) {
                Picture photo = pictures.read(image);
                Map<String, Dims> sizes = opened.inputs(
                        model.sizes(opened, ArrayOptions.sizes(given), size(photo, chosen)));
                Map<String, NdArray> inputs = inputs(sizes, given, photo, chosen);
                splitReport = plans.with(new InputSizes(sizes, Map.of(), null), plan -> {
                    long start = System.nanoTime();
                    Map<String, NdArray> results = plan.run(inputs);
                    double millis = (System.nanoTime() - start) / 1e6;
                    rows.add(new Row(image.toString(), shapes(inputs),
                            answers.of(plan.network(), results, Map.of()), millis));
                    return split.report(plan, engine);
                });
            }
            double compileMillis = compiling[0] / 1e6;
            PrintWriter out = spec.commandLine().getOut();
            if (json.json) {
                JsonOption.print(out,
                        new Batch(model.model, Prepared.of(chosen), rows, choice.engine().name(),
                                choice.device(), splitReport, choice.reason(), compileMillis));
            } else {
                Answers.print(out, images, rows.stream().map(Row::outputs).toList());
                out.println("%s in %.2f ms, after %.2f ms of compiling".formatted(
                        Printable.count(rows.size(), "picture"),
                        rows.stream().mapToDouble(Row::runMillis).sum(), compileMillis));
            }
        }
    }

    private static Map<String, List<Integer>> shapes(Map<String, NdArray> inputs) {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        inputs.forEach((name, array) -> shapes.put(name, array.dims().sizes()));
        return shapes;
    }

    private void checkOptions() throws IOException {
        pictures.check(morePictures, folder.given());
        folder.check(pictures.given());
        answers.check();
        if (!folder.given()) {
            pictures.needsImage("--picture", picture);
        }
        if (!pictures.given() && !folder.given() && !arrays.giveInputs()) {
            throw new ParameterException(spec.commandLine(),
                    "name what goes in: --image, --images or --input");
        }
        if (picture != null) {
            OutputFile.check("--picture", picture, OutputFile.Kind.PICTURE);
        }
        if (dump != null) {
            OutputFile.checkFolder("--dump", dump, ArrayDump.INDEX);
        }
    }

    /** The same sizes for one picture. */
    private static Map<String, Dims> ones(Map<String, Dims> sizes) {
        Map<String, Dims> ones = new LinkedHashMap<>();
        sizes.forEach((name, dims) -> ones.put(name, dims.rank() == 0 ? dims : dims.with(0, 1)));
        return ones;
    }

    /** What a network with open sizes is read for, if nothing else is said. */
    private static Dims size(Picture photo, Chosen chosen) {
        InputSize size = chosen.preparation().size().resolve(photo.height(), photo.width());
        return Dims.of(size.height(), size.width());
    }

    private Map<String, NdArray> inputs(Map<String, Dims> wanted, Map<String, Path> given,
            Picture photo, Chosen chosen) throws IOException {
        Map<String, NdArray> inputs = arrays.readNamed(wanted, given);
        if (photo != null) {
            String name = wanted.keySet().stream().filter(
                    input -> !inputs.containsKey(input) && Preparation.isPicture(wanted.get(input)))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "--image can't go in: no input of %s is a picture of 1 or 3 channels; give arrays with --input NAME=X.npy"
                                    .formatted(wanted)));
            Preparation applied = chosen.preparation().forInput(wanted.get(name));
            if (!said) {
                pictures.say(chosen, applied, model.isFile() ? model.model : null);
                said = true;
            }
            inputs.put(name, applied.toArray(photo.rgb()));
        }
        arrays.readUnnamed(wanted, given, inputs);
        return inputs;
    }

    private static String map(Network network) {
        return network.outputs().stream().filter(name -> ArrayPicture.isMap(network.dims(name)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "--picture can't be drawn: no output is a map of %s; they are %s".formatted(
                                ArrayPicture.MAPS,
                                network.outputs().stream().map(network::dims).toList())));
    }

    private void print(Document document, String map) {
        PrintWriter out = spec.commandLine().getOut();
        Answers.print(out, document.outputs());
        if (document.profile() != null) {
            ProfileTable.print(out, document.profile());
        }
        out.println(
                "First run in %.2f ms, after %.2f ms of compiling; intermediate arrays take %.2f MiB"
                        .formatted(document.runMillis(), document.compileMillis(),
                                document.intermediateBytes() / 1048576.0));
        document.outputs().stream().filter(output -> output.file() != null)
                .forEach(output -> out.println("wrote " + output.file()));
        if (document.picture() != null) {
            out.println("wrote %s: '%s' over the picture".formatted(document.picture(), map));
        }
        if (document.dump() != null) {
            out.println("wrote %s and %s to %s".formatted(
                    Printable.count(document.dumped(), "array"), ArrayDump.INDEX, document.dump()));
        }
    }
}
