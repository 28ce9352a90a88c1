package dev.sepconv.report;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Device;
import dev.sepconv.Shape;
import dev.sepconv.compare.Comparison;
import dev.sepconv.compare.Comparison.FeatureMaps;
import dev.sepconv.compare.LayerComparison;
import dev.sepconv.compare.Run;
import dev.sepconv.compare.Saving;
import dev.sepconv.compare.Settings;
import dev.sepconv.compare.Variant;
import dev.sepconv.cost.Cost;
import dev.sepconv.engine.Engines;
import dev.sepconv.io.Rasters;
import dev.sepconv.io.Resampling;
import dev.sepconv.measure.Timing;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the template {@code report.ftlh} shows, every number already written for people. The
 * template escapes all text.
 *
 * @param lead what came out, in a sentence or two
 * @param facts the measurement's circumstances
 * @param chain the drawing of what to remember; null where the second part has nothing for it
 * @param network the second part; null if it was not asked for
 * @param chart of the first part, as are {@code costs}, {@code timings}, {@code sections} and
 * {@code observations}; they are empty if it was not asked for
 * @param busy that other programs disturbed, or null
 * @param costs one row a variant
 * @param timings one table a device
 * @param sections one a variant, with filters and feature maps
 */
public record Page(String image, Picture input, String lead, List<Fact> facts, ChainDrawing chain,
        Network network, CostTimeChart chart, List<CostRow> costs, List<DeviceTimings> timings,
        List<Section> sections, List<String> observations, List<String> notes,
        List<Engines.Missing> missing, Formulas formulas, String command, String mapRule,
        String filterRule, String secondsPerCell, String busy) {

    /** The most feature maps of one variant on the page; all are in the folder. */
    static final int MOST_MAPS = 12;

    /** Longest side of a feature map on the page, in pixels. */
    private static final int MAP_SIDE = 400;
    private static final int INPUT_SIDE = 640;

    /** A picture in the page; sizes are those to show it at, in CSS pixels. */
    public record Picture(String uri, int width, int height, String alt) {
    }

    public record Fact(String name, String value) {
    }

    /**
     * The layer inside a network.
     *
     * @param spared sentences about devices that were left out
     */
    public record Network(String layout, List<Layers> layers, List<String> spared) {
    }

    /** Maps of one size: what each layer costs there, and what it takes on each device. */
    public record Layers(String id, String title, String input, List<LayerDevice> devices) {
    }

    /**
     * @param limits what the device can do, in a sentence; empty where nothing could be measured
     * @param chart null where there is nothing to draw
     */
    public record LayerDevice(String id, String name, String limits, SavingChart chart,
            List<LayerRow> rows, List<Reasons> reasons) {
    }

    /**
     * @param replaces the standard convolution that it replaces; empty for the standard ones, as
     * are the three after it
     */
    public record LayerRow(String label, String title, String parameters, String multiplyAdds,
            String replaces, String fewer, String median, String spread, String faster,
            String arrives, String why, String gflops, String gigabytes, String difference,
            String state, String error, boolean slower) {
    }

    /** Why not all of a layer's saving arrives. */
    public record Reasons(String label, String arrives, List<String> sentences) {
    }

    public record CostRow(String variant, String title, String output, String parameters,
            String parameterRatio, String multiplyAdds, String multiplyAddRatio, String megabytes,
            String intensity) {
    }

    public record DeviceTimings(String id, String name, List<TimingRow> rows) {
    }

    /**
     * @param state {@code ok}, {@code disagrees} or {@code failed}
     * @param error why it failed, or empty
     */
    public record TimingRow(String variant, String median, String spread, String runs,
            String gflops, String difference, String state, String error) {
    }

    /**
     * @param steps the filters of the steps before the last, whose own stand with their maps
     * @param madeBy the device whose maps these are; empty if none succeeded
     * @param left how many maps are not on the page
     */
    public record Section(String name, String title, String summary, String steps,
            List<EarlierStep> earlierSteps, List<Map> maps, String madeBy, int left) {
    }

    public record EarlierStep(String title, List<Filter> filters) {
    }

    public record Filter(String name, Picture picture) {
    }

    public record Map(String caption, Picture picture, Picture filter) {
    }

    /** The article's counts, as written and exact. */
    public record Formulas(int kernel, int channels, int filters, String standard,
            String separableAsWritten, String separableExact, String ratioAsWritten,
            String ratioExact, int groups, int groupedFilters, String groupedAsWritten,
            String groupedExact, String groupedRatioAsWritten, String groupedRatioExact) {
    }

    static String render(Provenance provenance, Comparison comparison) throws IOException {
        return Template.fill("report.ftlh", of(provenance, comparison));
    }

    private static Page of(Provenance provenance, Comparison comparison) throws IOException {
        Settings settings = comparison.settings();
        Results.Article article = Results.Article.of(settings);
        List<Section> sections = new ArrayList<>();
        for (Variant variant : comparison.variants()) {
            sections.add(section(variant, comparison.maps().get(variant.name())));
        }
        Formulas formulas = new Formulas(settings.kernel(), Settings.CHANNELS, settings.filters(),
                Numbers.count(article.standard()), Numbers.count(article.separableAsWritten()),
                Numbers.count(article.separableExact()),
                Numbers.ratio(article.separableRatioAsWritten()),
                Numbers.ratio(article.separableRatioExact()), settings.groups(),
                settings.filtersFor(settings.groups()), Numbers.count(article.groupedAsWritten()),
                Numbers.count(article.groupedExact()),
                Numbers.ratio(article.groupedRatioAsWritten()),
                Numbers.ratio(article.groupedRatioExact()));
        return new Page(provenance.image(),
                picture(Rasters.toImage(Resampling.shrink(comparison.input(), INPUT_SIDE)), 1,
                        "The picture that was compared: " + provenance.image()),
                lead(comparison), facts(provenance, comparison),
                ChainDrawing.of(comparison).orElse(null),
                settings.part().hasNetwork() ? network(comparison) : null,
                CostTimeChart.of(comparison), costs(comparison),
                settings.part().hasPicture()
                        ? comparison.devices().stream().map(device -> timings(comparison, device))
                                .toList()
                        : List.of(),
                sections, comparison.observations(), comparison.notes(), comparison.missing(),
                formulas, provenance.command(), MapPictures.RULE, MapPictures.FILTER_RULE,
                Numbers.round(settings.timePerCell().toMillis() / 1e3),
                Phrases.busy(comparison).orElse(null));
    }

    private static Network network(Comparison comparison) {
        List<Layers> layers = new ArrayList<>();
        for (LayerComparison layer : comparison.layers()) {
            String input = layer.firstStride() == 1
                    ? "A first 3×3 convolution makes them of the picture's middle square, with ReLU."
                    : "A first 3×3 convolution makes them of the picture's middle square, at stride %d, with ReLU."
                            .formatted(layer.firstStride());
            layers.add(
                    new Layers("maps-%d-%d".formatted(layer.size().channels(), layer.size().side()),
                            layer.size().toString(), input,
                            comparison.devices().stream()
                                    .filter(device -> !layer.spared().containsKey(device))
                                    .map(device -> device(layer, device)).toList()));
        }
        return new Network(comparison.settings().layout().name(), layers,
                Phrases.spared(comparison));
    }

    private static LayerDevice device(LayerComparison layer, Device device) {
        List<LayerRow> rows = new ArrayList<>();
        List<Reasons> reasons = new ArrayList<>();
        for (Run run : layer.runsOn(device)) {
            Optional<Saving> saving = layer.saving(run);
            rows.add(layer(run, saving));
            saving.filter(s -> !s.reasons().isEmpty())
                    .ifPresent(s -> reasons.add(new Reasons(run.label(), Phrases.arrives(s),
                            s.reasons().stream().map(Saving.Reason::sentence).toList())));
        }
        return new LayerDevice(device.id(), device.name(),
                Phrases.limits(layer.limits().get(device)), SavingChart.of(layer, device), rows,
                reasons);
    }

    private static LayerRow layer(Run run, Optional<Saving> saving) {
        Cost cost = run.cost();
        String parameters = Numbers.count(cost.parameters());
        String multiplyAdds = Numbers.large(cost.multiplyAdds());
        String replaces = saving.map(Saving::standard).orElse("");
        return switch (run.outcome()) {
            case Run.Measured measured -> new LayerRow(run.label(), run.variant().title(),
                    parameters, multiplyAdds, replaces,
                    saving.map(s -> Phrases.times(s.fewer())).orElse(""), Phrases.median(measured),
                    Phrases.quartiles(measured), saving.map(Phrases::faster).orElse(""),
                    saving.map(Phrases::arrives).orElse(""), saving.map(Phrases::words).orElse(""),
                    Numbers.digits(run.gflops(measured.timing())),
                    Numbers.digits(run.bytesMoved() / measured.timing().medianMillis() / 1e6),
                    Numbers.difference(measured.difference().maxAbs()), Results.state(run), "",
                    saving.map(Saving::slower).orElse(false));
            case Run.Failed failed -> new LayerRow(run.label(), run.variant().title(), parameters,
                    multiplyAdds, replaces, "", "–", "–", "", "", "", "–", "–", "–",
                    Results.state(run), failed.reason(), false);
        };
    }

    private static String lead(Comparison comparison) {
        Optional<ChainDrawing> chain = ChainDrawing.of(comparison);
        if (chain.isPresent()) {
            ChainDrawing it = chain.get();
            return "Inside a network, on maps of %s, MobileNet's separable convolution has %s than the standard one and is %s on %s: %s of the saving in multiply-adds arrives as time.%s"
                    .formatted(it.maps(), it.fewer(), it.faster(), it.device(), it.arrives(),
                            it.steady()
                                    ? ""
                                    : " (~: the times never got steady, so they say little.)");
        }
        if (comparison.variants().isEmpty()) {
            return "The article's convolutions as layers inside a network.";
        }
        Shape input = comparison.input().shape();
        Variant standard = comparison.variants().getFirst();
        Variant separable = comparison.variants().stream()
                .filter(v -> v.name().equals("separable-xception")).findFirst().orElseThrow();
        Cost whole = Cost.of(standard.layer(), input);
        Cost apart = Cost.of(separable.layer(), input);
        int kernel = comparison.settings().kernel();
        return "A standard %d×%d convolution of this picture to %d channels has %s parameters and takes %s multiply-adds. Taken apart into a pointwise and a depthwise step it has %s and takes %s: %s."
                .formatted(kernel, kernel, comparison.settings().filters(),
                        Numbers.count(whole.parameters()), Numbers.large(whole.multiplyAdds()),
                        Numbers.count(apart.parameters()), Numbers.large(apart.multiplyAdds()),
                        share(separable.parameterRatio(input), separable.multiplyAddRatio(input)));
    }

    private static String share(double parameters, double multiplyAdds) {
        long first = Math.round(100 * parameters);
        long second = Math.round(100 * multiplyAdds);
        return first == second
                ? first + " % of both"
                : "%d %% and %d %% of that".formatted(first, second);
    }

    private static List<Fact> facts(Provenance provenance, Comparison comparison) {
        var picture = provenance.picture();
        Settings settings = comparison.settings();
        Environment here = provenance.environment();
        String size = "%d × %d pixels".formatted(picture.width(), picture.height());
        return List.of(
                new Fact("Picture",
                        picture.scaledDown()
                                ? "%s, scaled down from %d × %d".formatted(size,
                                        picture.originalWidth(), picture.originalHeight())
                                : size),
                new Fact("Filters", "%d of %d×%d, stride %d, seed %d".formatted(settings.filters(),
                        settings.kernel(), settings.kernel(), settings.stride(), settings.seed())),
                new Fact("Devices",
                        String.join("; ",
                                comparison.devices().stream().map(Device::toString).toList())),
                new Fact("Processor", "%s, %d usable".formatted(here.cpu(), here.processors())),
                new Fact("Other programs", Phrases.others(comparison)),
                new Fact("Software",
                        "sepconv %s, Java %s, %s".formatted(here.sepconv(), here.java(),
                                here.os())),
                new Fact("Date",
                        provenance.date().toString().replaceAll("T(\\d\\d:\\d\\d).*", " $1 UTC")));
    }

    private static List<CostRow> costs(Comparison comparison) {
        Shape input = comparison.input().shape();
        List<CostRow> rows = new ArrayList<>();
        for (Variant variant : comparison.variants()) {
            Cost cost = Cost.of(variant.layer(), input);
            rows.add(new CostRow(variant.name(), variant.title(),
                    size(variant.layer().outputShape(input)), Numbers.count(cost.parameters()),
                    Numbers.ratio(variant.parameterRatio(input)),
                    Numbers.large(cost.multiplyAdds()),
                    Numbers.ratio(variant.multiplyAddRatio(input)),
                    Numbers.digits((cost.bytesRead() + cost.bytesWritten()) / 1e6),
                    Numbers.digits(cost.arithmeticIntensity())));
        }
        return rows;
    }

    private static String size(Shape shape) {
        return "%d × %d × %d".formatted(shape.c(), shape.h(), shape.w());
    }

    private static DeviceTimings timings(Comparison comparison, Device device) {
        List<TimingRow> rows = comparison.runsOn(device).stream().map(Page::timing).toList();
        return new DeviceTimings(device.id(), device.name(), rows);
    }

    private static TimingRow timing(Run run) {
        return switch (run.outcome()) {
            case Run.Measured measured -> {
                Timing timing = measured.timing();
                yield new TimingRow(run.variant().name(), Phrases.median(measured),
                        Phrases.quartiles(measured), String.valueOf(timing.runs()),
                        Numbers.digits(run.gflops(timing)),
                        Numbers.difference(measured.difference().maxAbs()), Results.state(run), "");
            }
            case Run.Failed failed -> new TimingRow(run.variant().name(), "–", "–", "–", "–", "–",
                    Results.state(run), failed.reason());
        };
    }

    private static Section section(Variant variant, FeatureMaps maps) throws IOException {
        List<Conv2d> stages = variant.layer().stages();
        List<EarlierStep> earlier = new ArrayList<>();
        for (int i = 0; i < stages.size() - 1; i++) {
            List<Filter> filters = new ArrayList<>();
            for (int k = 0; k < Math.min(stages.get(i).outChannels(), MOST_MAPS); k++) {
                String name = variant.channels().get(i).get(k);
                filters.add(
                        new Filter(name, filter(stages.get(i), variant.weights().get(i), k, name)));
            }
            earlier.add(new EarlierStep(
                    "Step %d of %d: %s".formatted(i + 1, stages.size(), describe(stages.get(i))),
                    filters));
        }
        List<Map> shown = new ArrayList<>();
        int channels = maps == null ? 0 : maps.tensor().shape().c();
        for (int k = 0; k < Math.min(channels, MOST_MAPS); k++) {
            String caption = variant.outputChannels().get(k);
            BufferedImage image = Rasters
                    .toImage(Resampling.shrink(MapPictures.grey(maps.tensor(), k), MAP_SIDE));
            shown.add(new Map(caption,
                    picture(image, 1,
                            "Feature map %d of %s: %s".formatted(k + 1, variant.name(), caption)),
                    filter(stages.getLast(), variant.weights().getLast(), k, caption)));
        }
        String steps = String.join(", then ", stages.stream().map(Page::describe).toList());
        return new Section(variant.name(), variant.title(), variant.summary(), steps, earlier,
                shown, maps == null ? "" : maps.device().id(), channels - shown.size());
    }

    /** "depthwise 3×3 to 3 channels, bias, relu6". */
    private static String describe(Conv2d conv) {
        String kind = conv.kernelHeight() == 1 && conv.kernelWidth() == 1 && conv.groups() == 1
                ? "pointwise"
                : conv.isDepthwise() ? "depthwise" : conv.groups() > 1 ? "grouped" : "standard";
        return "%s %d×%d to %d channels%s%s".formatted(kind, conv.kernelHeight(),
                conv.kernelWidth(), conv.outChannels(), conv.bias() ? ", bias" : "",
                conv.activation().equals(Activation.NONE) ? "" : ", " + conv.activation());
    }

    private static Picture filter(Conv2d conv, ConvWeights weights, int k, String name)
            throws IOException {
        int side = Math.max(conv.kernelHeight(), conv.kernelWidth());
        return picture(MapPictures.filter(conv, weights, k), Math.clamp(60 / side, 1, 12),
                "Filter weights: " + name);
    }

    private static Picture picture(BufferedImage image, int enlarged, String alt)
            throws IOException {
        return new Picture(MapPictures.dataUri(image), image.getWidth() * enlarged,
                image.getHeight() * enlarged, alt);
    }
}
